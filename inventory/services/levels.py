"""When a place or a lot is blocked or freed, what lies there changes its use without moving. Called by the services that
block, inside their transaction, after the gate is closed and the flags are written."""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Refused
from inventory.locks import lock_levels
from inventory.services.ledger import Change, tell, write_levels
from inventory.services.move_facts import Facts, load_skus
from inventory.states import SHUT_FOR_PICKING, SHUT_JOINS, StockUse, use_of_kind


def change_use_of_stock(*, location_ids: Iterable[int] = (), lot_ids: Iterable[int] = ()) -> None:
    """Count anew, from the balances, what of the SKUs in these places (and those in them) and lots is sellable, staged and
    unavailable.

    Refused with stock_is_reserved when a level would then promise more than it can sell: free the promises first.
    """
    keys = _levels_touched(sorted(set(location_ids)), sorted(set(lot_ids)))
    if not keys:
        return
    levels = lock_levels(keys)
    facts = Facts({}, load_skus(sku for _warehouse, sku in keys))
    figures = _counted(keys)
    changes = []
    for key, level in levels.items():
        change = Change(level)
        for use in StockUse:
            change.deltas[use] = figures.get((*key, use), 0) - getattr(level, use)
        if change.sellable < level.reserved:
            raise Refused(
                "stock_is_reserved",
                _("%(sku)s: %(reserved)s are promised to orders and only %(left)s would be left to pick from.")
                % {"sku": facts.skus[key[1]].code, "reserved": level.reserved, "left": change.sellable},
                hint=_("Move the stock to another place first, or release the reservations."),
                sku_id=key[1],
                warehouse_id=key[0],
            )
        changes.append(change)
    write_levels(changes, facts)
    tell(changes, facts)


def _levels_touched(locations: list[int], lots: list[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.warehouse_id, b.sku_id FROM inventory_stockbalance b "
            f"JOIN inventory_location l ON l.id = b.location_id {SHUT_JOINS} "
            "WHERE b.on_hand > 0 AND l.warehouse_id IS NOT NULL "
            "AND (l.id = ANY(%s) OR l1.id = ANY(%s) OR l2.id = ANY(%s) OR b.lot_id = ANY(%s))",
            [locations, locations, locations, lots],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _counted(keys: list[tuple[int, int]]) -> dict[tuple[int, int, StockUse], int]:
    found: dict[tuple[int, int, StockUse], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.warehouse_id, b.sku_id, l.kind, {SHUT_FOR_PICKING} OR coalesce(t.status, 'ok') <> 'ok', sum(b.on_hand) "
            f"FROM inventory_stockbalance b JOIN inventory_location l ON l.id = b.location_id {SHUT_JOINS} "
            "LEFT JOIN inventory_lot t ON t.id = b.lot_id "
            "JOIN unnest(%s::bigint[], %s::bigint[]) AS k(warehouse_id, sku_id) "
            "ON k.warehouse_id = l.warehouse_id AND k.sku_id = b.sku_id "
            "WHERE b.on_hand > 0 GROUP BY 1, 2, 3, 4",
            [[key[0] for key in keys], [key[1] for key in keys]],
        )
        for warehouse, sku, kind, is_blocked, quantity in cursor.fetchall():
            use = use_of_kind(kind, is_blocked=is_blocked)
            if use is not None:
                key = (warehouse, sku, use)
                found[key] = found.get(key, 0) + int(quantity)
    return found
