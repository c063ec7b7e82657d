"""Serializers that take exactly the fields they name: what is unknown or not to be written is refused, never ignored."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backoffice.core.api import fields
from backoffice.core.errors import DomainError, Problem, Words

ONLY = "only"


class StrictSerializer(serializers.Serializer[Any]):
    """Fields are declared one by one. `context["only"]` narrows what is shown to some of them.

    `other_names` are columns behind a field that a service may speak of: {"code": ("code_key",)}.
    """

    other_names: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def get_fields(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_fields()
        only = self.context.get(ONLY)
        return {name: field for name, field in found.items() if only is None or name in only}

    def to_internal_value(self, data: Any) -> Any:
        """The validated values. ValidationError names everything that is wrong, unknown names included."""
        if not isinstance(data, Mapping):
            raise ValidationError({"non_field_errors": [_said("not_an_object", _("Send a JSON object."))]})
        errors: dict[str, Any] = {}
        for name in data:
            known = self.fields.get(name)
            if known is None:
                errors[str(name)[:60]] = [_said("unknown_field", _("There is no field of this name."))]
            elif known.read_only:
                errors[name] = [_said("field_not_writable", _("This field cannot be written."))]
        try:
            values = super().to_internal_value({name: value for name, value in data.items() if name not in errors})
        except ValidationError as error:
            missing = {name: detail for name, detail in dict(error.detail).items() if name not in errors}  # type: ignore[arg-type]  # a serializer's detail is a mapping
            raise ValidationError({**errors, **missing}) from error
        if errors:
            raise ValidationError(errors)
        return values

    def path_of(self, field: str | None) -> str | None:
        """What the API calls a field that a service speaks of (`currency` stands inside of `price`)."""
        return ".".join(_renamed(self, field.split("."))) if field else None

    def in_our_names(self, error: DomainError) -> DomainError:
        """The same refusal with the fields as they are called here."""
        error.problems = [Problem(item.code, item.message, self.path_of(item.field)) for item in error.problems]
        return error

    @contextmanager
    def our_names(self) -> Iterator[None]:
        """Inside, what a service refuses speaks of the fields as they are called here."""
        try:
            yield
        except DomainError as error:
            raise self.in_our_names(error) from None


class MasterSerializer(StrictSerializer):
    """A row of master data. `fixed_fields` may be written when a row is made and never again."""

    fixed_fields: ClassVar[frozenset[str]] = frozenset()

    id = fields.IntegerField(read_only=True)


class ChangingSerializer(MasterSerializer):
    """A row of master data with what tells one version of it from the next.

    The version is read with the row and sent back with each change, so that nobody's change is overwritten unseen.
    """

    version = fields.IntegerField(minimum=1, help_text="Goes up with each change. A PATCH must name the one it saw.")
    is_active = fields.BooleanField(read_only=True)
    created_at = fields.MomentField(read_only=True)
    updated_at = fields.MomentField(read_only=True)

    def get_fields(self) -> dict[str, Any]:
        """When a row is made it has no version yet; when it is changed, what is fixed stays as it was made."""
        found = super().get_fields()
        for name, field in found.items():
            if name in self.fixed_fields if self.partial else name == "version":
                field.read_only, field.required = True, False
        return found


def _said(code: str, words: Words) -> ErrorDetail:
    return ErrorDetail(str(words), code=code)


def _renamed(serializer: Any, parts: Sequence[str]) -> list[str]:
    """A path in the words of a service as a path in the words of the API, through lists and objects inside of it."""
    head, rest = parts[0], list(parts[1:])
    for name, field in serializer.fields.items():
        if head in _sources(field) or head in serializer.other_names.get(name, ()):
            if isinstance(field, serializers.ListSerializer) and len(rest) > 1:
                return [name, rest[0], *_renamed(field.child, rest[1:])]
            return [name, *(_renamed(field, rest) if rest and isinstance(field, StrictSerializer) else rest)]
    return [head, *rest]


def _sources(field: Any) -> Sequence[str]:
    if isinstance(field, fields.MoneyField):
        return (field.amount, field.currency)
    return (str(field.source),)


class ProblemItemSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with one field."""

    code = serializers.CharField()
    field = serializers.CharField(help_text="JSON pointer into the body, or the name of a parameter or header.")
    message = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        places = [("body", "body"), ("query", "query"), ("header", "header")]
        return {**super().get_fields(), "in": serializers.ChoiceField(choices=places)}


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457): every refusal looks like this."""

    type = serializers.CharField(help_text="urn:backoffice:problem: and the code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="For programs: it never changes.")
    detail = serializers.CharField(help_text="For people: what happened and why, in the language of the request.")
    hint = serializers.CharField(help_text="What to do about it; may be empty.")
    errors = ProblemItemSerializer(many=True)  # type: ignore[assignment]  # a field, which DRF takes off the class
    facts = serializers.DictField(help_text="Figures and ids of the case, for example the current version of a row.")
    request_id = serializers.CharField(help_text="Under which the request stands in our logs.")
