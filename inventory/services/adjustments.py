"""Adjustments: asking, deciding, posting. One document, one posting, and never one's own approval."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Missing, NotPermitted, Refused
from backoffice.core.events import publish
from backoffice.core.locks import lock_one
from backoffice.core.numbering import make_series, next_numbers
from backoffice.core.refs import Ref
from inventory.drafts import MoveDraft
from inventory.events import AdjustmentPosted, AdjustmentRequested
from inventory.models.adjustments import AdjustmentLimit, StockAdjustment, StockAdjustmentLine
from inventory.models.costs import CostLayer
from inventory.models.places import Location, Warehouse
from inventory.permissions import ADJUST_STOCK, APPROVE_ADJUSTMENTS, WAREHOUSE_LIMIT
from inventory.services.ledger import post_moves
from inventory.services.stock import virtual_place
from inventory.states import ADJUSTMENT_AFTER, AdjustmentReason, AdjustmentState, LocationKind

KIND = "inventory.adjustment"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentLine:
    """So many more (or fewer, below zero) of a SKU in a place; a unit cost only for what comes in."""

    location_id: int
    sku_id: int
    change: int
    lot_id: int | None = None
    serial_id: int | None = None
    unit_cost: Decimal | None = None


def request_adjustment(
    *, warehouse: Warehouse, reason: str, lines: Sequence[AdjustmentLine], actor: Actor, note: str = ""
) -> StockAdjustment:
    """Ask for an adjustment. It is posted at once while it is within the company's limit, and waits otherwise.

    The limit counts units and value of all lines without their signs, so that a plus cannot hide a minus.
    """
    actor.require(ADJUST_STOCK)
    if not actor.reaches(WAREHOUSE_LIMIT, warehouse.pk):
        raise Missing("not_found", _("There is no such warehouse."))
    if reason not in AdjustmentReason.values:
        raise Invalid("unknown_reason", _("“%(reason)s” is no reason.") % {"reason": reason}, field="reason")
    if reason == AdjustmentReason.OTHER and not note.strip():
        raise Invalid("note_missing", _("Say in the note what the reason is."), field="note")
    if not lines or any(line.change == 0 for line in lines):
        raise Invalid("nothing_to_adjust", _("Each line changes something, and there is at least one."), field="lines")
    with acting(actor, note or reason):
        _check_places(warehouse, lines)
        units = sum(abs(line.change) for line in lines)
        value = _value(warehouse, lines)
        row = StockAdjustment.objects.create(
            company=warehouse.company,
            number=_next_number(warehouse),
            warehouse=warehouse,
            reason=reason,
            note=note[:300],
            requested_by=actor.as_json(),
            requester_id=actor.id if actor.kind == "user" else None,
            units=units,
            value=value,
        )
        StockAdjustmentLine.objects.bulk_create(
            [
                StockAdjustmentLine(
                    adjustment=row,
                    location_id=line.location_id,
                    sku_id=line.sku_id,
                    lot_id=line.lot_id,
                    serial_id=line.serial_id,
                    change=line.change,
                    unit_cost=line.unit_cost,
                )
                for line in lines
            ]
        )
        if _within_limit(warehouse, units, value):
            return _post(row, actor, note="")
        publish(
            AdjustmentRequested(
                adjustment_id=row.pk, number=row.number, warehouse_id=warehouse.pk, units=units, value=value
            )
        )
    return row


def approve_adjustment(*, adjustment_id: int, actor: Actor, note: str = "") -> StockAdjustment:
    """Post an adjustment that somebody else asked for. One's own is refused, whatever one's rights."""
    actor.require(APPROVE_ADJUSTMENTS)
    with acting(actor, note or "approved"):
        row = _pending(adjustment_id, AdjustmentState.POSTED, actor)
        if row.requested_by == actor.as_json():
            raise NotPermitted(
                "own_adjustment",
                _("You asked for this adjustment yourself; somebody else has to approve it."),
            )
        return _post(row, actor, note)


def reject_adjustment(*, adjustment_id: int, note: str, actor: Actor) -> StockAdjustment:
    """Decide against it, and say why."""
    actor.require(APPROVE_ADJUSTMENTS)
    if not note.strip():
        raise Invalid("note_missing", _("Say why it is rejected."), field="note")
    with acting(actor, note):
        return _decide(_pending(adjustment_id, AdjustmentState.REJECTED, actor), AdjustmentState.REJECTED, actor, note)


def cancel_adjustment(*, adjustment_id: int, actor: Actor) -> StockAdjustment:
    """Take back what one asked for oneself, while it waits."""
    actor.require(ADJUST_STOCK)
    with acting(actor, "cancelled"):
        row = _pending(adjustment_id, AdjustmentState.CANCELLED, actor)
        if row.requested_by != actor.as_json():
            raise NotPermitted("not_yours", _("Only who asked for it can take it back; you can reject it."))
        return _decide(row, AdjustmentState.CANCELLED, actor, "")


def _pending(adjustment_id: int, wanted: str, actor: Actor) -> StockAdjustment:
    rows = StockAdjustment.objects.all()
    limit = actor.limit(WAREHOUSE_LIMIT)
    row = lock_one(rows if limit is None else rows.filter(warehouse_id__in=sorted(limit)), adjustment_id)
    allowed = ADJUSTMENT_AFTER[row.state]
    if wanted not in allowed:
        raise Refused(
            "illegal_transition",
            _("Adjustment %(number)s is %(state)s and cannot become %(wanted)s.")
            % {"number": row.number, "state": row.get_state_display(), "wanted": AdjustmentState(wanted).label},
            allowed=sorted(allowed),
        )
    return row


def _post(row: StockAdjustment, actor: Actor, note: str) -> StockAdjustment:
    lines = list(row.lines.order_by("sku_id", "location_id", "pk"))
    outside = virtual_place(row.company_id, LocationKind.ADJUSTMENT)
    post_moves(
        drafts=[
            MoveDraft(
                sku_id=line.sku_id,
                from_id=outside if line.change > 0 else line.location_id,
                to_id=line.location_id if line.change > 0 else outside,
                quantity=abs(line.change),
                lot_id=line.lot_id,
                serial_id=line.serial_id,
                unit_cost=line.unit_cost if line.change > 0 else None,
                reason=row.reason,
                reference=Ref(KIND, str(row.pk)),
                breaks_reservations=line.change < 0,
            )
            for line in lines
        ],
        actor=actor,
    )
    publish(AdjustmentPosted(adjustment_id=row.pk, number=row.number, warehouse_id=row.warehouse_id, reason=row.reason))
    return _decide(row, AdjustmentState.POSTED, actor, note)


def _decide(row: StockAdjustment, state: str, actor: Actor, note: str) -> StockAdjustment:
    row.state, row.decided_by, row.decided_at = state, actor.as_json(), clock.now()
    row.decision_note = note[:300]
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_note"])
    return row


def _check_places(warehouse: Warehouse, lines: Sequence[AdjustmentLine]) -> None:
    """Every place lies in the warehouse of the document."""
    wanted = {line.location_id for line in lines}
    known = set(Location.objects.filter(pk__in=wanted, warehouse=warehouse).values_list("pk", flat=True))
    if wanted - known:
        raise Missing(
            "not_found",
            _("There is no place %(id)s in %(warehouse)s.") % {"id": min(wanted - known), "warehouse": warehouse.name},
            field="lines",
        )


def _value(warehouse: Warehouse, lines: Sequence[AdjustmentLine]) -> Decimal:
    """What the lines are worth at their own costs, or at what their SKUs cost at this moment."""
    sums = (
        CostLayer.objects.filter(
            company_id=warehouse.company_id, sku_id__in={line.sku_id for line in lines}, remaining__gt=0
        )
        .values("sku_id")
        .annotate(units=Sum("remaining"), worth=Sum("remaining_amount"))
    )
    average = {row["sku_id"]: row["worth"] / row["units"] for row in sums}
    return sum(
        (abs(line.change) * (line.unit_cost or average.get(line.sku_id, Decimal(0))) for line in lines), Decimal(0)
    ).quantize(Decimal("0.000001"))


def _within_limit(warehouse: Warehouse, units: int, value: Decimal) -> bool:
    limit = AdjustmentLimit.objects.filter(company_id=warehouse.company_id, is_active=True).first()
    return limit is not None and units <= limit.max_units and value <= limit.max_value


def _next_number(warehouse: Warehouse) -> str:
    assert connection.in_atomic_block
    make_series(company=warehouse.company, code=KIND, pattern="ADJ-{year}-{number:05}", is_gapless=True)
    return next_numbers(company=warehouse.company, code=KIND)[0]
