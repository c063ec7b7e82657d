"""Form fields with label, units, help and errors, tied together for screen readers: `{% form_field form.weight %}`."""

from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.forms import widgets as w

register = template.Library()


@register.inclusion_tag("core/components/field.html")
def form_field(
    field: BoundField, units: object = "", span: str = "", label: object = "", placeholder: str = ""
) -> dict[str, Any]:
    """One bound field.

    units: written behind the input ("kg"); a form field may carry them itself as the attribute `units`.
    span: half, third or quarter of a `.form-grid`. label: replaces the field's own. placeholder: an example value.
    """
    widget = field.field.widget
    kind = kind_of(widget)
    shown = [
        text
        for text, there in ((f"{field.auto_id}_help", field.help_text), (f"{field.auto_id}_error", field.errors))
        if there
    ]
    attrs: dict[str, Any] = {}
    if shown:
        attrs["aria-describedby"] = " ".join(shown)
    if field.errors:
        attrs["aria-invalid"] = "true"
    if placeholder:
        attrs["placeholder"] = placeholder
    classes = f"{widget.attrs.get('class', '')} {CLASSES[kind]}".strip()
    if classes:
        attrs["class"] = classes
    return {
        "field": field,
        "kind": kind,
        "widget": field.as_widget(attrs=attrs) if kind != "choices" else "",
        "units": units or getattr(field.field, "units", ""),
        "span": span,
        "label": label or field.label,
        "described_by": attrs.get("aria-describedby", ""),
    }


@register.inclusion_tag("core/components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The summary above a refused form: each error with a link to its field. Nothing when there is none."""
    fields = [field for field in form if field.errors and not field.is_hidden]
    hidden = [(field.label, error) for field in form.hidden_fields() for error in field.errors]
    general = list(form.non_field_errors())
    return {"fields": fields, "general": general, "hidden": hidden, "any": bool(fields or general or hidden)}


@register.inclusion_tag("core/components/form_fields.html")
def form_fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form in its order, in a grid; hidden ones too. A field may name its `span` as an attribute."""
    visible = [(field, getattr(field.field, "span", "")) for field in form.visible_fields()]
    return {"form": form, "visible": visible}


CLASSES = {"check": "form-check-input", "select": "form-select", "choices": "", "plain": "form-control"}


def kind_of(widget: w.Widget) -> str:
    """How a widget is drawn: check, choices (radios, several checks), select or plain."""
    if isinstance(widget, w.RadioSelect | w.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, w.CheckboxInput):
        return "check"
    if isinstance(widget, w.Select):
        return "select"
    return "plain"
