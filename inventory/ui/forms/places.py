"""What is filled in on the pages of places: blocking, moving, making bins."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.ui.pages.pickers import Picker
from backoffice.core.ui.pages.registry import pages_named
from inventory.models import Location, Warehouse
from inventory.models.places import MOST_AMOUNT
from inventory.states import StorageClass


class BlockForm(forms.Form):
    """What is stopped, and why."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Pickers see it on their screens."))
    picking = forms.BooleanField(label=_("Nothing is picked from here"), required=False, initial=True)
    putaway = forms.BooleanField(label=_("Nothing is put away here"), required=False, initial=True)


class MoveForm(forms.Form):
    """Where a place hangs in its warehouse, and what it is called."""

    parent = forms.ModelChoiceField(
        label=_("Lies in"),
        queryset=Location.objects.none(),
        required=False,
        help_text=_("Empty: directly in the warehouse. All that lies in the place moves along."),
    )
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Labels show it; print new ones after a change.")
    )
    warehouse = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, row: Location, actor: Actor) -> None:
        super().__init__(data, initial={"parent": row.parent_id, "code": row.code, "warehouse": row.warehouse_id})
        parent = self.fields["parent"]
        pages = pages_named("inventory.location")
        parent.queryset = pages.visible(actor).filter(warehouse_id=row.warehouse_id)  # type: ignore[attr-defined]  # a model choice
        parent.widget = Picker(pages, actor, by=("warehouse",))
        if row.parent is not None:
            parent.widget.labels[str(row.parent_id)] = str(row.parent)


class BinsForm(forms.Form):
    """A pattern of bins and how they stand."""

    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=200,
        initial="{zone:A}-{aisle:01-02}-{bay:01-05}-{level:1-4}",
        help_text=_(
            "Parts in braces count: zone, aisle, bay, level, position. Ranges: A-C, 01-10, 01-19/2; lists: 1,2,5."
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "dir": "ltr"}),
    )
    parent = forms.ModelChoiceField(
        label=_("Inside of"),
        queryset=Location.objects.none(),
        required=False,
        help_text=_("A zone or aisle that is there. Empty: directly in the warehouse."),
    )
    warehouse = forms.CharField(widget=forms.HiddenInput, required=False)
    aisle_mm = forms.IntegerField(label=_("From aisle to aisle"), initial=3000, min_value=0, max_value=MOST_AMOUNT)
    bay_mm = forms.IntegerField(label=_("From bay to bay"), initial=1200, min_value=0, max_value=MOST_AMOUNT)
    level_mm = forms.IntegerField(label=_("From level to level"), initial=450, min_value=0, max_value=MOST_AMOUNT)
    max_weight_g = forms.IntegerField(label=_("Each carries"), required=False, min_value=1, max_value=MOST_AMOUNT)
    max_units = forms.IntegerField(label=_("Each holds"), required=False, min_value=1, max_value=MOST_AMOUNT)
    max_volume_ml = forms.IntegerField(label=_("Volume of each"), required=False, min_value=1, max_value=MOST_AMOUNT)
    storage_class = forms.ChoiceField(
        label=_("For goods"), required=False, choices=[("", _("for all")), *StorageClass.choices]
    )

    UNITS = {
        "aisle_mm": "mm",
        "bay_mm": "mm",
        "level_mm": "mm",
        "max_weight_g": "g",
        "max_units": _("units"),
        "max_volume_ml": "ml",
    }

    def __init__(self, data: Any = None, *, warehouse: Warehouse, actor: Actor) -> None:
        super().__init__(data, initial={"warehouse": warehouse.pk})
        for name, unit in self.UNITS.items():
            field: Any = self.fields[name]
            field.units, field.span = unit, "third"
            field.widget = forms.TextInput(attrs={"inputmode": "numeric"})
        parent: Any = self.fields["parent"]
        pages = pages_named("inventory.location")
        parent.queryset = pages.visible(actor).filter(warehouse=warehouse)
        parent.widget = Picker(pages, actor, by=("warehouse",))
        goods: Any = self.fields["storage_class"]
        goods.span, parent.span = "half", "half"
