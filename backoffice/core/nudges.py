"""A nudge tells the workers by the broker that there is work; the work itself is rows.

A nudge may be lost, doubled or refused: the sweeper finds the rows anyway, a few seconds later. So a broker that is down
costs a request nothing: after a failed nudge none is tried for a while.
"""

import threading
import time
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction

log = structlog.get_logger(__name__)

# One nudge in this span is enough for the whole process: a drain that is running takes what comes after it too.
_SPAN = 0.05
_PAUSE_AFTER_FAILURE = 5.0
_lock = threading.Lock()
_not_before: dict[object, float] = {}
_ALL = "every task"


def nudge_after_commit(task: str = "backoffice.core.drain_outbox", **arguments: Any) -> None:
    """Once this transaction has committed, wake a worker. Several nudges of one transaction are one."""
    if not getattr(settings, "OUTBOX_NUDGES", True):
        return
    mark = (task, tuple(sorted(arguments.items())))
    waiting = {getattr(entry[1], "mark", None) for entry in connection.run_on_commit}
    if mark in waiting:
        return

    def send() -> None:
        nudge(task, **arguments)

    send.mark = mark  # type: ignore[attr-defined]  # functions carry attributes; this one names what it will send
    transaction.on_commit(send, robust=True)


def nudge(task: str, *, queue: str | None = None, **arguments: Any) -> bool:
    """Send the task now. False when it was not sent: too soon after the last one, or the broker is not there."""
    moment = time.monotonic()
    with _lock:
        if max(_not_before.get(task, 0.0), _not_before.get(_ALL, 0.0)) > moment:
            return False
        if not arguments:
            _not_before[task] = moment + _SPAN
    options = {"queue": queue} if queue else {}
    try:
        current_app.send_task(task, kwargs=arguments, retry=False, ignore_result=True, **options)
    except Exception as error:  # noqa: BLE001  (whatever the broker's client raises, the work is safe in its row)
        with _lock:
            _not_before[_ALL] = moment + _PAUSE_AFTER_FAILURE
        log.warning("nudge_failed", task=task, error=str(error))
        return False
    return True
