"""The outbox: one transaction with the fact, once for each handler, in order for each key."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from backoffice.core import events, outbox, queues
from backoffice.core.actors import Actor
from backoffice.core.errors import NotPermitted, Refused
from backoffice.core.events import Event, on, publish
from backoffice.core.models.companies import Company
from backoffice.core.models.outbox import OutboxDelivery, OutboxEvent

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    """A bell rang. Exists in these tests alone."""

    name: ClassVar[str] = "tests.bell_rang"
    tower: str
    note: int = 0

    @property
    def key(self) -> str:
        return self.tower


heard: list[tuple[str, int]] = []
batches: list[int] = []
broken: set[tuple[str, int]] = set()


@pytest.fixture(autouse=True)
def listeners() -> Iterator[None]:
    """Handlers that exist while a test of this module runs."""
    before = dict(events._handlers)
    heard.clear()
    batches.clear()
    broken.clear()

    @on(BellRang)
    def write_down(event: BellRang) -> None:
        if (event.tower, event.note) in broken:
            raise ValueError("the rope is torn")
        heard.append((event.tower, event.note))

    yield
    events._handlers.clear()
    events._handlers.update(before)


def ring(*notes: int, tower: str = "north") -> None:
    with transaction.atomic():
        publish(*[BellRang(tower=tower, note=note) for note in notes])


def states() -> list[tuple[str, int, str, int]]:
    rows = OutboxDelivery.objects.select_related("event").order_by("pk")
    return [(row.key, row.event.payload["note"], row.state, row.attempts) for row in rows]


def test_refuses_to_publish_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        publish(BellRang(tower="north"))
    assert OutboxEvent.objects.count() == 0


def test_a_rolled_back_fact_leaves_no_event() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(BellRang(tower="north"))
        raise ZeroDivisionError
    assert OutboxEvent.objects.count() == 0
    assert outbox.drain() == 0


def test_delivers_each_event_once_and_in_order() -> None:
    ring(1, 2, 3)
    assert outbox.drain() == 3
    assert outbox.drain() == 0
    assert heard == [("north", 1), ("north", 2), ("north", 3)]
    assert states() == [("north", 1, "done", 1), ("north", 2, "done", 1), ("north", 3, "done", 1)]


def test_a_failure_holds_back_its_own_key_and_no_other(deliver_events: Callable[[], int]) -> None:
    broken.add(("north", 1))
    ring(1, 2)
    ring(7, tower="south")
    assert outbox.drain() == 1
    assert heard == [("south", 7)]
    assert [state for _, _, state, _ in states()] == ["pending", "pending", "done"]
    broken.clear()
    assert deliver_events() == 2
    assert heard == [("south", 7), ("north", 1), ("north", 2)]


def test_the_fifth_failure_is_quarantined_and_a_person_can_retry_or_skip(
    deliver_events: Callable[[], int], actor: Actor
) -> None:
    broken.add(("north", 1))
    ring(1, 2)
    for _ in range(7):
        deliver_events()
    assert states() == [("north", 1, "quarantined", 5), ("north", 2, "pending", 0)]
    first, second = OutboxDelivery.objects.order_by("pk")
    assert "the rope is torn" in first.last_error

    with pytest.raises(NotPermitted):
        outbox.retry_delivery(delivery_id=first.pk, actor=Actor("user", 1, "Nobody", frozenset()))
    with pytest.raises(Refused):
        outbox.skip_delivery(delivery_id=first.pk, reason=" ", actor=actor)
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("quarantined", 5)

    outbox.retry_delivery(delivery_id=first.pk, actor=actor)
    deliver_events()
    assert states()[0] == ("north", 1, "pending", 1)
    outbox.skip_delivery(delivery_id=first.pk, reason="the bell is gone", actor=actor)
    deliver_events()
    assert states() == [("north", 1, "skipped", 1), ("north", 2, "done", 1)]
    assert heard == [("north", 2)]
    with pytest.raises(Refused):
        outbox.skip_delivery(delivery_id=second.pk, reason="too late", actor=actor)


def test_the_handlers_effect_and_the_tick_are_one_transaction() -> None:
    before = dict(events._handlers)
    try:

        @on(BellRang)
        def write_down(event: BellRang) -> None:
            Company.objects.create(code=f"B{event.note}", name="Bell", base_currency="EUR", country="DE")
            raise ValueError("after the effect")

        ring(1)
        assert outbox.drain() == 0
        assert Company.objects.count() == 0
        assert states() == [("north", 1, "pending", 1)]
    finally:
        events._handlers.clear()
        events._handlers.update(before)


def test_a_batch_takes_many_events_in_one_call_and_isolates_a_bad_one() -> None:
    @on(BellRang, batch=True)
    def write_many(told: list[BellRang]) -> None:
        batches.append(len(told))
        if any(event.note == 3 for event in told):
            raise ValueError("three")

    ring(*range(1, 3))
    outbox.drain()
    assert batches == [2]
    batches.clear()
    ring(3, tower="south")
    ring(*range(4, 7))
    outbox.drain()
    assert batches == [4, 1, 1, 1, 1]
    row = OutboxDelivery.objects.get(handler="test_outbox.write_many", state="pending")
    assert row.key == "south"


def test_coalescing_hands_over_only_the_newest_of_a_key() -> None:
    @on(BellRang, coalesce=True)
    def newest(event: BellRang) -> None:
        batches.append(event.note)

    ring(1, 2, 3)
    ring(9, tower="south")
    outbox.drain()
    assert sorted(batches) == [3, 9]
    assert OutboxDelivery.objects.filter(handler="test_outbox.newest", state="done").count() == 4


def test_two_claimers_never_hold_one_key_at_once() -> None:
    ring(1, 2, 3)
    claimed = queues.claim_deliveries("test_outbox.write_down", limit=1)
    assert len(claimed) == 1
    assert queues.claim_deliveries("test_outbox.write_down", limit=5) == []


def test_a_row_that_kills_its_worker_takes_no_neighbour_with_it() -> None:
    ring(1, tower="a")
    ring(1, tower="b")
    for _ in range(5):
        # A claim whose worker dies: nothing follows it until the lease ends.
        OutboxDelivery.objects.filter(state="pending").update(next_at="2020-01-01T00:00Z")
        queues.claim_deliveries("test_outbox.write_down", limit=50)
    OutboxDelivery.objects.filter(state="pending").update(next_at="2020-01-01T00:00Z")
    assert sorted(row.attempts for row in OutboxDelivery.objects.all()) == [1, 5]
    outbox.drain()
    assert states() == [("a", 1, "quarantined", 6), ("b", 1, "done", 2)]
    assert "died" in OutboxDelivery.objects.get(key="a").last_error
