"""That something happened: small frozen facts in the past tense, published inside the transaction that makes them true.

An app declares its events in `events.py` and hears others' in `handlers.py`. Delivery is by rows (outbox.py): the event
and one delivery for each handler are written by `publish` in the publisher's own transaction, so there is never a fact
without its notice nor a notice without its fact.
"""

import dataclasses
import json
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connection
from django.utils.module_loading import autodiscover_modules

from backoffice.core import clock
from backoffice.core.actors import current_actor


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events. Fields are ids, words, numbers and moments: nothing that needs the database to be read.

    `name` is what is stored (`inventory.product_created`). `key` orders deliveries: those of one key reach one handler in
    the order they were published; without a key there is no order. `public` marks what webhooks may carry and no handler
    of ours has to hear.
    """

    name: ClassVar[str] = ""
    public: ClassVar[bool] = False

    @property
    def key(self) -> str:
        return ""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.name:
            other = _events.get(cls.name)
            if other is not None and other.__qualname__ != cls.__qualname__:
                raise TypeError(f"Two events are called {cls.name}.")
            _events[cls.name] = cls

    def as_json(self) -> dict[str, Any]:
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}


_events: dict[str, type[Event]] = {}


def all_events() -> dict[str, type[Event]]:
    """Every event class by name."""
    return _events


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"An event cannot carry a {type(value).__name__}.")


def _rich(kind: Any, value: Any) -> Any:
    arguments = typing.get_args(kind)
    if value is None:
        return None
    if typing.get_origin(kind) is tuple:
        return tuple(_rich(arguments[0], item) for item in value)
    for candidate in arguments or (kind,):
        if candidate is Decimal:
            return Decimal(value)
        if candidate is datetime:
            return datetime.fromisoformat(value)
        if candidate is date:
            return date.fromisoformat(value)
    return value


def event_from_json(name: str, payload: dict[str, Any]) -> Event:
    """The event as it was published. Fields that a newer version dropped are ignored, so old rows stay readable."""
    cls = _events[name]
    kinds = typing.get_type_hints(cls)
    known = {field.name for field in dataclasses.fields(cls)}
    return cls(**{field: _rich(kinds[field], value) for field, value in payload.items() if field in known})


# --- handlers -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handler:
    """Who hears an event. Its effects and the tick on its delivery are one transaction."""

    name: str
    event: type[Event]
    function: Callable[..., None]
    batch: int
    coalesce: bool


_handlers: dict[str, Handler] = {}
BATCH = 500


def on(event: type[Event], *, batch: bool | int = False, coalesce: bool = False) -> Callable[[Any], Any]:
    """Hear an event: `@on(ProductCreated)`.

    With `batch=True` the function takes a list of up to 500 events (or as many as the number given) in one transaction.
    With `coalesce=True` only the newest of several waiting events of one key is handed over.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        app = function.__module__.removesuffix(".handlers").rpartition(".")[2]
        name = f"{app}.{function.__name__}"
        size = (BATCH if batch is True else int(batch)) if batch else 1
        known = _handlers.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise TypeError(f"Two handlers are called {name}.")
        _handlers[name] = Handler(name, event, function, size, coalesce)
        return function

    return register


def all_handlers() -> dict[str, Handler]:
    """Every handler by name."""
    return _handlers


def load() -> None:
    """Import every app's events and handlers; called when Django is ready."""
    autodiscover_modules("events", "handlers")


# --- publishing -----------------------------------------------------------------------------------------------------

_INSERT = """
WITH told AS (
    INSERT INTO core_outboxevent (name, key, payload, actor, occurred_at)
    SELECT t.name, t.key, t.payload::jsonb, %s::jsonb, %s
    FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS t(name, key, payload, place)
    ORDER BY t.place
    RETURNING id, name, key
)
INSERT INTO core_outboxdelivery (event_id, handler, key, state, attempts, next_at, last_error)
SELECT told.id, heard.handler, told.key, 'pending', 0, statement_timestamp(), ''
FROM told JOIN unnest(%s::text[], %s::text[]) AS heard(name, handler) USING (name)
ORDER BY told.id, heard.handler
"""


def publish(*events: Event) -> None:
    """Write the events and their deliveries, in one statement, inside the transaction that makes them true.

    RuntimeError outside a transaction: a notice that could outlive its fact must not exist.
    """
    if not events:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("publish() was called outside a transaction: the fact and its notice must be one.")
    actor = current_actor()
    heard = [(handler.event.name, handler.name) for handler in _handlers.values()]
    named = {event.name for event in events}
    heard = [pair for pair in heard if pair[0] in named]
    parameters: Sequence[Any] = (
        json.dumps(actor.as_json() if actor else {"kind": "system", "id": None, "name": "unknown"}),
        clock.now(),
        [event.name for event in events],
        [event.key for event in events],
        [json.dumps(event.as_json(), ensure_ascii=False) for event in events],
        [name for name, _ in heard],
        [handler for _, handler in heard],
    )
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, parameters)
    if heard:
        from backoffice.core.nudges import nudge_after_commit

        nudge_after_commit()
