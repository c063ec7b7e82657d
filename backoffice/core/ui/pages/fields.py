"""The form field of any model field: boxes to choose rows in, names and values, plain boxes for numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.masters import master_of
from backoffice.core.services.masters import visible
from backoffice.core.ui.pages.parts import Input
from backoffice.core.ui.pages.pickers import Picker
from backoffice.core.ui.pages.registry import pages_of


class PairsField(forms.CharField):
    """A flat object, written one line each: `colour: blue`. Several values of one name are parted by semicolons."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "dir": "auto"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("One line each: colour: blue"))
        options.pop("encoder", None)
        options.pop("decoder", None)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """The object as lines; text that was sent before stays as it was."""
        if not isinstance(value, Mapping):
            return value
        return "\n".join(f"{name}: {_words(content)}" for name, content in value.items())

    def to_python(self, value: Any) -> Any:
        """Lines to an object; a line without a colon is an error that names it."""
        found: dict[str, Any] = {}
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            name, mark, content = line.partition(":")
            if not mark or not name.strip():
                raise forms.ValidationError(
                    _("Line %(number)s has no colon between name and value: %(line)s"),
                    params={"number": number, "line": line.strip()[:60]},
                )
            if name.strip() in found:
                raise forms.ValidationError(
                    _("“%(name)s” is there twice; write several values into one line, parted by semicolons."),
                    params={"name": name.strip()[:60]},
                )
            found[name.strip()] = _value(content.strip())
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(data) != (initial or {}))


def _words(content: Any) -> str:
    if isinstance(content, list):
        return "; ".join(str(part) for part in content) + (";" if len(content) == 1 else "")
    return str(content).lower() if isinstance(content, bool) else str(content)


def _value(text: str) -> Any:
    if ";" in text:
        return [part.strip() for part in text.split(";") if part.strip()]
    if text in ("true", "false"):
        return text == "true"
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdecimal() and str(int(text)) == text:
        return int(text)
    return text


def field_for(given: Input, model_field: "models.Field[Any, Any]", actor: Actor) -> forms.Field:
    """The form field of one model field, with the words of the declaration on top of the model's."""
    options: dict[str, Any] = {
        "label": given.label or capfirst(model_field.verbose_name),
        "help_text": given.help or model_field.help_text,
        "required": not (model_field.blank or isinstance(model_field, models.BooleanField)),
    }
    field: Any
    if given.field is not None:
        field = given.field(**options)
    elif isinstance(model_field, models.ForeignKey):
        field = _relation_field(given, model_field, actor, options)
    elif isinstance(model_field, models.JSONField):
        field = PairsField(**options)
    else:
        field = model_field.formfield(**options)
    if given.placeholder:
        field.widget.attrs["placeholder"] = given.placeholder
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        # A plain text box with a numeric keyboard: no spinner, no wheel, and the input survives a slip of the keys.
        field.widget = forms.TextInput(attrs={"inputmode": "decimal", **field.widget_attrs(forms.TextInput())})
        if isinstance(field, forms.DecimalField):
            field.prepare_value = _written  # type: ignore[method-assign]  # the model keeps more zeros than people write
        for name in ("min", "max", "step"):
            field.widget.attrs.pop(name, None)
    field.units, field.span = given.unit, given.span
    made: forms.Field = field
    return made


def _written(value: Any) -> Any:
    """A number without the zeros that only the column needs; two decimals stay where there are any."""
    if not isinstance(value, Decimal):
        return value
    short = value.normalize()
    places = -int(short.as_tuple().exponent)
    return format(short if places <= 0 or places >= 2 else value.quantize(Decimal("0.01")), "f")


def _relation_field(
    given: Input, model_field: "models.ForeignKey[Any, Any]", actor: Actor, options: Mapping[str, Any]
) -> forms.Field:
    model = model_field.related_model
    pages, master = pages_of(model), master_of(model)
    rows = visible(master, actor) if master is not None and actor.may(master.view) else model._default_manager.all()
    field = forms.ModelChoiceField(queryset=rows, empty_label=None if options["required"] else "—", **options)
    if pages is not None and not pages.is_short and pages.may_view(actor):
        field.widget = Picker(pages, actor, by=given.by, may_be_empty=not options["required"])
    return field
