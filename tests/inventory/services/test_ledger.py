"""The ledger: every unit is in one place, nothing is changed afterwards, promises hold, and the books add up."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Refused
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.proofs import check_books
from backoffice.core.refs import Ref
from backoffice.core.services.masters import change_row
from inventory.drafts import MoveDraft, ReserveDraft
from inventory.masters import PRODUCTS
from inventory.models import CostLayer, CostUse, Lot, Product, Reservation, SerialNumber, Sku, StockBalance, StockMove
from inventory.services.ledger import post_moves
from inventory.services.places import block_locations, free_locations
from inventory.services.reservations import release_reservations, reserve_stock
from tests.factories.stock import World, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    """A world whose books add up when the test is over."""
    world = a_world()
    yield world
    assert differences() == []


def differences() -> list[str]:
    return [str(difference) for outcome in check_books() for difference in outcome.differences]


def move(world: World, sku: Sku, source: int, target: int, quantity: int, actor: Actor, **more: object) -> list[int]:
    draft = MoveDraft(
        sku_id=sku.pk, from_id=source, to_id=target, quantity=quantity, reason="moved", **more  # type: ignore[arg-type]
    )  # fmt: skip
    return post_moves(drafts=[draft], actor=actor)


def snapshot() -> tuple[object, ...]:
    """Everything that a refusal must leave as it was."""
    return (
        StockMove.objects.count(),
        sorted(StockBalance.objects.values_list("pk", "on_hand")),
        sorted(Reservation.objects.values_list("pk", "open_quantity", "picked_quantity", "released_quantity")),
        sorted(CostLayer.objects.values_list("pk", "remaining", "remaining_amount")),
        OutboxEvent.objects.count(),
    )


def test_a_receipt_makes_a_balance_a_level_and_a_cost_layer(world: World) -> None:
    sku = world.sku()
    world.receive(sku, 10, cost="2.50")
    assert StockBalance.objects.get(sku=sku).on_hand == 10
    assert world.level(sku) == (10, 0, 0, 0)
    layer = CostLayer.objects.get(sku=sku)
    assert (layer.quantity, layer.amount, layer.remaining, layer.currency) == (10, Decimal("25"), 10, "EUR")


def test_moves_inside_the_house_change_the_use_and_not_the_value(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 10)
    move(world, sku, world.bins["N1"].pk, world.place("pack_bench").pk, 3, actor)
    move(world, sku, world.bins["N1"].pk, world.place("damaged").pk, 2, actor)
    assert world.level(sku) == (5, 3, 2, 0)
    assert CostLayer.objects.get(sku=sku).remaining == 10


def test_refuses_more_than_is_there_and_names_the_place_the_quantity_and_the_last_move(
    world: World, actor: Actor
) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    last = move(world, sku, world.bins["N1"].pk, world.bins["N2"].pk, 2, actor)[0]
    before = snapshot()
    with pytest.raises(Refused) as refusal:
        move(world, sku, world.bins["N1"].pk, world.bins["N2"].pk, 4, actor)
    assert refusal.value.code == "not_enough_stock"
    assert refusal.value.facts["there"] == 3
    assert refusal.value.facts["last_move"] == last
    assert "N1" in str(refusal.value.message) and "Tess Tester" in str(refusal.value.hint)
    assert snapshot() == before


def test_a_batch_is_posted_whole_or_not_at_all(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    before = snapshot()
    good = MoveDraft(sku_id=sku.pk, from_id=world.bins["N1"].pk, to_id=world.bins["N2"].pk, quantity=5, reason="moved")
    with pytest.raises(Refused):
        post_moves(drafts=[good, good], actor=actor)
    assert snapshot() == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": -1}, "bad_quantity"),
        ({"to_id": "from"}, "same_place"),
        ({"sku_id": 0}, "unknown_sku"),
        ({"to_id": 0}, "unknown_place"),
        ({"unit_cost": Decimal("NaN")}, "bad_unit_cost"),
        ({"unit_cost": Decimal("-1")}, "bad_unit_cost"),
        ({"lot_id": 1}, "lot_of_other_sku"),
        ({"reservation_id": 0}, "wrong_reservation"),
    ],
)
def test_refuses_what_makes_no_sense_and_changes_nothing(
    world: World, actor: Actor, change: dict[str, object], code: str
) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    before = snapshot()
    values: dict[str, object] = {
        "sku_id": sku.pk, "from_id": world.bins["N1"].pk, "to_id": world.bins["N2"].pk, "quantity": 1, "reason": "moved",
    }  # fmt: skip
    values.update({key: world.bins["N1"].pk if value == "from" else value for key, value in change.items()})
    with pytest.raises(DomainError) as refusal:
        post_moves(drafts=[MoveDraft(**values)], actor=actor)  # type: ignore[arg-type]
    assert refusal.value.code == code
    assert snapshot() == before


@pytest.mark.parametrize(
    "statement", ["UPDATE inventory_stockmove SET quantity = 1", "DELETE FROM inventory_stockmove"]
)
def test_the_database_refuses_to_change_or_delete_a_move(world: World, statement: str) -> None:
    world.receive(world.sku(), 5)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert StockMove.objects.get().quantity == 5


def test_lots_and_serial_numbers_are_kept_apart(world: World, actor: Actor) -> None:
    by_lot, by_serial = world.sku("L", tracking="lot"), world.sku("S", tracking="serial")
    one, two = Lot.objects.create(sku=by_lot, code="A"), Lot.objects.create(sku=by_lot, code="B")
    unit = SerialNumber.objects.create(sku=by_serial, code="0001")
    world.receive(by_lot, 4, lot=one)
    world.receive(by_lot, 6, lot=two)
    world.receive(by_serial, 1, serial=unit)
    before = snapshot()
    for draft in (
        {"sku": by_lot, "quantity": 1},
        {"sku": by_lot, "quantity": 5, "lot_id": one.pk},
        {"sku": by_serial, "quantity": 1},
        {"sku": by_serial, "quantity": 2, "serial_id": unit.pk},
        {"sku": by_serial, "quantity": 1, "lot_id": one.pk, "serial_id": unit.pk},
    ):
        with pytest.raises(Refused):
            move(world, source=world.bins["N1"].pk, target=world.bins["N2"].pk, actor=actor, **draft)  # type: ignore[arg-type]
    assert snapshot() == before
    move(world, by_lot, world.bins["N1"].pk, world.bins["N2"].pk, 4, actor, lot_id=one.pk)
    assert StockBalance.objects.get(lot=two, on_hand__gt=0).location.code == "N1"
    with pytest.raises((Refused, DatabaseError)), transaction.atomic():
        world.receive(by_serial, 1, serial=unit, into="N3")


def test_fifo_takes_the_oldest_layer_first_and_loses_no_fraction_of_a_cent(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 3, cost="1.00")
    world.receive(sku, 3, cost="2.333333")
    out = move(world, sku, world.bins["N1"].pk, world.place("customer").pk, 4, actor)[0]
    assert [(use.quantity, use.amount) for use in CostUse.objects.filter(move=out).order_by("pk")] == [
        (3, Decimal("3.000000")),
        (1, Decimal("2.333333")),
    ]
    assert [(row.remaining, row.remaining_amount) for row in CostLayer.objects.order_by("pk")] == [
        (0, Decimal(0)),
        (2, Decimal("4.666666")),
    ]


def test_the_moving_average_is_one_layer_that_swallows_the_old_one(world: World, actor: Actor) -> None:
    sku = world.sku(valuation="average")
    world.receive(sku, 1, cost="1.00")
    world.receive(sku, 2, cost="2.00")
    layer = CostLayer.objects.get(remaining__gt=0)
    assert (layer.remaining, layer.remaining_amount) == (3, Decimal("5"))
    amounts = []
    for _ in range(3):
        out = move(world, sku, world.bins["N1"].pk, world.place("customer").pk, 1, actor)[0]
        amounts.append(CostUse.objects.get(move=out).amount)
    assert amounts == [Decimal("1.666667"), Decimal("1.666666"), Decimal("1.666667")]
    assert sum(amounts) == Decimal("5")


def test_what_comes_in_without_a_cost_costs_what_the_sku_costs_now(world: World) -> None:
    sku = world.sku()
    world.receive(sku, 2, cost="3.00")
    world.receive(sku, 2, cost="5.00")
    world.receive(sku, 1, cost=None)
    assert CostLayer.objects.order_by("pk").last().amount == Decimal("4")  # type: ignore[union-attr]


def reserve(sku: Sku, world: World, quantity: int, actor: Actor, demand: str = "1", seconds: int | None = None) -> int:
    draft = ReserveDraft(
        sku_id=sku.pk,
        warehouse_id=world.north.pk,
        quantity=quantity,
        demand=Ref("tests.demand", demand),
        expires_seconds=seconds,
    )
    return reserve_stock(drafts=[draft], actor=actor)[0]


def test_a_promise_is_picked_packed_and_consumed(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 10)
    promise = reserve(sku, world, 4, actor)
    assert world.level(sku) == (10, 0, 0, 4)
    bench = world.place("pack_bench").pk
    move(world, sku, world.bins["N1"].pk, bench, 3, actor, reservation_id=promise)
    assert world.level(sku) == (7, 3, 0, 1)
    move(world, sku, bench, world.place("customer").pk, 3, actor, reservation_id=promise)
    row = Reservation.objects.get(pk=promise)
    assert (row.open_quantity, row.picked_quantity, row.consumed_quantity, row.state) == (1, 0, 3, "open")
    assert world.level(sku) == (7, 0, 0, 1)


def test_putting_back_what_was_picked_makes_the_promise_open_again(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 4)
    promise = reserve(sku, world, 4, actor)
    bench = world.place("pack_bench").pk
    move(world, sku, world.bins["N1"].pk, bench, 3, actor, reservation_id=promise)
    move(world, sku, bench, world.bins["N2"].pk, 3, actor, reservation_id=promise)
    assert world.level(sku) == (4, 0, 0, 4)
    assert Reservation.objects.get().open_quantity == 4


def test_refuses_to_take_promised_stock_for_another_purpose(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    reserve(sku, world, 4, actor)
    before = snapshot()
    with pytest.raises(Refused) as refusal:
        move(world, sku, world.bins["N1"].pk, world.place("scrap").pk, 2, actor)
    assert refusal.value.code == "stock_is_reserved"
    assert snapshot() == before


def test_where_reality_wins_the_newest_promises_break_and_are_told_of(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 10)
    old, new = reserve(sku, world, 5, actor, "old"), reserve(sku, world, 4, actor, "new")
    move(world, sku, world.bins["N1"].pk, world.place("missing").pk, 6, actor, breaks_reservations=True)
    assert world.level(sku) == (4, 0, 0, 4)
    assert [Reservation.objects.get(pk=key).open_quantity for key in (old, new)] == [4, 0]
    told = OutboxEvent.objects.filter(name="inventory.reservation_broken").order_by("pk")
    assert [(event.payload["demand_id"], event.payload["quantity"]) for event in told] == [("new", 4), ("old", 1)]


def test_refuses_to_promise_more_than_is_available_even_when_split_over_two_drafts(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    before = snapshot()
    draft = ReserveDraft(sku_id=sku.pk, warehouse_id=world.north.pk, quantity=3, demand=Ref("tests.demand", "1"))
    with pytest.raises(Refused) as refusal:
        reserve_stock(drafts=[draft, draft], actor=actor)
    assert (refusal.value.code, refusal.value.facts["available"]) == ("out_of_stock", 5)
    assert snapshot() == before


def test_a_release_gives_back_once_however_often_it_is_asked(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    promise = reserve(sku, world, 5, actor)
    assert release_reservations(quantities={promise: 2}, actor=actor) == {promise: 2}
    assert release_reservations(quantities={promise: None}, actor=actor) == {promise: 3}
    assert release_reservations(quantities={promise: None}, actor=actor) == {}
    assert world.level(sku) == (5, 0, 0, 0)


def test_low_stock_is_told_once_a_crossing(world: World, actor: Actor) -> None:
    sku = world.sku(reorder_point=5)
    world.receive(sku, 8)
    for _ in range(3):
        promise = reserve(sku, world, 3, actor)
        reserve_id = reserve(sku, world, 1, actor)
        release_reservations(quantities={reserve_id: None}, actor=actor)
        release_reservations(quantities={promise: None}, actor=actor)
    assert OutboxEvent.objects.filter(name="inventory.stock_ran_low").count() == 3
    assert OutboxEvent.objects.filter(name="inventory.stock_recovered").count() == 3


def test_a_blocked_bin_is_on_hand_and_not_available_and_comes_back(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    world.receive(sku, 3, into="N2")
    block_locations(location_ids=[world.bins["N1"].pk], reason="leak", actor=actor)
    assert world.level(sku) == (3, 0, 5, 0)
    move(world, sku, world.bins["N1"].pk, world.bins["N3"].pk, 1, actor)
    assert world.level(sku) == (4, 0, 4, 0)
    free_locations(location_ids=[world.bins["N1"].pk], actor=actor)
    assert world.level(sku) == (8, 0, 0, 0)


def test_refuses_to_block_a_bin_whose_stock_is_promised(world: World, actor: Actor) -> None:
    sku = world.sku()
    world.receive(sku, 5)
    reserve(sku, world, 3, actor)
    with pytest.raises(Refused) as refusal:
        block_locations(location_ids=[world.bins["N1"].pk], reason="leak", actor=actor)
    assert refusal.value.code == "stock_is_reserved"
    world.bins["N1"].refresh_from_db()
    assert (world.bins["N1"].is_pick_blocked, world.level(sku)) == (False, (5, 0, 0, 3))


def test_posting_twenty_moves_costs_as_many_statements_as_posting_one(world: World, actor: Actor) -> None:
    skus = [world.sku(f"K{number}") for number in range(20)]
    for sku in skus:
        world.receive(sku, 50)
    counts = []
    for size in (1, 20):
        drafts = [
            MoveDraft(
                sku_id=sku.pk, from_id=world.bins["N1"].pk, to_id=world.place("customer").pk, quantity=5, reason="out"
            )
            for sku in skus[:size]
        ]
        with CaptureQueriesContext(connection) as queries:
            post_moves(drafts=drafts, actor=actor)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 18


@pytest.mark.parametrize(("field", "value"), [("tracking", "lot"), ("valuation", "average")])
def test_tracking_and_valuation_stay_once_there_are_moves(world: World, actor: Actor, field: str, value: str) -> None:
    sku = world.sku()
    product = change_row(master=PRODUCTS, row_id=sku.product_id, values={field: value}, version=None, actor=actor)
    assert getattr(product, field) == value
    before = {"tracking": "none", "valuation": "fifo"}[field]
    change_row(master=PRODUCTS, row_id=sku.product_id, values={field: before}, version=None, actor=actor)
    world.receive(sku, 1)
    with pytest.raises(Refused) as refusal:
        change_row(master=PRODUCTS, row_id=sku.product_id, values={field: value}, version=None, actor=actor)
    assert (refusal.value.code, refusal.value.field) == ("ledger_relies_on_it", field)
    with pytest.raises(DatabaseError), transaction.atomic():
        Product.objects.filter(pk=sku.product_id).update(**{field: value})
    product.refresh_from_db()
    assert getattr(product, field) == before
