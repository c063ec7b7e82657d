"""Making many bins from one pattern: look first, then make."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.ui.console import ConsolePage, is_target
from backoffice.core.ui.pages.edits import COMMAND, carry_out_once, new_command
from inventory.models import Warehouse
from inventory.permissions import EDIT_PLACES
from inventory.selectors.places import warehouse_of
from inventory.services.bins import BinLayout, BinPlan, make_bins, preview_bins
from inventory.ui.forms.places import BinsForm

LAYOUT = ("aisle_mm", "bay_mm", "level_mm", "max_weight_g", "max_units", "max_volume_ml", "storage_class")


class MakeBinsView(ConsolePage):
    """GET shows the form; POST with do=make makes the bins, any other POST shows what would be made."""

    http_method_names = ["get", "head", "post"]
    right = EDIT_PLACES

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        warehouse = warehouse_of(key, self.actor)
        return self._show(request, warehouse, BinsForm(warehouse=warehouse, actor=self.actor), None)

    def post(self, request: HttpRequest, key: int) -> HttpResponse:
        """To the list of the places; 422 with the form when the pattern was refused."""
        warehouse = warehouse_of(key, self.actor)
        form = BinsForm(request.POST, warehouse=warehouse, actor=self.actor)
        if not form.is_valid():
            return self._show(request, warehouse, form, None, status=422)
        asked = self._asked(warehouse, form.cleaned_data)
        try:
            if request.POST.get("do") != "make":
                return self._show(request, warehouse, form, preview_bins(**asked, actor=self.actor))
            address = carry_out_once(request, self.actor, lambda: self._make(warehouse, asked))
        except DomainError as error:
            _take(form, error)
            return self._show(request, warehouse, form, None, status=422 if error.status < 500 else error.status)
        messages.success(request, _("The bins are made. They can be found by their codes at once."))
        return HttpResponseRedirect(address)

    def _asked(self, warehouse: Warehouse, data: dict[str, Any]) -> dict[str, Any]:
        parent = data["parent"]
        return {
            "warehouse_id": warehouse.pk,
            "pattern": data["pattern"],
            "parent_id": parent.pk if parent else None,
            "layout": replace(BinLayout(), **{name: data[name] for name in LAYOUT}),
        }

    def _make(self, warehouse: Warehouse, asked: dict[str, Any]) -> str:
        make_bins(**asked, actor=self.actor)
        return f"{reverse('inventory_location_list')}?warehouse={warehouse.pk}&kind=bin"

    def _show(
        self, request: HttpRequest, warehouse: Warehouse, form: BinsForm, plan: BinPlan | None, status: int = 200
    ) -> HttpResponse:
        context = {
            "warehouse": warehouse,
            "warehouse_url": reverse("inventory_warehouse_detail", args=[warehouse.pk]),
            "form": form,
            "plan": plan,
            "command": request.POST.get(COMMAND) or new_command(),
        }
        template = "inventory/bins_form.html" if is_target(request, "bins") else "inventory/make_bins.html"
        return render(request, template, context, status=status)


def _take(form: BinsForm, error: DomainError) -> None:
    names = {"parent_id": "parent"}
    if not error.problems:
        form.add_error(None, str(error.message))
    for problem in error.problems:
        name = names.get(problem.field or "", problem.field)
        form.add_error(name if name in form.fields else None, str(problem.message))
