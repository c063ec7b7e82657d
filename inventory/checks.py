"""System checks that speak to an operator about the warehouses."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import DatabaseError

from inventory.models import Location, Warehouse
from inventory.states import STANDARD_PLACES, LocationKind


@checks.register(checks.Tags.database)
def warehouses_can_work(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Every warehouse in use has each of the places that receiving, packing and dispatch ask for."""
    if not databases or "default" not in databases:
        return []
    try:
        houses = list(Warehouse.objects.filter(is_active=True))
        in_use = set(
            Location.objects.filter(is_active=True, warehouse__in=houses).values_list("warehouse_id", "kind").distinct()
        )
    except DatabaseError:
        return []  # before the first migration there is nothing to look at
    return [
        checks.Warning(
            f"{house.name} ({house.code}) has no place of the kind “{LocationKind(kind).label}” in use.",
            hint="Switch one on, or add one: work that ends there stops otherwise.",
            id="inventory.W001",
        )
        for house in houses
        for kind, _code in STANDARD_PLACES
        if (house.pk, kind) not in in_use
    ]
