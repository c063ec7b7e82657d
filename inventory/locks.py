"""The only place of the inventory that locks rows; see core's locks for how: keys in order, the row itself, no key lock.

The order of the house: warehouse before its places, product before its SKUs, then by primary key.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import connection

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.locks import lock_by_key, lock_in_order, lock_one
from inventory.models import Location, Product, Sku, Warehouse


def lock_warehouse(warehouse_id: int, actor: Actor) -> Warehouse:
    """The warehouse, so that its tree of places is changed by one at a time. Missing when it is out of the actor's reach."""
    return lock_one(Warehouse.objects.in_reach(actor), warehouse_id)


def lock_location(location_id: int, actor: Actor) -> Location:
    """One place. Missing when it is out of the actor's reach."""
    return lock_one(Location.objects.in_reach(actor), location_id)


def lock_locations(location_ids: Iterable[int], actor: Actor) -> dict[int, Location]:
    """These places by key, in order; those out of the actor's reach are left out."""
    return lock_by_key(Location.objects.in_reach(actor), location_ids)


def lock_product(product_id: int) -> Product:
    """One product."""
    return lock_one(Product.objects.all(), product_id)


def lock_products(product_ids: Iterable[int]) -> dict[int, Product]:
    """These products by key, in order; those that are not there are left out."""
    return lock_by_key(Product.objects.all(), product_ids)


def lock_sku(sku_id: int) -> Sku:
    """One SKU, so that its packs and barcodes are changed by one at a time."""
    return lock_one(Sku.objects.all(), sku_id)


def lock_skus_of(product: Product) -> list[Sku]:
    """All SKUs of a product that is locked."""
    return lock_in_order(Sku.objects.filter(product=product))


# --- stock ------------------------------------------------------------------------------------------------------------
# Everything that changes stock of a SKU in a warehouse first locks that level. Whoever holds the level may then read and
# write the balances and reservations below it without further locks; cost layers come after levels.


@dataclass(frozen=True, slots=True)
class Level:
    """The figures of one locked level. `soft` is what soft reservations hold back at this moment."""

    id: int
    warehouse_id: int
    sku_id: int
    sellable: int
    staged: int
    unavailable: int
    reserved: int
    safety_stock: int
    is_low: bool
    soft: int

    @property
    def available(self) -> int:
        """What may still be promised: never below nothing."""
        return max(self.sellable - self.reserved - self.soft, 0)

    def after_reserving(self, quantity: int) -> "Level":
        """The figures once this much more is firmly promised."""
        return replace(self, reserved=self.reserved + quantity)


# Whoever changes what units in a place may be used for (blocking a bin or a lot) closes this gate for the warehouse; whoever
# moves or promises stock passes through it together with everybody else.
_GATE = 7402
_LEVELS = """
WITH gate AS MATERIALIZED (
    SELECT count(pg_advisory_xact_lock_shared(%s, t.warehouse_id::int)::text) AS passed
    FROM (SELECT DISTINCT unnest(%s::bigint[]) AS warehouse_id ORDER BY 1) AS t)
SELECT l.id, l.warehouse_id, l.sku_id, l.sellable, l.staged, l.unavailable, l.reserved, l.safety_stock, l.is_low
FROM gate, inventory_stocklevel l
JOIN (SELECT DISTINCT * FROM unnest(%s::bigint[], %s::bigint[]) AS t(warehouse_id, sku_id)) AS wanted
  USING (warehouse_id, sku_id)
WHERE gate.passed >= 0 ORDER BY l.id FOR NO KEY UPDATE OF l
"""
_SOFT = """
SELECT r.warehouse_id, r.sku_id, sum(r.open_quantity) FROM inventory_reservation r
WHERE r.sku_id = ANY(%s) AND r.warehouse_id = ANY(%s) AND r.open_quantity > 0 AND r.expires_at > %s
GROUP BY r.warehouse_id, r.sku_id
"""
_MISSING = """
INSERT INTO inventory_stocklevel (warehouse_id, sku_id, sellable, staged, unavailable, reserved, safety_stock, is_low)
SELECT DISTINCT t.warehouse_id, t.sku_id, 0, 0, 0, 0, 0, false
FROM unnest(%s::bigint[], %s::bigint[]) AS t(warehouse_id, sku_id) ORDER BY t.sku_id, t.warehouse_id
ON CONFLICT (sku_id, warehouse_id) DO NOTHING
"""


def lock_levels(pairs: Iterable[tuple[int, int]], *, create: bool = False) -> dict[tuple[int, int], Level]:
    """Lock the levels of these (warehouse, SKU) pairs until the transaction ends, and read their figures.

    A pair without a level is left out of the answer: there never was stock. With `create` it is made first.
    """
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    warehouses, skus = [pair[0] for pair in wanted], [pair[1] for pair in wanted]
    with connection.cursor() as cursor:
        cursor.execute(_LEVELS, [_GATE, warehouses, warehouses, skus])
        rows = cursor.fetchall()
        if create and len(rows) < len(wanted):
            cursor.execute(_MISSING, [warehouses, skus])
            cursor.execute(_LEVELS, [_GATE, warehouses, warehouses, skus])
            rows = cursor.fetchall()
        cursor.execute(_SOFT, [sorted(set(skus)), sorted(set(warehouses)), clock.now()])
        soft = {(warehouse, sku): int(total) for warehouse, sku, total in cursor.fetchall()}
    return {(row[1], row[2]): Level(*[*row, soft.get((row[1], row[2]), 0)]) for row in rows}


def close_stock_of(warehouse_ids: Iterable[int]) -> None:
    """Keep everybody else from moving or promising stock of these warehouses until the transaction ends."""
    with connection.cursor() as cursor:
        for warehouse_id in sorted(set(warehouse_ids)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_GATE, warehouse_id])


@dataclass(slots=True)
class Layer:
    """An open cost layer, locked."""

    id: int
    company_id: int
    sku_id: int
    remaining: int
    remaining_amount: Decimal


def lock_open_layers(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[Layer]]:
    """The open cost layers of these (company, SKU) pairs, oldest first, locked. Levels must be locked before."""
    wanted = sorted(set(pairs))
    found: dict[tuple[int, int], list[Layer]] = {pair: [] for pair in wanted}
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT c.id, c.company_id, c.sku_id, c.remaining, c.remaining_amount FROM inventory_costlayer c
                JOIN unnest(%s::bigint[], %s::bigint[]) AS t(company_id, sku_id) USING (company_id, sku_id)
                WHERE c.remaining > 0 ORDER BY c.id FOR NO KEY UPDATE OF c
                """,
                [[pair[0] for pair in wanted], [pair[1] for pair in wanted]],
            )
            for row in cursor.fetchall():
                found[row[1], row[2]].append(Layer(*row))
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """An open reservation, locked."""

    id: int
    warehouse_id: int
    sku_id: int
    demand_kind: str
    demand_id: str
    open_quantity: int
    picked_quantity: int
    is_soft: bool


def lock_reservations(ids: Iterable[int]) -> dict[int, Held]:
    """Reservations by key, locked in order; those that do not exist are left out. Levels must be locked before."""
    return _held("r.id = ANY(%s)", [sorted(set(ids))])


def lock_newest_reservations(warehouse_id: int, sku_id: int) -> list[Held]:
    """The firm open reservations of one level, newest first: the order in which they break when reality is less."""
    held = _held(
        "r.warehouse_id = %s AND r.sku_id = %s AND r.open_quantity > 0 AND r.expires_at IS NULL", [warehouse_id, sku_id]
    )
    return sorted(held.values(), key=lambda row: -row.id)


def _held(condition: str, parameters: Sequence[Any]) -> dict[int, Held]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.warehouse_id, r.sku_id, r.demand_kind, r.demand_id, r.open_quantity, r.picked_quantity, "
            f"r.expires_at IS NOT NULL FROM inventory_reservation r WHERE {condition} "
            "ORDER BY r.id FOR NO KEY UPDATE OF r",
            parameters,
        )
        return {row[0]: Held(*row) for row in cursor.fetchall()}
