"""Questions about stock."""

from backoffice.core.actors import Actor
from inventory.models import StockAdjustment
from inventory.permissions import WAREHOUSE_LIMIT
from inventory.states import AdjustmentState


def waiting_adjustments(actor: Actor) -> int:
    """How many adjustments within this actor's reach wait for a second person."""
    rows = StockAdjustment.objects.filter(state=AdjustmentState.PENDING)
    limit = actor.limit(WAREHOUSE_LIMIT)
    return rows.count() if limit is None else rows.filter(warehouse_id__in=sorted(limit)).count()
