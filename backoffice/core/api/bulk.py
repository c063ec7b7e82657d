"""Many rows in one request: each answered in its place, and an error policy that says what one bad row means for the others.

{"error_policy": "reject_rows", "rows": [{…}, {…}]}
→ {"error_policy": "reject_rows", "accepted": 1, "refused": 1, "results": [
    {"index": 0, "status": "created", "id": 17, "version": 1, "errors": [], "facts": {}},
    {"index": 1, "status": "refused", "id": null, "version": null, "errors": [{"code": …, "field": "/code", …}], "facts": {}}]}
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from backoffice.core.api import problems
from backoffice.core.api.fields import KeyField
from backoffice.core.errors import DomainError, Invalid, Problem
from backoffice.core.services.masters import RowChange, RowOutcome, RowsRefused, change_rows, create_rows
from backoffice.core.texts import quoted

MOST_ROWS: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
POLICIES: Final = ("reject_all", "reject_rows")


def create_many(view: Any) -> dict[str, Any]:
    """Add the rows of the body. Invalid, and nothing is done, when the policy is reject_all and one will not do."""

    def write(rows: Sequence[Any], policy: Any) -> list[RowOutcome]:
        return create_rows(master=view.master, rows=rows, actor=view.actor, policy=policy)

    serializer = view.get_serializer()
    return _carry_out(view, serializer.run_validation, write, "created")


def change_many(view: Any) -> dict[str, Any]:
    """Change the rows of the body; otherwise as create_many."""
    serializer = view.get_serializer(partial=True)

    def read(row: Mapping[str, Any]) -> RowChange:
        body = dict(row)
        if "id" not in body:
            raise Invalid("required", _("Send the id of the row."), field="id")
        try:
            identity = KeyField().run_validation(body.pop("id"))
        except ValidationError as error:
            raise ValidationError({"id": error.detail}) from error
        values, version = with_version(serializer.run_validation(body))
        return RowChange(identity, values, version)

    def write(rows: Sequence[Any], policy: Any) -> list[RowOutcome]:
        return change_rows(master=view.master, changes=rows, actor=view.actor, policy=policy)

    return _carry_out(view, read, write, "changed")


def with_version(values: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The values of a change without its version, and the version. Invalid without one: who saw nothing overwrites blindly."""
    if "version" not in values:
        message = _("Send the version that you saw, so that nobody's change is overwritten unseen.")
        raise Invalid("version_missing", message, problems=[Problem("required", message, "version")])
    rest = dict(values)
    return rest, int(rest.pop("version"))


def _carry_out(
    view: Any,
    read: Callable[[Mapping[str, Any]], Any],
    write: Callable[[Sequence[Any], str], list[RowOutcome]],
    done: str,
) -> dict[str, Any]:
    policy, rows = _read_envelope(view)
    serializer = view.get_serializer()
    outcomes: dict[int, RowOutcome] = {}
    good: dict[int, Any] = {}
    for place, row in enumerate(rows):
        try:
            good[place] = read(_object(row))
        except (DomainError, ValidationError) as error:
            refusal = error if isinstance(error, DomainError) else problems.from_validation(error)
            outcomes[place] = RowOutcome(None, refusal, is_changed=False)
    try:
        if outcomes and policy == "reject_all":
            raise RowsRefused([outcomes.get(place, RowOutcome()) for place in range(len(rows))])
        written = write(list(good.values()), policy) if good else []
    except RowsRefused as error:
        raise _in_body_paths(error, serializer) from error
    for place, outcome in zip(good, written, strict=True):
        if outcome.error is not None:
            serializer.in_our_names(outcome.error)
        outcomes[place] = outcome
    results = [_result(place, outcomes[place], done) for place in range(len(rows))]
    refused = sum(result["status"] == "refused" for result in results)
    return {"error_policy": policy, "accepted": len(rows) - refused, "refused": refused, "results": results}


def _read_envelope(view: Any) -> tuple[str, list[Any]]:
    body = view.body_object()
    for name in body:
        if name not in ("error_policy", "rows"):
            raise Invalid("unknown_field", _("There is no field of this name."), field=quoted(name))
    policy = body.get("error_policy", POLICIES[0])
    if policy not in view.policies:
        message = format_lazy(_("Known are: {names}."), names=", ".join(view.policies))
        raise Invalid("unknown_choice", message, field="error_policy")
    rows = body.get("rows")
    if not isinstance(rows, list) or not rows:
        raise Invalid("no_rows", _("Send a list of at least one row."), field="rows")
    if len(rows) > MOST_ROWS:
        words = _("{count} rows are too many for one request; at most {limit} go.")
        message = format_lazy(words, count=len(rows), limit=MOST_ROWS)
        raise Invalid("too_many_rows", message, field="rows", limit=MOST_ROWS)
    return policy, rows


def _object(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        raise Invalid("not_an_object", _("Each row is a JSON object."))
    return row


def _in_body_paths(error: RowsRefused, serializer: Any) -> RowsRefused:
    """`3.currency` of a batch is `rows.3.price` of the body."""
    found: list[Problem] = []
    for item in error.problems:
        place, _dot, field = (item.field or "").partition(".")
        inner = serializer.path_of(field or None)
        found.append(Problem(item.code, item.message, f"rows.{place}.{inner}" if inner else f"rows.{place}"))
    error.problems = found
    return error


def _result(place: int, outcome: RowOutcome, done: str) -> dict[str, Any]:
    error = outcome.error
    if error is None:
        status = done if outcome.is_changed else "unchanged"
        version = getattr(outcome.row, "version", None)
        return {"index": place, "status": status, "id": outcome.row.pk, "version": version, "errors": [], "facts": {}}
    listed = error.problems or [Problem(error.code, error.message)]
    return {
        "index": place,
        "status": "refused",
        "id": None,
        "version": None,
        "errors": [
            {"code": item.code, "field": problems.pointer(item.field), "message": str(item.message)} for item in listed
        ],
        "facts": problems.plain(dict(error.facts)),
    }


class RowErrorSerializer(serializers.Serializer[Any]):
    """What is wrong with a row."""

    code = serializers.CharField()
    field = serializers.CharField(help_text="JSON pointer into the row; empty for the row as a whole.")
    message = serializers.CharField()


class RowResultSerializer(serializers.Serializer[Any]):
    """What became of one row."""

    index = serializers.IntegerField(help_text="Its place in the request, from 0.")
    status = serializers.ChoiceField(choices=["created", "changed", "unchanged", "refused"])
    id = serializers.IntegerField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]  # a field, which DRF takes off the class
    facts = serializers.DictField(help_text="Figures and ids of a refusal, for example the version that is there now.")


class BulkAnswerSerializer(serializers.Serializer[Any]):
    """What became of the rows of a bulk request."""

    error_policy = serializers.ChoiceField(choices=POLICIES)
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = RowResultSerializer(many=True)
