"""Levels, moves, reservations and adjustments as rows that people look at. Seen like master data, written by the ledger."""

from django.urls import reverse

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
MOVES = Master(
    code="inventory.move",
    model=StockMove,
    view=VIEW_STOCK,
    edit=ADJUST_STOCK,
    editable=(),
    select=("sku", "from_location", "to_location", "lot", "serial"),
    describe_with="pk",
    url=lambda identity: reverse("inventory_move_detail", args=[identity]),
)
