"""Stock in the console: what is there, what it is promised to, how it got there, and the adjustments."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Related, RowAction, Section
from inventory.filters_stock import AdjustmentFilter, LevelFilter, MoveFilter, ReservationFilter
from inventory.models import (
    Reservation,
    StockAdjustment,
    StockAdjustmentLine,
    StockBalance,
    StockLevel,
    StockMove,
)
from inventory.permissions import ADJUST_STOCK, APPROVE_ADJUSTMENTS, MOVE_STOCK, VIEW_COSTS
from inventory.services.adjustments import (
    AdjustmentLine,
    approve_adjustment,
    cancel_adjustment,
    reject_adjustment,
    request_adjustment,
)
from inventory.services.stock import BinMove, move_stock
from inventory.states import AdjustmentState
from inventory.stock_views import ADJUSTMENTS, LEVELS, MOVES, RESERVATIONS
from inventory.ui.forms.stock import AdjustForm, CarryForm, DecideForm, RejectForm

Data = Mapping[str, Any]
ADJUSTMENT_TONES = {"pending": "warning", "posted": "success", "rejected": "danger", "cancelled": "neutral"}


def _adjust(row: StockLevel, actor: Actor, data: Data, item: int) -> str:
    lot = data.get("lot")
    line = AdjustmentLine(
        location_id=data["place"].pk, sku_id=row.sku_id, change=data["change"], lot_id=lot.pk if lot else None
    )
    made = request_adjustment(
        warehouse=row.warehouse, reason=data["reason"], note=data["note"], lines=[line], actor=actor
    )
    return str(ADJUSTMENTS.url(made.pk)) if ADJUSTMENTS.url else ""


def _carry(row: StockLevel, actor: Actor, data: Data, item: int) -> None:
    source: StockBalance = data["source"]
    move_stock(
        moves=[
            BinMove(
                sku_id=row.sku_id,
                from_id=source.location_id,
                to_id=data["target"].pk,
                quantity=data["quantity"],
                lot_id=source.lot_id,
                serial_id=source.serial_id,
            )
        ],
        actor=actor,
    )


def _lying(row: StockLevel, actor: Actor) -> Any:
    return (
        StockBalance.objects.filter(sku_id=row.sku_id, location__warehouse_id=row.warehouse_id, on_hand__gt=0)
        .select_related("location", "lot", "serial")
        .order_by("location__pick_sequence", "location__path")
    )


def _holding(row: StockLevel, actor: Actor) -> Any:
    """What holds the reserved units, oldest first; its open quantities add up to the reserved figure."""
    return Reservation.objects.filter(sku_id=row.sku_id, warehouse_id=row.warehouse_id, open_quantity__gt=0).order_by(
        "pk"
    )


def _moved(row: StockLevel, actor: Actor) -> Any:
    house = row.warehouse_id
    rows = StockMove.objects.filter(sku_id=row.sku_id).select_related("from_location", "to_location")
    return (rows.filter(from_location__warehouse=house) | rows.filter(to_location__warehouse=house)).order_by("-pk")


def _on_hand(row: Any) -> int:
    return int(row.on_hand_sum)


def _available(row: Any) -> int:
    return int(row.available_sum)


LEVEL_PAGES = ModelPages(
    master=LEVELS,
    slug="stock",
    area="stock",
    area_title=_("Stock"),
    icon="archive-box",
    lead=_("On hand = sellable + picked + unavailable. Available = sellable − reserved."),
    filterset=LevelFilter,
    rows=lambda rows: rows.annotate(
        on_hand_sum=F("sellable") + F("staged") + F("unavailable"), available_sum=F("sellable") - F("reserved")
    ),
    columns=(
        Column("sku__code", title=_("SKU"), link=True, kind="code", needs=("sku",)),
        Column("sku__product__name", title=_("Product"), needs=("sku__product",)),
        Column("warehouse"),
        Column("on_hand_sum", title=_("On hand"), kind="number", value=_on_hand, sort="on_hand_sum"),
        Column("reserved"),
        Column("available_sum", title=_("Available"), kind="number", value=_available, sort="available_sum"),
        Column("sellable", is_shown=False),
        Column("staged", is_wide_only=True),
        Column("unavailable", is_wide_only=True),
        Column("is_low"),
    ),
    default_sort="sku__code",
    search=("sku__code", "sku__product__name"),
    search_words=_("SKU or product"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
    row_actions=(
        RowAction(
            code="adjust",
            title=_("Adjust"),
            run=_adjust,
            right=ADJUST_STOCK,
            icon="adjustments-horizontal",
            form=AdjustForm,
            needs_row=True,
        ),
        RowAction(
            code="carry",
            title=_("Move to another place"),
            run=_carry,
            right=MOVE_STOCK,
            icon="arrows-right-left",
            form=CarryForm,
            needs_row=True,
            done=_("Moved."),
        ),
    ),
    subtitle=lambda row: f"{row.sku.product} · {row.warehouse}",
    detail=(
        Section(
            _("Stock"),
            (
                Column("on_hand_sum", title=_("On hand"), kind="number", value=_on_hand),
                "sellable",
                "staged",
                "unavailable",
                "reserved",
                Column("available_sum", title=_("Available"), kind="number", value=_available),
                "is_low",
            ),
        ),
        Related(
            code="places",
            title=_("Where it lies"),
            model=StockBalance,
            rows=_lying,
            columns=("location", "lot", "serial", "on_hand"),
            empty=_("Nothing of it lies in this warehouse."),
        ),
        Related(
            code="holding",
            title=_("What it is promised to"),
            model=Reservation,
            rows=_holding,
            columns=("demand_kind", "demand_id", "open_quantity", "expires_at", "created_at"),
            empty=_("Nothing is promised."),
        ),
        Related(
            code="moves",
            title=_("Moves"),
            model=StockMove,
            rows=_moved,
            columns=("posted_at", "from_location", "to_location", "quantity", "reason", "actor_name"),
            empty=_("It never moved here."),
        ),
        Section(_("What it is"), ("sku", "warehouse"), is_aside=True),
    ),
    empty_title=_("No stock yet"),
    empty_text=_("Stock appears with the first receipt or adjustment of a SKU in a warehouse."),
)

MOVE_PAGES = ModelPages(
    master=MOVES,
    slug="moves",
    area="stock",
    area_title=_("Stock"),
    icon="arrows-right-left",
    lead=_("The book. Nothing in it is ever changed; a mistake is put right by another move."),
    filterset=MoveFilter,
    columns=(
        Column("id", title=_("Move"), link=True, kind="number"),
        Column("posted_at"),
        Column("sku"),
        Column("quantity"),
        Column("from_location"),
        Column("to_location"),
        Column("reason"),
        Column("actor_name", is_wide_only=True),
        Column("lot", is_shown=False),
        Column("serial", is_shown=False),
        Column("reference_kind", is_shown=False),
        Column("reference_id", is_shown=False),
        Column("note", is_shown=False),
    ),
    default_sort="-id",
    search=("sku__code", "reference_id"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
)

RESERVATION_PAGES = ModelPages(
    master=RESERVATIONS,
    slug="reservations",
    area="stock",
    area_title=_("Stock"),
    icon="lock-closed",
    filterset=ReservationFilter,
    columns=(
        Column("id", title=_("Reservation"), link=True, kind="number"),
        Column("sku"),
        Column("warehouse"),
        Column("demand_kind", kind="code"),
        Column("demand_id"),
        Column("open_quantity"),
        Column("picked_quantity"),
        Column("consumed_quantity", is_wide_only=True),
        Column("released_quantity", is_wide_only=True),
        Column("expires_at", is_shown=False),
        Column("created_at"),
    ),
    default_sort="-id",
    search=("demand_id", "sku__code"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
)


# --- adjustments ------------------------------------------------------------------------------------------------------
def _approve(row: StockAdjustment, actor: Actor, data: Data, item: int) -> None:
    approve_adjustment(adjustment_id=row.pk, actor=actor, note=data["note"])


def _reject(row: StockAdjustment, actor: Actor, data: Data, item: int) -> None:
    reject_adjustment(adjustment_id=row.pk, actor=actor, note=data["note"])


def _take_back(row: StockAdjustment, actor: Actor, data: Data, item: int) -> None:
    cancel_adjustment(adjustment_id=row.pk, actor=actor)


def _pending(row: StockAdjustment) -> bool:
    return row.state == AdjustmentState.PENDING


def _own(row: StockAdjustment, actor: Actor) -> Words:
    mine = row.requested_by == actor.as_json()
    return _("You asked for it yourself; somebody else has to approve it.") if mine else ""


def _not_own(row: StockAdjustment, actor: Actor) -> Words:
    return "" if row.requested_by == actor.as_json() else _("Only who asked for it can take it back.")


ADJUSTMENT_PAGES = ModelPages(
    master=ADJUSTMENTS,
    slug="adjustments",
    area="stock",
    area_title=_("Stock"),
    icon="adjustments-horizontal",
    lead=_("Above the company's limit a second person decides."),
    filterset=AdjustmentFilter,
    columns=(
        Column("number", link=True),
        Column("state", tones=ADJUSTMENT_TONES),
        Column("reason"),
        Column("warehouse"),
        Column("units"),
        Column("value", right=VIEW_COSTS, kind="number"),
        Column("requester"),
        Column("created_at"),
        Column("note", is_shown=False),
    ),
    default_sort="-created_at",
    search=("number", "note"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    row_actions=(
        RowAction(
            code="approve",
            title=_("Approve and post"),
            run=_approve,
            right=APPROVE_ADJUSTMENTS,
            icon="check",
            form=DecideForm,
            reason=_own,
            fits=_pending,
            done=_("Posted."),
        ),
        RowAction(
            code="reject",
            title=_("Reject"),
            run=_reject,
            right=APPROVE_ADJUSTMENTS,
            icon="x-mark",
            form=RejectForm,
            fits=_pending,
            done=_("Rejected."),
        ),
        RowAction(
            code="take_back",
            title=_("Take back"),
            run=_take_back,
            right=ADJUST_STOCK,
            icon="arrow-uturn-left",
            reason=_not_own,
            fits=_pending,
            confirm=_("Take this adjustment back?"),
            done=_("Taken back."),
        ),
    ),
    detail=(
        Section(
            _("Adjustment"), ("warehouse", "reason", "note", "units", Column("value", right=VIEW_COSTS, kind="number"))
        ),
        Related(
            code="lines",
            title=_("Lines"),
            model=StockAdjustmentLine,
            rows=lambda row, actor: row.lines.select_related("location", "sku", "lot").order_by("pk"),
            columns=("location", "sku", "lot", "change", Column("unit_cost", right=VIEW_COSTS)),
        ),
        Section(_("Decision"), ("requester", "created_at", "decided_at", "decision_note"), is_aside=True),
    ),
    empty_title=_("No adjustments"),
    empty_text=_("Adjust a SKU on its stock page; what is above the limit waits here for a second person."),
)
