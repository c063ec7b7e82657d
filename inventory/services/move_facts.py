"""What the ledger must know of places, SKUs and lots before it posts, and the refusals that follow from it alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Missing, Refused
from inventory.drafts import MoveDraft
from inventory.models.stock import MOST_UNITS
from inventory.states import KINDS, SHUT_FOR_PICKING, SHUT_JOINS, StockUse, Tracking, use_of_kind


@dataclass(frozen=True, slots=True)
class Place:
    """A location as the ledger sees it. Virtual ones have no warehouse."""

    id: int
    warehouse_id: int | None
    company_id: int
    kind: str
    code: str
    is_pick_blocked: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class Article:
    """A SKU as the ledger sees it."""

    id: int
    company_id: int
    code: str
    tracking: str
    valuation: str
    reorder_point: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Places, SKUs and lots by id."""

    places: dict[int, Place]
    skus: dict[int, Article]
    blocked_lots: frozenset[int] = frozenset()
    lots: frozenset[int] = frozenset()

    def use_of(self, place: Place, lot_id: int | None) -> StockUse | None:
        """What units in this place may be used for; None where they are not on hand."""
        return use_of_kind(place.kind, is_blocked=place.is_pick_blocked or lot_id in self.blocked_lots)

    def as_they_are_now(self) -> "Facts":
        """The same facts with the blocks of this moment. Asked again behind the gate of the levels, where they stand still."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT l.id FROM inventory_location l {SHUT_JOINS} WHERE l.id = ANY(%s) AND {SHUT_FOR_PICKING}",
                [list(self.places)],
            )
            blocked = {row[0] for row in cursor.fetchall()}
            lots: frozenset[int] = frozenset()
            if self.lots:
                cursor.execute(
                    "SELECT id FROM inventory_lot WHERE id = ANY(%s) AND status <> 'ok'", [sorted(self.lots)]
                )
                lots = frozenset(row[0] for row in cursor.fetchall())
        places = {
            identity: replace(place, is_pick_blocked=identity in blocked) for identity, place in self.places.items()
        }
        return Facts(places, self.skus, lots, self.lots)

    def level_keys(self, drafts: Iterable[MoveDraft]) -> list[tuple[int, int]]:
        """The (warehouse, SKU) pairs that these moves touch."""
        return [
            (warehouse, draft.sku_id)
            for draft in drafts
            for place in (draft.from_id, draft.to_id)
            if (warehouse := self.places[place].warehouse_id) is not None
        ]

    def is_low(self, sku_id: int, available: int) -> bool:
        """Whether this is at or below the reorder point; a SKU without one is never low."""
        point = self.skus[sku_id].reorder_point
        return point is not None and available <= point


def load_skus(ids: Iterable[int]) -> dict[int, Article]:
    """SKUs by id, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, p.company_id, s.code, p.tracking, p.valuation, s.reorder_point FROM inventory_sku s "
            "JOIN inventory_product p ON p.id = s.product_id WHERE s.id = ANY(%s)",
            [sorted(set(ids))],
        )
        return {row[0]: Article(*row) for row in cursor.fetchall()}


def load_places(ids: Iterable[int]) -> dict[int, Place]:
    """Locations by id, in one query. Whether they are shut is asked behind the gate, by `as_they_are_now`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.id, l.warehouse_id, coalesce(l.company_id, w.company_id), l.kind, l.code, false, l.is_active "
            "FROM inventory_location l LEFT JOIN inventory_warehouse w ON w.id = l.warehouse_id WHERE l.id = ANY(%s)",
            [sorted(set(ids))],
        )
        return {row[0]: Place(*row) for row in cursor.fetchall()}


def checked_facts(drafts: Sequence[MoveDraft]) -> Facts:
    """Everything known about the moves; the first draft that cannot be is refused with what is wrong.

    Codes: unknown_place, unknown_sku, bad_quantity, same_place, no_stock_there, other_company, lot_needed, serial_needed,
    not_tracked, one_unit_a_serial, lot_of_other_sku, bad_unit_cost.
    """
    places = load_places(place for draft in drafts for place in (draft.from_id, draft.to_id))
    skus = load_skus(draft.sku_id for draft in drafts)
    blocked = _checked_lots(drafts)
    for draft in drafts:
        _check(draft, places, skus)
    return Facts(places, skus, blocked, frozenset(draft.lot_id for draft in drafts if draft.lot_id is not None))


def _check(draft: MoveDraft, places: dict[int, Place], skus: dict[int, Article]) -> None:
    if draft.sku_id not in skus:
        raise Missing("unknown_sku", _("There is no SKU %(id)s.") % {"id": draft.sku_id})
    for identity in (draft.from_id, draft.to_id):
        if identity not in places:
            raise Missing("unknown_place", _("There is no place %(id)s.") % {"id": identity})
    sku, source, target = skus[draft.sku_id], places[draft.from_id], places[draft.to_id]
    if not 1 <= draft.quantity <= MOST_UNITS:
        raise Invalid("bad_quantity", _("A move has a quantity of 1 or more, not %(n)s.") % {"n": draft.quantity})
    if draft.from_id == draft.to_id:
        raise Refused("same_place", _("It is in %(place)s already.") % {"place": source.code})
    for place in (source, target):
        if not KINDS[place.kind].holds_stock:
            raise Refused("no_stock_there", _("%(place)s holds other places, not goods.") % {"place": place.code})
        if place.company_id != sku.company_id:
            raise Refused(
                "other_company",
                _("%(sku)s belongs to another company than %(place)s.") % {"sku": sku.code, "place": place.code},
            )
    if not target.is_active:
        raise Refused("place_is_off", _("%(place)s is not in use any more.") % {"place": target.code})
    if draft.unit_cost is not None and not (draft.unit_cost.is_finite() and draft.unit_cost >= 0):
        raise Invalid("bad_unit_cost", _("A unit cost is zero or more."))
    _check_tracking(draft, sku)


def _check_tracking(draft: MoveDraft, sku: Article) -> None:
    if sku.tracking == Tracking.LOT and draft.lot_id is None:
        raise Refused("lot_needed", _("%(sku)s moves by lot: say which.") % {"sku": sku.code})
    if sku.tracking == Tracking.SERIAL:
        if draft.serial_id is None:
            raise Refused("serial_needed", _("%(sku)s moves by serial number: say which.") % {"sku": sku.code})
        if draft.quantity != 1:
            raise Refused("one_unit_a_serial", _("A serial number is one unit."))
    if sku.tracking == Tracking.NONE and (draft.lot_id is not None or draft.serial_id is not None):
        raise Refused("not_tracked", _("%(sku)s has neither lots nor serial numbers.") % {"sku": sku.code})


def _checked_lots(drafts: Sequence[MoveDraft]) -> frozenset[int]:
    """The blocked ones of the lots named; a lot or serial number of another SKU is refused."""
    lots = {draft.lot_id: draft.sku_id for draft in drafts if draft.lot_id is not None}
    serials = {draft.serial_id: draft.sku_id for draft in drafts if draft.serial_id is not None}
    if not lots and not serials:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, sku_id, status FROM inventory_lot WHERE id = ANY(%s)", [list(lots)])
        known = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        cursor.execute("SELECT id, sku_id FROM inventory_serialnumber WHERE id = ANY(%s)", [list(serials)])
        numbers = dict(cursor.fetchall())
    for draft in drafts:
        if draft.lot_id is not None and known.get(draft.lot_id, (None, ""))[0] != draft.sku_id:
            raise Refused("lot_of_other_sku", _("Lot %(id)s is not of this SKU.") % {"id": draft.lot_id})
        if draft.serial_id is not None and numbers.get(draft.serial_id) != draft.sku_id:
            raise Refused("lot_of_other_sku", _("Serial number %(id)s is not of this SKU.") % {"id": draft.serial_id})
    return frozenset(lot for lot, (_sku, status) in known.items() if status != "ok")
