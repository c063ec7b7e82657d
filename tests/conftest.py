"""What every test can ask for."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from backoffice.core import outbox
from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock, clock_set_to
from backoffice.core.permissions import EVERYTHING


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-matrix", action="store_true", help="write the permission table anew instead of comparing")


@pytest.fixture
def actor() -> Actor:
    """Somebody who may do everything, and is no real account."""
    return Actor("user", None, "Tess Tester", frozenset({EVERYTHING}), request_id="test")


@pytest.fixture
def clock() -> Iterator[FrozenClock]:
    """The house's clock, standing still on a Monday morning until the test moves it."""
    frozen = FrozenClock(datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    with clock_set_to(frozen):
        yield frozen


@pytest.fixture
def deliver_events() -> Callable[[], int]:
    """Deliver everything that waits, as the relay would; those that back off are made due first."""

    def deliver() -> int:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE core_outboxdelivery SET next_at = statement_timestamp() WHERE state = 'pending'")
        return outbox.drain()

    return deliver
