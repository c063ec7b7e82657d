"""The one clock. Services take `now` from here, so that a test or a simulation can hold it still.

Leases and back-off of queues go by the database's clock instead (queues.py): several machines then agree on them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_source: ContextVar[Callable[[], datetime] | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, in UTC."""
    source = _source.get()
    return source() if source is not None else datetime.now(UTC)


def today(zone: str) -> date:
    """The present day in the zone named (IANA), for example of a warehouse."""
    return now().astimezone(ZoneInfo(zone)).date()


class FrozenClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **span: float) -> datetime:
        """Move on by timedelta(**span), for example advance(minutes=5)."""
        self.moment += timedelta(**span)
        return self.moment


@contextmanager
def clock_set_to(source: Callable[[], datetime]) -> Iterator[None]:
    """Inside the block `now()` asks this source."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
