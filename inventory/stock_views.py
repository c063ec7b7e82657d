"""Levels, moves, reservations and adjustments as rows that people look at. Seen like master data, written by the ledger."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from backoffice.core.actors import Actor
from backoffice.core.masters import Master
from inventory.models import Reservation, StockAdjustment, StockLevel, StockMove
from inventory.permissions import ADJUST_STOCK, VIEW_STOCK, WAREHOUSE_LIMIT

LEVELS = Master(
    code="inventory.level",
    model=StockLevel,
    view=VIEW_STOCK,
    edit=ADJUST_STOCK,
    editable=(),
    limit=(WAREHOUSE_LIMIT, "warehouse_id"),
    select=("sku", "sku__product", "warehouse"),
    describe_with="pk",
    url=lambda identity: reverse("inventory_level_detail", args=[identity]),
)
RESERVATIONS = Master(
    code="inventory.reservation",
    model=Reservation,
    view=VIEW_STOCK,
    edit=ADJUST_STOCK,
    editable=(),
    limit=(WAREHOUSE_LIMIT, "warehouse_id"),
    select=("sku", "warehouse"),
    describe_with="pk",
    url=lambda identity: reverse("inventory_reservation_detail", args=[identity]),
)
ADJUSTMENTS = Master(
    code="inventory.adjustment",
    model=StockAdjustment,
    view=VIEW_STOCK,
    edit=ADJUST_STOCK,
    editable=(),
    limit=(WAREHOUSE_LIMIT, "warehouse_id"),
    select=("warehouse", "requester"),
    describe_with="number",
    url=lambda identity: reverse("inventory_adjustment_detail", args=[identity]),
)


def moves_in_reach(rows: Any, actor: Actor) -> Any:
    """Moves out of, into or inside the warehouses that the actor reaches."""
    limit = actor.limit(WAREHOUSE_LIMIT)
    if limit is None:
        return rows
    houses = sorted(limit)
    return rows.filter(Q(from_location__warehouse_id__in=houses) | Q(to_location__warehouse_id__in=houses))


MOVES = Master(
    code="inventory.move",
    model=StockMove,
    view=VIEW_STOCK,
    edit=ADJUST_STOCK,
    editable=(),
    narrow=moves_in_reach,
    select=("sku", "from_location", "to_location", "lot", "serial"),
    describe_with="pk",
    url=lambda identity: reverse("inventory_move_detail", args=[identity]),
)
