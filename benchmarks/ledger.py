"""The ledger against its floor: moves out of a bin, one at a time and a thousand at once.

The floor locks the level, writes the move, the balance, the level, the cost layer and its use by bare SQL and nothing else: no
checks, no events, no actor. What is between it and ours is what the promises cost.
"""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from backoffice.core.actors import Actor
from backoffice.core.models.companies import Company
from inventory.drafts import MoveDraft, ProductDraft, SkuDraft
from inventory.models import Location
from inventory.services.catalog import create_products
from inventory.services.ledger import post_moves
from inventory.services.places import add_place, create_warehouse
from inventory.services.stock import Arrival, receive_stock

ACTOR = Actor.system("benchmark")
SKUS = 1_000
ROUNDS = 5

_FLOOR = """
WITH wanted AS (SELECT * FROM unnest(%(skus)s::bigint[]) AS t(sku_id)),
 locked AS MATERIALIZED (
   SELECT l.id, l.sku_id FROM inventory_stocklevel l JOIN wanted USING (sku_id) ORDER BY l.id FOR NO KEY UPDATE),
 moved AS (INSERT INTO inventory_stockmove (posted_at, company_id, sku_id, from_location_id, to_location_id, quantity, reason,
             note, reference_kind, reference_id, actor_kind, actor_name, command)
           SELECT now(), %(company)s, sku_id, %(bin)s, %(out)s, 1, 'out', '', '', '', 'system', 'floor', '' FROM locked
           RETURNING id, sku_id),
 balance AS (UPDATE inventory_stockbalance b SET on_hand = on_hand - 1 FROM locked k
             WHERE b.sku_id = k.sku_id AND b.location_id = %(bin)s),
 level AS (UPDATE inventory_stocklevel l SET sellable = sellable - 1 FROM locked k WHERE l.id = k.id),
 layer AS (UPDATE inventory_costlayer c SET remaining = remaining - 1, remaining_amount = remaining_amount - 2
           FROM locked k WHERE c.sku_id = k.sku_id AND c.remaining > 0 RETURNING c.id, c.sku_id)
INSERT INTO inventory_costuse (layer_id, move_id, quantity, amount)
SELECT layer.id, moved.id, 1, 2 FROM layer JOIN moved USING (sku_id)
"""


def run() -> list[dict[str, Any]]:
    """Ours and the floor in turns, so that both meet the same weather."""
    company, bin_id, out_id, skus = _world()

    def ours(some: list[int]) -> None:
        drafts = [MoveDraft(sku_id=s, from_id=bin_id, to_id=out_id, quantity=1, reason="out") for s in some]
        post_moves(drafts=drafts, actor=ACTOR)

    def floor(some: list[int]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FLOOR, {"skus": some, "company": company.pk, "bin": bin_id, "out": out_id})

    singles = [[sku] for sku in skus[:200]]
    return [
        _compare("ledger: one move", ours, floor, singles, f"{SKUS} SKUs, one transaction a move"),
        _compare("ledger: a thousand moves", ours, floor, [skus], f"{SKUS} SKUs, one transaction"),
    ]


def _compare(
    name: str, ours: Callable[[list[int]], None], floor: Callable[[list[int]], None], work: list[list[int]], words: str
) -> dict[str, Any]:
    speeds: dict[str, list[float]] = {"ours": [], "floor": []}
    for _round in range(ROUNDS):
        for which, function in (("floor", floor), ("ours", ours)):
            started = time.perf_counter()
            for some in work:
                function(some)
            speeds[which].append(sum(len(some) for some in work) / (time.perf_counter() - started))
    middle = {which: statistics.median(values) for which, values in speeds.items()}
    return {"name": name, **middle, "ratio": middle["ours"] / middle["floor"], "conditions": words}


def _world() -> tuple[Company, int, int, list[int]]:
    company = Company.objects.create(code="BENCH", name="Bench", base_currency="EUR", country="DE")
    house = create_warehouse(company=company, code="B", name="Bench", time_zone="UTC", actor=ACTOR)
    bin_id = add_place(warehouse_id=house.pk, kind="bin", code="B1", actor=ACTOR).pk
    drafts = [
        ProductDraft(company=company, code=f"P{number}", name=f"Product {number}", skus=(SkuDraft(code=f"S{number}"),))
        for number in range(SKUS)
    ]
    skus = [sku.pk for product in create_products(drafts=drafts, actor=ACTOR) for sku in product.skus.all()]
    arrivals = [Arrival(sku_id=sku, location_id=bin_id, quantity=1_000, unit_cost=Decimal(2)) for sku in skus]
    receive_stock(company_id=company.pk, arrivals=arrivals, actor=ACTOR, reason="received")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return company, bin_id, Location.objects.get(company=company, kind="customer").pk, skus
