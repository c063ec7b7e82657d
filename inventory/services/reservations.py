"""Promising stock and giving promises back. Firm promises are counted in the level, soft ones end by themselves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Refused
from inventory.drafts import ReserveDraft
from inventory.locks import Held, Level, lock_levels, lock_reservations
from inventory.services.ledger import Change, tell, write_levels
from inventory.services.move_facts import Facts, load_skus

LevelKey = tuple[int, int]


def reserve_stock(
    *, drafts: Sequence[ReserveDraft], actor: Actor, levels: Mapping[LevelKey, Level] | None = None
) -> list[int]:
    """Promise these units, all or none. Returns the ids of the reservations, in the order of the drafts.

    `levels` are the caller's, locked before it decided; without them they are locked here. Refused with out_of_stock,
    naming what there is, when a level cannot cover all that is asked of it; demand is added up before it is compared, so two
    drafts of one SKU cannot both have the last unit.
    """
    if not drafts:
        return []
    with acting(actor):
        if any(draft.quantity < 1 for draft in drafts):
            raise Invalid("bad_quantity", _("A reservation has a quantity of 1 or more."))
        keys = {(draft.warehouse_id, draft.sku_id) for draft in drafts}
        held = levels if levels is not None else lock_levels(keys)
        facts = Facts({}, load_skus(draft.sku_id for draft in drafts))
        asked: dict[LevelKey, int] = {}
        firm: dict[LevelKey, int] = {}
        for draft in drafts:
            key = (draft.warehouse_id, draft.sku_id)
            asked[key] = asked.get(key, 0) + draft.quantity
            firm[key] = firm.get(key, 0) + (draft.quantity if draft.expires_seconds is None else 0)
        for key, quantity in asked.items():
            level = held.get(key)
            if level is None or level.available < quantity:
                raise out_of_stock(facts, key, quantity, level.available if level else 0)
        ids = _write(drafts, actor)
        changes = [Change(held[key], reserved=quantity) for key, quantity in firm.items() if quantity]
        write_levels(changes, facts)
        tell(changes, facts)
    return ids


def out_of_stock(facts: Facts, key: LevelKey, wanted: int, available: int) -> Refused:
    """The refusal of a promise that cannot be kept."""
    sku = facts.skus.get(key[1])
    return Refused(
        "out_of_stock",
        _("%(sku)s: %(available)s can be promised here, not %(wanted)s.")
        % {"sku": sku.code if sku else key[1], "available": available, "wanted": wanted},
        warehouse_id=key[0],
        sku_id=key[1],
        available=available,
        wanted=wanted,
    )


def _write(drafts: Sequence[ReserveDraft], actor: Actor) -> list[int]:
    moment = clock.now()
    expiry = [
        None if draft.expires_seconds is None else moment + timedelta(seconds=draft.expires_seconds) for draft in drafts
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO inventory_reservation (created_at, demand_kind, demand_id, sku_id, warehouse_id, quantity,
                open_quantity, picked_quantity, consumed_quantity, released_quantity, expires_at, actor)
            SELECT %s, t.kind, t.demand, t.sku_id, t.warehouse_id, t.quantity, t.quantity, 0, 0, 0, t.expires_at, %s::jsonb
            FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::int[], %s::timestamptz[]) WITH ORDINALITY
                 AS t(kind, demand, sku_id, warehouse_id, quantity, expires_at, place)
            ORDER BY t.place RETURNING id
            """,
            [
                moment,
                json.dumps(actor.as_json()),
                [draft.demand.kind for draft in drafts],
                [draft.demand.id for draft in drafts],
                [draft.sku_id for draft in drafts],
                [draft.warehouse_id for draft in drafts],
                [draft.quantity for draft in drafts],
                expiry,
            ],
        )
        return [row[0] for row in cursor.fetchall()]


def release_reservations(*, quantities: Mapping[int, int | None], actor: Actor) -> dict[int, int]:
    """Give promises back: reservation id to quantity, or None for all that is open. Returns what each gave back.

    What is picked is not given back here: it lies in a tote, and a put-back has to bring it home. Giving back more than is
    open gives back what is open, so a repeat is no error and never gives back twice.
    """
    if not quantities:
        return {}
    with acting(actor):
        keys = _level_keys(quantities)
        levels = lock_levels(keys)
        held = lock_reservations(quantities)
        facts = Facts({}, load_skus(row.sku_id for row in held.values()))
        given: dict[int, int] = {}
        back: dict[LevelKey, int] = {}
        for identity, row in held.items():
            wanted = quantities[identity]
            quantity = row.open_quantity if wanted is None else min(wanted, row.open_quantity)
            if quantity <= 0:
                continue
            given[identity] = quantity
            if not row.is_soft:
                key = (row.warehouse_id, row.sku_id)
                back[key] = back.get(key, 0) + quantity
        _give_back(given)
        changes = [Change(levels[key], reserved=-quantity) for key, quantity in back.items()]
        write_levels(changes, facts)
        tell(changes, facts)
    return given


def _level_keys(ids: Iterable[int]) -> list[LevelKey]:
    """The levels of these reservations, read before they are locked: levels come first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT warehouse_id, sku_id FROM inventory_reservation WHERE id = ANY(%s)", [sorted(set(ids))]
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _give_back(given: Mapping[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_reservation r SET open_quantity = r.open_quantity - t.quantity, "
            "released_quantity = r.released_quantity + t.quantity "
            "FROM unnest(%s::bigint[], %s::int[]) AS t(id, quantity) WHERE r.id = t.id",
            [list(given), list(given.values())],
        )


def confirm_reservations(*, ids: Iterable[int], actor: Actor) -> list[int]:
    """Make soft promises firm, as when a cart becomes an order. One that has expired is confirmed only if the stock is
    still there; Refused with out_of_stock otherwise, and then none is."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    with acting(actor):
        levels = lock_levels(_level_keys(wanted))
        held = {
            identity: row for identity, row in lock_reservations(wanted).items() if row.is_soft and row.open_quantity
        }
        facts = Facts({}, load_skus(row.sku_id for row in held.values()))
        alive = _alive(held)
        firm: dict[LevelKey, int] = {}
        own: dict[LevelKey, int] = {}
        for identity, row in held.items():
            key = (row.warehouse_id, row.sku_id)
            firm[key] = firm.get(key, 0) + row.open_quantity
            own[key] = own.get(key, 0) + (row.open_quantity if identity in alive else 0)
        for key, quantity in firm.items():
            free = levels[key].sellable - levels[key].reserved - levels[key].soft + own[key]
            if free < quantity:
                raise out_of_stock(facts, key, quantity, max(free, 0))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE inventory_reservation SET expires_at = NULL WHERE id = ANY(%s)", [list(held)])
        changes = [Change(levels[key], reserved=quantity) for key, quantity in firm.items()]
        write_levels(changes, facts)
    return list(held)


def _alive(held: Mapping[int, Held]) -> set[int]:
    """Those that hold something back at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM inventory_reservation WHERE id = ANY(%s) AND expires_at > %s", [list(held), clock.now()]
        )
        return {row[0] for row in cursor.fetchall()}
