"""What is filled in on the pages of products and SKUs: reasons, barcodes, packs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from inventory.models import Sku
from inventory.models.barcodes import MOST_UNITS
from inventory.states import Symbology


class ReasonForm(forms.Form):
    """Why something is done; it stands in the timeline."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Stands in the timeline for everybody."))


class BarcodeForm(forms.Form):
    """A barcode of a SKU or of one of its packs."""

    value = forms.CharField(
        label=_("Barcode"),
        max_length=64,
        help_text=_("Scan it, or type what is printed under the bars."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True, "dir": "ltr"}),
    )
    symbology = forms.ChoiceField(label=_("Whose number"), choices=Symbology.choices)
    pack = forms.ChoiceField(label=_("Stands on"), required=False)
    is_primary = forms.BooleanField(label=_("First choice for labels"), required=False)

    def __init__(self, data: Any = None, *, row: Sku, actor: Actor) -> None:
        super().__init__(data)
        packs = [(pack.code, str(pack)) for pack in row.packs.filter(is_active=True).order_by("units", "pk")]
        self.fields["pack"] = forms.ChoiceField(
            label=_("Stands on"), required=False, choices=[("", _("one %(unit)s") % {"unit": row.base_unit}), *packs]
        )
        self.order_fields(["value", "symbology", "pack", "is_primary"])


class PackForm(forms.Form):
    """A fixed number of base units packed together."""

    code = forms.CharField(label=_("Code"), max_length=20, help_text=_("Short, once for each SKU: CARTON."))
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As people call it: carton of 12."))
    units = forms.IntegerField(
        label=_("Holds"),
        min_value=2,
        max_value=MOST_UNITS,
        help_text=_("Base units. It can never be changed, because labels and books were counted with it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    weight_g = forms.IntegerField(label=_("Weight"), required=False, min_value=1)
    length_mm = forms.IntegerField(label=_("Length"), required=False, min_value=1)
    width_mm = forms.IntegerField(label=_("Width"), required=False, min_value=1)
    height_mm = forms.IntegerField(label=_("Height"), required=False, min_value=1)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, unit in (("weight_g", "g"), ("length_mm", "mm"), ("width_mm", "mm"), ("height_mm", "mm")):
            field: Any = self.fields[name]
            field.units, field.span = unit, "quarter"
            field.widget = forms.TextInput(attrs={"inputmode": "numeric"})
