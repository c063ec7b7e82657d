"""The only writer of moves, balances and levels.

`post_moves` takes a batch and posts all of it or nothing:

1. read what is known of the places and SKUs, refuse what makes no sense;
2. lock the levels in key order, then the reservations that are fulfilled;
3. read the balances (the level protects them) and play the moves through in memory, in their order;
4. write moves, balances, levels, reservations and costs, one statement each, and tell of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Refused
from backoffice.core.events import publish
from inventory.drafts import MoveDraft
from inventory.events import AvailabilityChanged, ReservationBroken, StockRanLow, StockRecovered
from inventory.locks import Held, Level, lock_levels, lock_newest_reservations, lock_reservations
from inventory.services.costing import book_costs
from inventory.services.move_facts import Facts, checked_facts
from inventory.states import StockUse

LevelKey = tuple[int, int]
BalanceKey = tuple[int, int, int | None, int | None]  # SKU, place, lot, serial number


@dataclass(slots=True)
class Change:
    """What happens to one level."""

    level: Level
    deltas: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("sellable", "staged", "unavailable"), 0))
    reserved: int = 0
    may_break: bool = False

    @property
    def sellable(self) -> int:
        return self.level.sellable + self.deltas[StockUse.SELLABLE]

    @property
    def reserved_after(self) -> int:
        return self.level.reserved + self.reserved

    @property
    def available(self) -> int:
        return max(self.sellable - self.reserved_after - self.level.soft, 0)


@dataclass(slots=True)
class Promise:
    """What happens to one reservation."""

    held: Held
    open: int = 0
    picked: int = 0
    consumed: int = 0
    released: int = 0


@dataclass(slots=True)
class Play:
    """The moves of one batch, played through in memory."""

    facts: Facts
    levels: dict[LevelKey, Change]
    balances: dict[BalanceKey, int]
    before: dict[BalanceKey, int]
    promises: dict[int, Promise]

    def move(self, draft: MoveDraft) -> None:
        """Take from one place, add to the other, and keep the promise that this move fulfils."""
        source, target = self.facts.places[draft.from_id], self.facts.places[draft.to_id]
        if source.warehouse_id is not None:
            self._take(draft, (draft.sku_id, draft.from_id, draft.lot_id, draft.serial_id))
            self._count(draft, source.warehouse_id, self.facts.use_of(source, draft.lot_id), -draft.quantity)
        if target.warehouse_id is not None:
            key = (draft.sku_id, draft.to_id, draft.lot_id, draft.serial_id)
            self.balances[key] = self.balances.get(key, 0) + draft.quantity
            self._count(draft, target.warehouse_id, self.facts.use_of(target, draft.lot_id), draft.quantity)
        if draft.reservation_id is not None:
            self._keep(draft)

    def _take(self, draft: MoveDraft, key: BalanceKey) -> None:
        there = self.balances.get(key, 0)
        if there < draft.quantity:
            raise not_enough(self.facts, draft, there)
        self.balances[key] = there - draft.quantity

    def _count(self, draft: MoveDraft, warehouse_id: int, use: StockUse | None, quantity: int) -> None:
        if use is not None:
            change = self.levels[warehouse_id, draft.sku_id]
            change.deltas[use] += quantity
            change.may_break = change.may_break or draft.breaks_reservations

    def _keep(self, draft: MoveDraft) -> None:
        assert draft.reservation_id is not None
        promise = self.promises.get(draft.reservation_id)
        source, target = self.facts.places[draft.from_id], self.facts.places[draft.to_id]
        if (
            promise is None
            or promise.held.is_soft
            or (promise.held.sku_id, promise.held.warehouse_id) != (draft.sku_id, source.warehouse_id)
        ):
            raise Refused(
                "wrong_reservation",
                _("Reservation %(id)s is not for this SKU in this warehouse.") % {"id": draft.reservation_id},
            )
        use, into = self.facts.use_of(source, draft.lot_id), self.facts.use_of(target, draft.lot_id)
        quantity = draft.quantity
        if use == StockUse.SELLABLE and into == StockUse.STAGED:
            promise.open, promise.picked = promise.open - quantity, promise.picked + quantity
            self._unreserve(promise, quantity)
        elif use == StockUse.STAGED and into == StockUse.SELLABLE:
            promise.picked, promise.open = promise.picked - quantity, promise.open + quantity
            self._unreserve(promise, -quantity)
        elif use == StockUse.STAGED and target.warehouse_id is None:
            promise.picked, promise.consumed = promise.picked - quantity, promise.consumed + quantity
        elif use == StockUse.SELLABLE and target.warehouse_id is None:
            promise.open, promise.consumed = promise.open - quantity, promise.consumed + quantity
            self._unreserve(promise, quantity)
        held = promise.held
        if held.open_quantity + promise.open < 0 or held.picked_quantity + promise.picked < 0:
            raise Refused(
                "reservation_too_small",
                _("Reservation %(id)s covers %(open)s to pick and %(picked)s picked, not %(quantity)s more.")
                % {
                    "id": held.id,
                    "open": held.open_quantity,
                    "picked": held.picked_quantity,
                    "quantity": draft.quantity,
                },
            )

    def _unreserve(self, promise: Promise, quantity: int) -> None:
        self.levels[promise.held.warehouse_id, promise.held.sku_id].reserved -= quantity


def post_moves(*, drafts: Sequence[MoveDraft], actor: Actor, command: str = "") -> list[int]:
    """Post the moves, all of them or none, in their order. Returns their ids.

    Refused with not_enough_stock (naming the place, what is there and the last move that took some), stock_is_reserved,
    wrong_reservation, reservation_too_small, and what `checked_facts` refuses. `command` is the id of the press of a button or
    the scan that caused them, kept on each row; it is not what makes the command run once (see core.commands).
    """
    if not drafts:
        return []
    with acting(actor):
        facts = checked_facts(drafts)
        levels = lock_levels(facts.level_keys(drafts), create=True)
        facts = facts.as_they_are_now()
        held = lock_reservations(draft.reservation_id for draft in drafts if draft.reservation_id is not None)
        balances = _balances(drafts)
        play = Play(
            facts,
            {key: Change(level) for key, level in levels.items()},
            dict(balances),
            balances,
            {key: Promise(row) for key, row in held.items()},
        )
        for draft in drafts:
            play.move(draft)
        broken = _settle(play)
        moves = _write_moves(drafts, facts, actor, command)
        _write_balances(play)
        write_levels(play.levels.values(), facts)
        _write_promises(play.promises.values())
        book_costs(drafts=drafts, move_ids=moves, facts=facts)
        tell(play.levels.values(), facts, broken)
    return moves


def not_enough(facts: Facts, draft: MoveDraft, there: int) -> Refused:
    """The refusal of a move that would take more than is there, with the three facts that explain it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, quantity, posted_at, actor_name FROM inventory_stockmove "
            "WHERE from_location_id = %s AND sku_id = %s ORDER BY id DESC LIMIT 1",
            [draft.from_id, draft.sku_id],
        )
        row = cursor.fetchone()
    words = {
        "place": facts.places[draft.from_id].code,
        "sku": facts.skus[draft.sku_id].code,
        "there": there,
        "wanted": draft.quantity,
    }
    last = (
        _("The last to take some was %(name)s: %(quantity)s with move %(move)s.")
        % {"name": row[3], "quantity": row[1], "move": row[0]}
        if row
        else None
    )
    return Refused(
        "not_enough_stock",
        _("%(place)s holds %(there)s of %(sku)s, not %(wanted)s.") % words,
        hint=last,
        location_id=draft.from_id,
        sku_id=draft.sku_id,
        there=there,
        wanted=draft.quantity,
        last_move=row[0] if row else None,
    )


def _balances(drafts: Sequence[MoveDraft]) -> dict[BalanceKey, int]:
    """What lies in the places named, of the SKUs named."""
    pairs = sorted({(d.sku_id, place) for d in drafts for place in (d.from_id, d.to_id)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.sku_id, b.location_id, b.lot_id, b.serial_id, b.on_hand FROM inventory_stockbalance b "
            "JOIN unnest(%s::bigint[], %s::bigint[]) AS t(sku_id, location_id) USING (sku_id, location_id)",
            [[pair[0] for pair in pairs], [pair[1] for pair in pairs]],
        )
        return {(row[0], row[1], row[2], row[3]): row[4] for row in cursor.fetchall()}


def _settle(play: Play) -> list[ReservationBroken]:
    """No level may promise more than it has: break promises where reality wins, refuse everywhere else."""
    broken: list[ReservationBroken] = []
    for (warehouse_id, sku_id), change in play.levels.items():
        missing = change.reserved_after - change.sellable
        if missing <= 0:
            continue
        if not change.may_break:
            raise Refused(
                "stock_is_reserved",
                _("%(sku)s: %(reserved)s are promised to orders, so only %(free)s can leave for another purpose.")
                % {
                    "sku": play.facts.skus[sku_id].code,
                    "reserved": change.level.reserved,
                    "free": max(change.level.sellable - change.level.reserved, 0),
                },
                sku_id=sku_id,
                warehouse_id=warehouse_id,
            )
        for held in lock_newest_reservations(warehouse_id, sku_id):
            promise = play.promises.setdefault(held.id, Promise(held))
            taken = min(missing, held.open_quantity + promise.open)
            if taken <= 0:
                continue
            promise.open, promise.released = promise.open - taken, promise.released + taken
            change.reserved -= taken
            missing -= taken
            broken.append(
                ReservationBroken(
                    reservation_id=held.id,
                    demand_kind=held.demand_kind,
                    demand_id=held.demand_id,
                    sku_id=sku_id,
                    warehouse_id=warehouse_id,
                    quantity=taken,
                )
            )
            if missing == 0:
                break
    return broken


def _write_moves(drafts: Sequence[MoveDraft], facts: Facts, actor: Actor, command: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inventory_stockmove (posted_at, company_id, sku_id, lot_id, serial_id, from_location_id,
                to_location_id, quantity, reason, note, reference_kind, reference_id, actor_kind, actor_id, actor_name, command)
            SELECT %s, t.company_id, t.sku_id, t.lot_id, t.serial_id, t.from_id, t.to_id, t.quantity, t.reason, t.note,
                   t.kind, t.reference, %s, %s, %s, %s
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[],
                        %s::text[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY
                 AS t(company_id, sku_id, lot_id, serial_id, from_id, to_id, quantity, reason, note, kind, reference, place)
            ORDER BY t.place RETURNING id
            """,
            [
                clock.now(),
                actor.kind,
                actor.id,
                actor.name[:150],
                command,
                [facts.skus[d.sku_id].company_id for d in drafts],
                [d.sku_id for d in drafts],
                [d.lot_id for d in drafts],
                [d.serial_id for d in drafts],
                [d.from_id for d in drafts],
                [d.to_id for d in drafts],
                [d.quantity for d in drafts],
                [d.reason for d in drafts],
                [d.note[:300] for d in drafts],
                [d.reference.kind if d.reference else "" for d in drafts],
                [d.reference.id if d.reference else "" for d in drafts],
            ],
        )
        return [row[0] for row in cursor.fetchall()]


def _write_balances(play: Play) -> None:
    """One statement for places that had some, one for places that get their first."""
    changed = [(key, value) for key, value in play.balances.items() if value != play.before.get(key)]
    known = [(key, value) for key, value in changed if key in play.before]
    fresh = [(key, value) for key, value in changed if key not in play.before and value]
    columns = "unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])"
    with connection.cursor() as cursor:
        if known:
            cursor.execute(
                f"UPDATE inventory_stockbalance b SET on_hand = t.on_hand FROM {columns} "
                "AS t(sku_id, location_id, lot_id, serial_id, on_hand) WHERE b.sku_id = t.sku_id "
                "AND b.location_id = t.location_id AND b.lot_id IS NOT DISTINCT FROM t.lot_id "
                "AND b.serial_id IS NOT DISTINCT FROM t.serial_id",
                _columns(known),
            )
        if fresh:
            cursor.execute(
                "INSERT INTO inventory_stockbalance (sku_id, location_id, lot_id, serial_id, on_hand) "
                f"SELECT * FROM {columns}",
                _columns(fresh),
            )


def _columns(rows: Sequence[tuple[BalanceKey, int]]) -> list[list[int | None]]:
    return [*([key[place] for key, _value in rows] for place in range(4)), [value for _key, value in rows]]


def write_levels(changes: Iterable[Change], facts: Facts) -> None:
    """Add the differences to the levels; the low mark follows from the figures."""
    rows = [change for change in changes if change.reserved or any(change.deltas.values())]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stocklevel l SET sellable = l.sellable + t.sellable, staged = l.staged + t.staged, "
            "unavailable = l.unavailable + t.unavailable, reserved = l.reserved + t.reserved, is_low = t.is_low "
            "FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bool[]) "
            "AS t(id, sellable, staged, unavailable, reserved, is_low) WHERE l.id = t.id",
            [
                [change.level.id for change in rows],
                [change.deltas[StockUse.SELLABLE] for change in rows],
                [change.deltas[StockUse.STAGED] for change in rows],
                [change.deltas[StockUse.UNAVAILABLE] for change in rows],
                [change.reserved for change in rows],
                [facts.is_low(change.level.sku_id, change.available) for change in rows],
            ],
        )


def _write_promises(promises: Iterable[Promise]) -> None:
    rows = [p for p in promises if p.open or p.picked or p.consumed or p.released]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_reservation r SET open_quantity = r.open_quantity + t.open, "
            "picked_quantity = r.picked_quantity + t.picked, consumed_quantity = r.consumed_quantity + t.consumed, "
            "released_quantity = r.released_quantity + t.released "
            "FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[]) "
            "AS t(id, open, picked, consumed, released) WHERE r.id = t.id",
            [
                [p.held.id for p in rows],
                [p.open for p in rows],
                [p.picked for p in rows],
                [p.consumed for p in rows],
                [p.released for p in rows],
            ],
        )


def tell(changes: Iterable[Change], facts: Facts, broken: Sequence[ReservationBroken] = ()) -> None:
    """Publish what others need to know: changed availability, the crossings of reorder points, broken promises."""
    events: list[AvailabilityChanged | StockRanLow | StockRecovered | ReservationBroken] = list(broken)
    for change in changes:
        level, available = change.level, change.available
        if available == level.available:
            continue
        place = {"warehouse_id": level.warehouse_id, "sku_id": level.sku_id}
        events.append(AvailabilityChanged(**place, available=available))
        is_low = facts.is_low(level.sku_id, available)
        point = facts.skus[level.sku_id].reorder_point
        if is_low and not level.is_low and point is not None:
            events.append(StockRanLow(**place, available=available, reorder_point=point))
        elif level.is_low and not is_low:
            events.append(StockRecovered(**place, available=available))
    publish(*events)
