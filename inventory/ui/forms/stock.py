"""What is filled in on the pages of stock: adjusting, moving from bin to bin, deciding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from inventory.models import Location, Lot, StockBalance, StockLevel
from inventory.models.stock import MOST_UNITS
from inventory.states import KINDS, AdjustmentReason


def _places_of(row: StockLevel) -> Any:
    """The places of the level's warehouse that goods can lie in."""
    kinds = [kind for kind, facts in KINDS.items() if facts.holds_stock and not facts.is_virtual]
    return Location.objects.filter(warehouse_id=row.warehouse_id, kind__in=kinds, is_active=True).order_by("path")


class AdjustForm(forms.Form):
    """So many more or fewer in a place, and why."""

    place = forms.CharField(label=_("Place"), max_length=60, help_text=_("Its code or barcode; scan it."))
    change = forms.IntegerField(
        label=_("Change"),
        min_value=-MOST_UNITS,
        max_value=MOST_UNITS,
        help_text=_("How many more; with a minus, how many fewer."),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=AdjustmentReason.choices)
    lot = forms.ModelChoiceField(label=_("Lot"), queryset=Lot.objects.none(), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, row: StockLevel, actor: Actor) -> None:
        super().__init__(data)
        self.places = _places_of(row)
        lots = Lot.objects.filter(sku_id=row.sku_id)
        if lots.exists():
            self.fields["lot"].queryset = lots  # type: ignore[attr-defined]  # a model choice
        else:
            del self.fields["lot"]

    def clean_place(self) -> Location:
        return named_place(self.places, self.cleaned_data["place"])


class CarryForm(forms.Form):
    """From one bin to another."""

    source = forms.ModelChoiceField(label=_("From"), queryset=StockBalance.objects.none())
    target = forms.CharField(label=_("To"), max_length=60, help_text=_("Code or barcode of the place; scan it."))
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=MOST_UNITS)

    def __init__(self, data: Any = None, *, row: StockLevel, actor: Actor) -> None:
        super().__init__(data)
        self.places = _places_of(row)
        lying = StockBalance.objects.filter(
            sku_id=row.sku_id, location__warehouse_id=row.warehouse_id, on_hand__gt=0
        ).select_related("location", "lot", "serial")
        source = self.fields["source"]
        source.queryset = lying  # type: ignore[attr-defined]  # a model choice
        source.label_from_instance = described  # type: ignore[attr-defined]  # a model choice

    def clean_target(self) -> Location:
        return named_place(self.places, self.cleaned_data["target"])


class DecideForm(forms.Form):
    """Why it was decided so."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class RejectForm(forms.Form):
    """Why it is rejected."""

    note = forms.CharField(label=_("Reason"), max_length=300)


def described(row: StockBalance) -> str:
    """“A-01-02: 12 (lot 7)”."""
    more = f" ({row.lot.code})" if row.lot else f" ({row.serial.code})" if row.serial else ""
    return f"{row.location.code}: {row.on_hand}{more}"


def named_place(places: Any, text: str) -> Location:
    """The place of that code or barcode."""
    found = places.filter(code__iexact=text.strip()) | places.filter(barcode__iexact=text.strip())
    place: Location | None = found.first()
    if place is None:
        raise forms.ValidationError(_("There is no place “%(text)s” in this warehouse."), params={"text": text[:40]})
    return place
