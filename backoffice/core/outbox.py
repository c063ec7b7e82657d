"""The relay: hands waiting deliveries to their handlers.

1. Claim some deliveries of one handler; the attempt is written and committed before anything else happens.
2. In a second transaction: lock them, see that they are still ours, run the handler, tick them off. The handler's effects
   and the tick are one, so an event has its effect exactly once, whoever dies whenever.
3. What failed waits longer each time and is quarantined after five attempts; it holds back its own key and nothing else.
"""

import time
import traceback
from collections.abc import Sequence

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core import queues
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Refused
from backoffice.core.events import Handler, all_handlers, event_from_json
from backoffice.core.locks import lock_in_order, lock_one
from backoffice.core.models.outbox import OutboxDelivery
from backoffice.core.nudges import nudge_after_commit
from backoffice.core.permissions import MEND_OUTBOX
from backoffice.core.queues import Claim

log = structlog.get_logger(__name__)
CHUNK = 50


class HandlerGone(Exception):
    """A delivery names a handler that this version no longer has."""


class WorkerDied(Exception):
    """A delivery whose worker was killed again and again."""


def drain(seconds: float = 30.0) -> int:
    """Deliver what is due until nothing is, or the time is up. Returns how many deliveries were ticked off."""
    stop = time.monotonic() + seconds
    done = 0
    while time.monotonic() < stop:
        waiting = queues.handlers_with_work()
        before = done
        for name in waiting:
            done += _drain_one(name, stop)
        if done == before:
            break
    return done


def _drain_one(name: str, stop: float) -> int:
    """Everything due of one handler. Returns how many were ticked off."""
    handler = all_handlers().get(name)
    done = 0
    while time.monotonic() < stop:
        claims = queues.claim_deliveries(name, max(handler.batch, CHUNK) if handler else CHUNK)
        if not claims:
            break
        if handler is None:
            for claim in claims:
                _failed(claim, HandlerGone(f"There is no handler {name} in this version."))
        elif claims[0].attempts > queues.ATTEMPTS:
            # Nobody wrote down why its attempts failed: whoever tried was killed in the middle.
            _failed(claims[0], WorkerDied("The worker died at each of its attempts."))
        else:
            done += _deliver(handler, claims)
    return done


def _deliver(handler: Handler, claims: Sequence[Claim]) -> int:
    if handler.batch > 1 and len(claims) > 1:
        try:
            return _attempt(handler, claims)
        except Exception as error:  # noqa: BLE001  (one of them is bad; below each is tried by itself)
            log.warning("outbox_batch_failed", handler=handler.name, size=len(claims), error=str(error))
    done = 0
    held_back: set[str] = set()
    returned: list[int] = []
    newest = {claim.key: claim.id for claim in claims}
    for claim in claims:
        if claim.key and claim.key in held_back:
            returned.append(claim.id)
            continue
        if handler.coalesce and claim.key and newest[claim.key] != claim.id:
            done += _tick([claim.id])
            continue
        try:
            done += _attempt(handler, [claim])
        except Exception as error:  # noqa: BLE001  (a handler may raise anything; it is recorded on the row)
            _failed(claim, error)
            held_back.add(claim.key)
    if returned:
        queues.give_back(returned)
    return done


def _attempt(handler: Handler, claims: Sequence[Claim]) -> int:
    """Run the handler on these and tick them off, in one transaction."""
    wanted = {claim.id: claim.attempts for claim in claims}
    with acting(Actor.system(handler.name)):
        rows = lock_in_order(OutboxDelivery.objects.select_related("event").filter(pk__in=wanted, state="pending"))
        ours = [row for row in rows if row.attempts == wanted[row.pk]]
        if not ours:
            return 0
        told = ours
        if handler.coalesce:
            told = list({row.key or str(row.pk): row for row in ours}.values())
        events = [event_from_json(row.event.name, row.event.payload) for row in told]
        if handler.batch > 1:
            handler.function(events)
        else:
            for event in events:
                handler.function(event)
        return _tick([row.pk for row in ours])


def _tick(ids: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxdelivery SET state = 'done', done_at = statement_timestamp(), last_error = '' "
            "WHERE id = ANY(%s) AND state = 'pending'",
            [list(ids)],
        )
        return int(cursor.rowcount)


def _failed(claim: Claim, error: Exception) -> None:
    """Remember what happened, and when to try again."""
    text = "".join(traceback.format_exception(error))[-4000:].replace("\x00", "")
    last = claim.attempts >= queues.ATTEMPTS
    wait = queues.back_off(claim.attempts)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxdelivery SET last_error = %s, state = %s, "
            "next_at = statement_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND state = 'pending' AND attempts = %s",
            [text, "quarantined" if last else "pending", wait.seconds, claim.id, claim.attempts],
        )
    log.warning(
        "outbox_delivery_failed", delivery=claim.id, attempts=claim.attempts, quarantined=last, error=str(error)
    )


# --- what a person can do about a delivery that failed ----------------------------------------------------------------


def _one_waiting(delivery_id: int) -> OutboxDelivery:
    row = lock_one(OutboxDelivery.objects.all(), delivery_id)
    if row.state not in ("pending", "quarantined"):
        raise Refused("delivery_is_over", _("This delivery is over: it is %(state)s.") % {"state": row.state})
    return row


def retry_delivery(*, delivery_id: int, actor: Actor) -> OutboxDelivery:
    """Try it again now, with all its attempts before it. A delivery that is over is refused."""
    actor.require(MEND_OUTBOX)
    with acting(actor, "retry delivery"):
        row = _one_waiting(delivery_id)
        row.state, row.attempts = "pending", 0
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_outboxdelivery SET state = 'pending', attempts = 0, next_at = statement_timestamp(), "
                "mended_by = %s WHERE id = %s",
                [actor.name, row.pk],
            )
        nudge_after_commit()
    return row


def skip_delivery(*, delivery_id: int, reason: str, actor: Actor) -> OutboxDelivery:
    """Give it up, for a reason that stays on the row. The deliveries it held back go on."""
    actor.require(MEND_OUTBOX)
    if not reason.strip():
        raise Refused("reason_missing", _("Say why it is skipped."), field="reason")
    with acting(actor, reason):
        row = _one_waiting(delivery_id)
        row.state, row.skip_reason, row.mended_by = "skipped", reason.strip()[:500], actor.name
        row.save(update_fields=["state", "skip_reason", "mended_by"])
        nudge_after_commit()
    return row


def prune(days: int = 30) -> int:
    """Drop events all of whose deliveries are done or skipped and that are older than this. Returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM core_outboxdelivery d USING core_outboxevent e
            WHERE d.event_id = e.id AND d.state = 'done' AND e.occurred_at < statement_timestamp() - %s * interval '1 day'
            """,
            [days],
        )
        cursor.execute(
            """
            DELETE FROM core_outboxevent e
            WHERE e.occurred_at < statement_timestamp() - %s * interval '1 day'
              AND NOT EXISTS (SELECT 1 FROM core_outboxdelivery d WHERE d.event_id = e.id)
            """,
            [days],
        )
        return int(cursor.rowcount)
