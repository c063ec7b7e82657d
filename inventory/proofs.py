"""What must add up in the stock: balances to moves, levels to balances and reservations, cost layers to uses and to stock."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.proofs import sql_proof
from inventory.states import KINDS, SHUT_FOR_PICKING, SHUT_JOINS, STAGED_KINDS, StockUse, use_of_kind


def _kinds(*kinds: str) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


_SELLABLE = _kinds(*(kind for kind in KINDS if use_of_kind(kind, is_blocked=False) == StockUse.SELLABLE))
_UNAVAILABLE = _kinds(*(kind for kind in KINDS if use_of_kind(kind, is_blocked=False) == StockUse.UNAVAILABLE))
_USE = f"""CASE WHEN l.kind IN ({_kinds(*STAGED_KINDS)}) THEN 'staged'
     WHEN l.kind IN ({_SELLABLE}) AND NOT {SHUT_FOR_PICKING} AND coalesce(t.status, 'ok') = 'ok' THEN 'sellable'
     WHEN l.kind IN ({_SELLABLE}) OR l.kind IN ({_UNAVAILABLE}) THEN 'unavailable' END"""

sql_proof(
    "inventory.balances",
    _("What lies in each place is the sum of the moves into it and out of it, for each SKU, lot and serial number"),
    """
    WITH moved AS (
        SELECT location_id, sku_id, lot_id, serial_id, sum(quantity) AS quantity FROM (
            SELECT to_location_id AS location_id, sku_id, lot_id, serial_id, quantity::bigint FROM inventory_stockmove
            UNION ALL
            SELECT from_location_id, sku_id, lot_id, serial_id, -quantity::bigint FROM inventory_stockmove) AS both_sides
        GROUP BY location_id, sku_id, lot_id, serial_id)
    SELECT format('place %s, SKU %s, lot %s, serial %s', l.path, s.code, coalesce(k.lot_id::text, '-'),
                  coalesce(k.serial_id::text, '-')),
           'inventory_stockbalance.on_hand', coalesce(k.moved, 0), coalesce(k.on_hand::text, 'no row')
    FROM (SELECT coalesce(m.location_id, b.location_id) AS location_id, coalesce(m.sku_id, b.sku_id) AS sku_id,
                 coalesce(m.lot_id, b.lot_id) AS lot_id, coalesce(m.serial_id, b.serial_id) AS serial_id,
                 m.quantity AS moved, b.on_hand
          FROM moved m FULL JOIN inventory_stockbalance b
            ON b.location_id = m.location_id AND b.sku_id = m.sku_id
           AND coalesce(b.lot_id, 0) = coalesce(m.lot_id, 0) AND coalesce(b.serial_id, 0) = coalesce(m.serial_id, 0)) AS k
    JOIN inventory_location l ON l.id = k.location_id JOIN inventory_sku s ON s.id = k.sku_id
    WHERE l.warehouse_id IS NOT NULL AND coalesce(k.moved, 0) <> coalesce(k.on_hand, 0)
    ORDER BY l.path, s.code
    """,
)

sql_proof(
    "inventory.levels",
    _("Sellable, staged and unavailable of each level are the sums of what lies in the places of that use"),
    f"""
    WITH lying AS (
        SELECT l.warehouse_id, b.sku_id, {_USE} AS use, sum(b.on_hand) AS quantity
        FROM inventory_stockbalance b JOIN inventory_location l ON l.id = b.location_id {SHUT_JOINS}
        LEFT JOIN inventory_lot t ON t.id = b.lot_id
        WHERE b.on_hand > 0 AND l.warehouse_id IS NOT NULL GROUP BY 1, 2, 3),
    wide AS (
        SELECT warehouse_id, sku_id, coalesce(sum(quantity) FILTER (WHERE use = 'sellable'), 0) AS sellable,
               coalesce(sum(quantity) FILTER (WHERE use = 'staged'), 0) AS staged,
               coalesce(sum(quantity) FILTER (WHERE use = 'unavailable'), 0) AS unavailable
        FROM lying GROUP BY 1, 2),
    both_sides AS (
        SELECT coalesce(v.warehouse_id, w.warehouse_id) AS warehouse_id, coalesce(v.sku_id, w.sku_id) AS sku_id,
               coalesce(w.sellable, 0) AS a1, v.sellable AS b1, coalesce(w.staged, 0) AS a2, v.staged AS b2,
               coalesce(w.unavailable, 0) AS a3, v.unavailable AS b3
        FROM inventory_stocklevel v FULL JOIN wide w ON w.warehouse_id = v.warehouse_id AND w.sku_id = v.sku_id)
    SELECT format('warehouse %s, SKU %s', h.code, s.code), 'inventory_stocklevel.' || c.name, c.expected,
           coalesce(c.found::text, 'no row')
    FROM both_sides k JOIN inventory_warehouse h ON h.id = k.warehouse_id JOIN inventory_sku s ON s.id = k.sku_id
    CROSS JOIN LATERAL (VALUES ('sellable', k.a1, k.b1), ('staged', k.a2, k.b2), ('unavailable', k.a3, k.b3))
         AS c(name, expected, found)
    WHERE c.expected <> coalesce(c.found, 0) ORDER BY 1, 2
    """,
)

sql_proof(
    "inventory.reservations",
    _("What each level counts as reserved is the sum of the firm reservations that are not picked"),
    """
    WITH promised AS (
        SELECT warehouse_id, sku_id, sum(open_quantity) AS quantity FROM inventory_reservation
        WHERE expires_at IS NULL AND open_quantity > 0 GROUP BY 1, 2)
    SELECT format('warehouse %s, SKU %s', h.code, s.code), 'inventory_stocklevel.reserved', coalesce(k.quantity, 0),
           coalesce(k.reserved::text, 'no row')
    FROM (SELECT coalesce(v.warehouse_id, p.warehouse_id) AS warehouse_id, coalesce(v.sku_id, p.sku_id) AS sku_id,
                 v.reserved, p.quantity
          FROM inventory_stocklevel v FULL JOIN promised p ON p.warehouse_id = v.warehouse_id AND p.sku_id = v.sku_id) AS k
    JOIN inventory_warehouse h ON h.id = k.warehouse_id JOIN inventory_sku s ON s.id = k.sku_id
    WHERE coalesce(k.reserved, 0) <> coalesce(k.quantity, 0) ORDER BY 1
    """,
)

sql_proof(
    "inventory.picked",
    _("No more is picked for reservations than lies in totes, on benches and at the door"),
    """
    SELECT format('warehouse %s, SKU %s', h.code, s.code), 'inventory_reservation.picked_quantity',
           'at most ' || coalesce(v.staged, 0), sum(r.picked_quantity)
    FROM inventory_reservation r JOIN inventory_warehouse h ON h.id = r.warehouse_id JOIN inventory_sku s ON s.id = r.sku_id
    LEFT JOIN inventory_stocklevel v ON v.warehouse_id = r.warehouse_id AND v.sku_id = r.sku_id
    WHERE r.picked_quantity > 0 GROUP BY h.code, s.code, v.staged HAVING sum(r.picked_quantity) > coalesce(v.staged, 0)
    ORDER BY 1
    """,
)

sql_proof(
    "inventory.layers",
    _("What is left of each cost layer is what came in less what was used, in units and in money"),
    """
    WITH used AS (SELECT layer_id, sum(quantity) AS quantity, sum(amount) AS amount FROM inventory_costuse GROUP BY layer_id)
    SELECT format('layer %s of SKU %s', c.id, s.code), 'inventory_costlayer.' || v.name, v.expected, v.found
    FROM inventory_costlayer c JOIN inventory_sku s ON s.id = c.sku_id LEFT JOIN used u ON u.layer_id = c.id
    CROSS JOIN LATERAL (VALUES ('remaining', c.quantity - coalesce(u.quantity, 0), c.remaining::numeric),
                               ('remaining_amount', c.amount - coalesce(u.amount, 0), c.remaining_amount))
         AS v(name, expected, found)
    WHERE v.expected <> v.found ORDER BY c.id, v.name
    """,
)

sql_proof(
    "inventory.layers_and_stock",
    _("The open cost layers of a SKU cover exactly the units that lie in the company's warehouses"),
    """
    WITH owned AS (
        SELECT w.company_id, b.sku_id, sum(b.on_hand) AS quantity
        FROM inventory_stockbalance b JOIN inventory_location l ON l.id = b.location_id
        JOIN inventory_warehouse w ON w.id = l.warehouse_id WHERE b.on_hand > 0 GROUP BY 1, 2),
    valued AS (SELECT company_id, sku_id, sum(remaining) AS quantity FROM inventory_costlayer WHERE remaining > 0 GROUP BY 1, 2)
    SELECT format('company %s, SKU %s', p.code, s.code), 'sum of inventory_costlayer.remaining', coalesce(o.quantity, 0),
           coalesce(v.quantity, 0)
    FROM owned o FULL JOIN valued v ON v.company_id = o.company_id AND v.sku_id = o.sku_id
    JOIN core_company p ON p.id = coalesce(o.company_id, v.company_id)
    JOIN inventory_sku s ON s.id = coalesce(o.sku_id, v.sku_id)
    WHERE coalesce(o.quantity, 0) <> coalesce(v.quantity, 0) ORDER BY 1
    """,
)

sql_proof(
    "inventory.issues_have_costs",
    _("Every move out of the house names the layers of all its units"),
    """
    SELECT format('move %s of SKU %s', m.id, s.code), 'sum of inventory_costuse.quantity', m.quantity,
           coalesce(sum(u.quantity), 0)
    FROM inventory_stockmove m JOIN inventory_location a ON a.id = m.from_location_id
    JOIN inventory_location z ON z.id = m.to_location_id JOIN inventory_sku s ON s.id = m.sku_id
    LEFT JOIN inventory_costuse u ON u.move_id = m.id AND u.into_layer_id IS NULL
    WHERE a.warehouse_id IS NOT NULL AND z.warehouse_id IS NULL
    GROUP BY m.id, s.code HAVING coalesce(sum(u.quantity), 0) <> m.quantity ORDER BY m.id
    """,
)

sql_proof(
    "inventory.paths",
    _("The path of every place is the path of the place it lies in, and its own code"),
    """
    SELECT format('place %s in %s', l.code, w.code), 'inventory_location.path', concat(p.path || '/', l.code), l.path
    FROM inventory_location l JOIN inventory_warehouse w ON w.id = l.warehouse_id
    LEFT JOIN inventory_location p ON p.id = l.parent_id
    WHERE l.path <> concat(p.path || '/', l.code) ORDER BY 1
    """,
)
