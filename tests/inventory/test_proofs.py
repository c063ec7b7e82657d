"""The proof sees what was never done by a service: each table is corrupted by SQL, and the difference is named."""

import pytest
from django.db import connection

from backoffice.core.actors import Actor
from backoffice.core.proofs import check_books
from backoffice.core.refs import Ref
from inventory.drafts import MoveDraft, ReserveDraft
from inventory.services.ledger import post_moves
from inventory.services.reservations import reserve_stock
from tests.factories.stock import a_world

pytestmark = pytest.mark.django_db

# What a hand at the database could do, and the proof and column that must name it.
CORRUPTIONS = [
    ("UPDATE inventory_stockbalance SET on_hand = on_hand + 1 WHERE on_hand = 6", "inventory.balances", "on_hand"),
    ("DELETE FROM inventory_stockbalance WHERE on_hand = 6", "inventory.balances", "on_hand"),
    ("UPDATE inventory_stockmove SET quantity = quantity + 1 WHERE reason = 'received'", "inventory.balances", "on_hand"),
    ("DELETE FROM inventory_costuse; DELETE FROM inventory_stockmove WHERE reason = 'out'", "inventory.balances", "on_hand"),
    ("UPDATE inventory_stocklevel SET sellable = sellable + 1", "inventory.levels", "sellable"),
    ("UPDATE inventory_stocklevel SET staged = staged + 1", "inventory.levels", "staged"),
    ("UPDATE inventory_stocklevel SET unavailable = unavailable + 1", "inventory.levels", "unavailable"),
    ("UPDATE inventory_location SET is_pick_blocked = true, block_reason = 'x'", "inventory.levels", "sellable"),
    ("UPDATE inventory_stocklevel SET reserved = reserved - 1", "inventory.reservations", "reserved"),
    ("UPDATE inventory_reservation SET open_quantity = 0, released_quantity = 2", "inventory.reservations", "reserved"),
    ("UPDATE inventory_reservation SET open_quantity = 0, picked_quantity = 2", "inventory.picked", "picked_quantity"),
    ("UPDATE inventory_costlayer SET remaining = remaining - 1", "inventory.layers", "remaining"),
    ("UPDATE inventory_costlayer SET remaining_amount = remaining_amount + 0.01", "inventory.layers", "remaining_amount"),
    ("UPDATE inventory_costuse SET amount = amount + 0.000001", "inventory.layers", "remaining_amount"),
    ("DELETE FROM inventory_costuse", "inventory.issues_have_costs", "quantity"),
    ("UPDATE inventory_costlayer SET quantity = 11, remaining = 7", "inventory.layers_and_stock", "remaining"),
]  # fmt: skip


def differences() -> list[tuple[str, str]]:
    return [(found.proof, found.column) for outcome in check_books() for found in outcome.differences]


@pytest.mark.parametrize(("statement", "proof", "column"), CORRUPTIONS, ids=[one[0][:60] for one in CORRUPTIONS])
def test_a_corruption_by_hand_is_named(actor: Actor, statement: str, proof: str, column: str) -> None:
    world = a_world()
    sku = world.sku()
    world.receive(sku, 10)
    out = MoveDraft(
        sku_id=sku.pk, from_id=world.bins["N1"].pk, to_id=world.place("customer").pk, quantity=4, reason="out"
    )
    post_moves(drafts=[out], actor=actor)
    promise = ReserveDraft(sku_id=sku.pk, warehouse_id=world.north.pk, quantity=2, demand=Ref("tests.demand", "1"))
    reserve_stock(drafts=[promise], actor=actor)
    assert differences() == []
    with connection.cursor() as cursor:
        # The triggers that refuse exactly this are put aside, as an owner of the database could.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert any(found == proof and where.endswith(column) for found, where in differences())
