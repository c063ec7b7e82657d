"""An address in a form: its parts as boxes of their own, checked part by part."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backoffice.core.addresses import clean_address
from backoffice.core.countries import country_choices
from backoffice.core.errors import Invalid

PARTS: Final = (
    ("name", _("Name"), "half", "name"),
    ("company", _("Company"), "half", "organization"),
    ("street", _("Street"), "", "street-address"),
    ("postal_code", _("Postal code"), "third", "postal-code"),
    ("city", _("City"), "third", "address-level2"),
    ("region", _("State or region"), "third", "address-level1"),
    ("phone", _("Phone"), "half", "tel"),
)


class AddressWidget(forms.Widget):
    """Boxes named `address.city` and so on."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        parts = [*(part for part, *_rest in PARTS), "country"]
        return {part: str(data.get(f"{name}.{part}", "")).strip() for part in parts if data.get(f"{name}.{part}")}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}.street"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """All parts in a grid."""
        known = value if isinstance(value, Mapping) else {}
        parts = [
            {"name": part, "label": label, "span": span, "autocomplete": hint, "value": known.get(part, "")}
            for part, label, span, hint in PARTS
        ]
        context = {
            "name": name,
            "id": (attrs or {}).get("id", name),
            "parts": parts,
            "country": known.get("country", ""),
            "countries": country_choices(get_language() or "en"),
        }
        return render_to_string("core/pages/address.html", context)


class AddressField(forms.Field):
    """An address as JSON keeps it; an empty one is an empty object."""

    widget = AddressWidget

    def to_python(self, value: Any) -> dict[str, str]:
        """The address, clean. ValidationError says which part is wrong and why."""
        if not value or set(value) <= {"country"}:
            return {}
        try:
            return {part: text for part, text in clean_address(value).as_json().items() if text}
        except Invalid as refusal:
            raise forms.ValidationError([str(problem.message) for problem in refusal.problems]) from refusal

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or {}) != (data or {}))
