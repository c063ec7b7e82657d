"""The gallery: every component of the console on one page, with made-up records. For those who build pages, and for the
browser tests of the shell; it reads and writes nothing.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.core.clock import now
from backoffice.core.money import Money, UnitCost
from backoffice.core.templatetags import ui

Row = dict[str, Any]


class ProductForm(forms.Form):
    """One field of each kind."""

    sku = forms.CharField(label="SKU", help_text="Letters, digits and dashes. Cannot be changed later.")
    name = forms.CharField()
    weight = forms.DecimalField(label="Weight of one piece", required=False)
    unit = forms.ChoiceField(choices=[("pcs", "Pieces"), ("kg", "Kilograms")])
    price = forms.DecimalField(help_text="Without tax.")
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    lots = forms.BooleanField(
        label="Keep lots with expiry dates", required=False, help_text="Every receipt then asks for a lot."
    )
    costing = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("average", "Moving average"), ("fifo", "First in, first out")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, span in (
            ("sku", "half"),
            ("name", "half"),
            ("weight", "third"),
            ("unit", "third"),
            ("price", "third"),
        ):
            self.fields[name].span = span  # type: ignore[attr-defined]  # read by the tag form_fields
        self.fields["weight"].units = "kg"  # type: ignore[attr-defined]  # read by the tag form_field


def gallery(request: HttpRequest) -> HttpResponse:
    """The page. `?bad=1` shows the form refused."""
    moment = now() - timedelta(minutes=47)
    if request.GET.get("bad"):
        form = ProductForm(
            {"sku": "TEA OOLONG", "weight": "abc", "unit": "pcs", "price": "18.40", "costing": "average"}
        )
    else:
        form = ProductForm(
            initial={"sku": "TEA-OOLONG-250", "name": "Oolong, loose", "weight": "0.25", "price": "18.40"}
        )
    context = {
        "moment": moment,
        "form": form,
        "tiles": _tiles(),
        "tabs": _tabs(),
        "chips": [
            {"label": "State", "value": "Allocated, On hold", "remove_url": "#"},
            {"label": "Warehouse", "value": "Lyon", "remove_url": "#"},
        ],
        "columns": _columns(),
        "rows": _orders(moment),
        "bulk_actions": _bulk_actions(),
        "line_columns": [{"title": "SKU", "kind": "main"}, {"title": "Name"}]
        + [{"title": title, "kind": "num"} for title in ("Ordered", "Allocated", "Picked", "Shipped", "Price")],
        "line_rows": _lines(),
        "facts": _facts(moment),
        "entries": _entries(moment),
        "menu_items": _menu_items(),
        "job": _job(),
        "sums": [
            Money(Decimal("1234.50"), "EUR"),
            Money(Decimal(98000), "JPY"),
            Money(Decimal("12.345"), "BHD"),
            UnitCost(Decimal("0.0123"), "EUR"),
        ],
    }
    return render(request, "core/gallery.html", context)


def _tiles() -> list[Row]:
    return [
        {"label": "Late", "figure": 9, "note": "oldest 2 h 10 min", "tone": "danger", "loud": True, "icon": "clock"},
        {
            "label": "In jeopardy",
            "figure": 31,
            "note": "cut-off 16:00",
            "tone": "warning",
            "icon": "exclamation-triangle",
        },
        {"label": "To pick", "figure": 412, "note": "38 waves", "icon": "queue-list"},
        {"label": "Shipped today", "figure": 1284, "note": "+12 % on last Tuesday", "tone": "success", "icon": "truck"},
        {"label": "Stock-outs", "figure": 0, "icon": "cube"},
    ]


def _tabs() -> list[Row]:
    return [
        {"title": "All", "url": "#", "active": True, "count": 48211},
        {"title": "To release", "url": "#", "count": 212},
        {"title": "Late", "url": "#", "count": 9, "tone": "danger"},
        {"title": "Marketplace Poland", "url": "#", "icon": "users"},
        {"title": "My returns", "url": "#"},
    ]


def _columns() -> list[Row]:
    return [
        {"title": "Order", "kind": "main", "sort_url": "#", "sorted": "descending"},
        {"title": "State", "kind": "state"},
        {"title": "Customer", "kind": "cut"},
        {"title": "Placed", "kind": "", "sort_url": "#"},
        {"title": "Warehouse", "kind": ""},
        {"title": "Pieces", "kind": "num"},
        {"title": "Total", "kind": "num", "sort_url": "#"},
    ]


def _orders(moment: datetime) -> list[Row]:
    names = (
        ("Dana Levi", "allocated"),
        ("Zakład Herbaciany Kowalski i Synowie sp. z o.o.", "on_hold"),
        ("Café du Marché", "shipped"),
        ("יעל כהן", "new"),
        ("O’Brien & Daughters", "failed"),
        ("Møller", "picking"),
        ("Łukasz Nowak", "draft"),
        ("Anne-Sophie de La Rochefoucauld", "delivered"),
    )
    rows: list[Row] = []
    for index, (name, state) in enumerate(names):
        number = f"SO-{10480 + index}"
        cells = [
            ui.code(number),
            ui.state_pill(state),
            name,
            ui.moment(moment - timedelta(hours=31 * index)),
            "Lyon" if index % 2 else "Haifa",
            ui.quantity(3 + index * 7, "pcs"),
            ui.money(Decimal("389.70") * (index + 1) ** 2, "EUR"),
        ]
        rows.append({"key": index, "name": number, "url": f"#order-{index}", "cells": cells})
    return rows


def _bulk_actions() -> list[Row]:
    return [
        {"name": "release", "title": "Release to warehouse", "look": "primary"},
        {"name": "hold", "title": "Hold", "icon": "pause"},
        {"name": "tag", "title": "Tag", "icon": "tag"},
        {"name": "cancel", "title": "Cancel", "look": "danger", "reason": "Your role may not cancel."},
    ]


def _lines() -> list[Row]:
    lines = (
        ("TEA-OOLONG-250", "Oolong, loose, 250 g", 12, "18.40"),
        ("CUP-BLUE", "Cup, blue glaze", 24, "7"),
        ("POT-CAST-IRON-800", "Cast-iron pot 0.8 l", 5, "64.90"),
    )
    return [
        {"key": sku, "url": "#", "cells": [ui.code(sku), name, ordered, ordered, 0, 0, ui.money(Decimal(price), "EUR")]}
        for sku, name, ordered, price in lines
    ]


def _facts(moment: datetime) -> list[Row]:
    return [
        {"label": "Customer", "value": "Zakład Herbaciany Kowalski"},
        {"label": "Ship by", "value": ui.moment(moment, named=True)},
        {"label": "Channel", "value": "Marketplace PL"},
        {"label": "Payment", "value": ui.state_pill("paid")},
        {"label": "Total", "value": ui.money(Decimal("1840.35"), "EUR")},
        {"label": "Note", "value": ""},
    ]


def _entries(moment: datetime) -> list[Row]:
    changes = [
        {"field": "Street", "before": "Rue 1", "after": "Rue de la Paix 11"},
        {"field": "Floor", "before": None, "after": "3"},
    ]
    return [
        {"icon": "check", "tone": "success", "title": "Allocated in Lyon", "actor": "System", "at": moment},
        {
            "icon": "pencil",
            "title": "Address changed",
            "actor": "Dana Levi",
            "at": moment - timedelta(hours=3),
            "reason": "Customer called",
            "changes": changes,
        },
        {
            "icon": "pause",
            "tone": "warning",
            "title": "Held: credit limit",
            "actor": "System",
            "at": moment - timedelta(days=2),
        },
        {
            "icon": "inbox-arrow-down",
            "title": "Received from Marketplace PL",
            "actor": "Marketplace PL",
            "at": moment - timedelta(days=3),
            "url": "#",
        },
    ]


def _menu_items() -> list[Row]:
    return [
        {"title": "Duplicate", "icon": "document-duplicate", "url": "#duplicate"},
        {"title": "Print", "icon": "printer", "url": "#print", "key": "p"},
        {"title": "Split", "icon": "scissors", "reason": "Only one line is left."},
        {
            "title": "Cancel the order",
            "icon": "x-circle",
            "danger": True,
            "name": "do",
            "value": "cancel",
            "confirm": "The stock goes back and the customer is told.",
            "line": True,
        },
    ]


def _job() -> Row:
    return {
        "id": 7,
        "title": "Import products.xlsx",
        "state": "running",
        "state_label": "Running",
        "tone": "accent",
        "running": True,
        "done": 4812,
        "total": 12000,
        "note": "3 refused",
        "url": "#job",
    }
