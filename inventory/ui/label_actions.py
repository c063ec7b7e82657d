"""Buttons that print labels; each starts a job and leads to its page, where the file is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.ui.pages.parts import RowAction
from inventory.models import Location, Sku, Warehouse
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.services.labels import MOST_LABELS, print_place_labels, print_sku_labels

Data = Mapping[str, Any]


class FormatForm(forms.Form):
    """How the labels are wanted."""

    form = forms.ChoiceField(
        label=_("Printer"), choices=[("pdf", _("any printer (PDF)")), ("zpl", _("label printer (ZPL, 203 dpi)"))]
    )


class CopiesForm(FormatForm):
    """How many, and how."""

    copies = forms.IntegerField(label=_("Labels"), min_value=1, max_value=MOST_LABELS, initial=1)


def _warehouse(row: Warehouse, actor: Actor, data: Data, item: int) -> str:
    made = print_place_labels(location_id=None, warehouse_id=row.pk, form=data["form"], actor=actor)
    return reverse("core_job_detail", args=[made.pk])


def _location(row: Location, actor: Actor, data: Data, item: int) -> str:
    made = print_place_labels(location_id=row.pk, warehouse_id=None, form=data["form"], actor=actor)
    return reverse("core_job_detail", args=[made.pk])


def _sku(row: Sku, actor: Actor, data: Data, item: int) -> str:
    made = print_sku_labels(sku_id=row.pk, copies=data["copies"], form=data["form"], actor=actor)
    return reverse("core_job_detail", args=[made.pk])


PRINT_WAREHOUSE = RowAction(
    code="labels", title=_("Print labels"), run=_warehouse, right=VIEW_PLACES, icon="printer", form=FormatForm
)
PRINT_LOCATION = RowAction(
    code="labels",
    title=_("Print labels"),
    run=_location,
    right=VIEW_PLACES,
    icon="printer",
    form=FormatForm,
    fits=lambda row: row.warehouse_id is not None,
)
PRINT_SKU = RowAction(
    code="labels", title=_("Print labels"), run=_sku, right=VIEW_CATALOG, icon="printer", form=CopiesForm
)
