"""Claiming work that waits in rows. The only module that may skip locked rows: elsewhere that would refuse falsely.

A claim writes the attempt before the work starts. A worker that dies in the middle has then used one attempt up, and a
row that kills whoever touches it ends in quarantine after five instead of killing for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction

ATTEMPTS = 5
LEASE = timedelta(minutes=15)
BACK_OFF = (timedelta(seconds=2), timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=5))


def back_off(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts."""
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery that is ours until its lease ends."""

    id: int
    event_id: int
    key: str
    attempts: int


# A key is held back by an earlier row of its own that is quarantined, waits for its next try, or has failed before.
# Rows that never failed are claimed many at a time; a row that failed before is claimed alone, so that a row which kills
# its worker takes no innocent neighbour's attempts with it.
_FRESH = """
WITH due AS (
    SELECT d.id FROM core_outboxdelivery d
    WHERE d.handler = %(handler)s AND d.state = 'pending' AND d.attempts = 0 AND d.next_at <= statement_timestamp()
      AND (d.key = '' OR NOT EXISTS (
          SELECT 1 FROM core_outboxdelivery e
          WHERE e.handler = d.handler AND e.key = d.key AND e.id < d.id AND e.state IN ('pending', 'quarantined')
            AND (e.state = 'quarantined' OR e.attempts > 0 OR e.next_at > statement_timestamp())))
    ORDER BY d.id LIMIT %(limit)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE core_outboxdelivery d SET attempts = 1, next_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE d.id = due.id RETURNING d.id, d.event_id, d.key, d.attempts
"""
_FAILED = """
WITH due AS (
    SELECT d.id FROM core_outboxdelivery d
    WHERE d.handler = %(handler)s AND d.state = 'pending' AND d.attempts > 0 AND d.next_at <= statement_timestamp()
      AND (d.key = '' OR NOT EXISTS (
          SELECT 1 FROM core_outboxdelivery e
          WHERE e.handler = d.handler AND e.key = d.key AND e.id < d.id AND e.state IN ('pending', 'quarantined')))
    ORDER BY d.id LIMIT 1
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE core_outboxdelivery d SET attempts = d.attempts + 1, next_at = statement_timestamp() + make_interval(secs => %(lease)s)
FROM due WHERE d.id = due.id RETURNING d.id, d.event_id, d.key, d.attempts
"""


def claim_deliveries(handler: str, limit: int) -> list[Claim]:
    """Up to `limit` deliveries of one handler that are due, in order, leased to us.

    Claims of one handler are made one after the other (an advisory lock for the length of this short transaction), so
    that two workers can never hold two rows of one key at the same time.
    """
    parameters: dict[str, str | int] = {"handler": handler, "limit": limit, "lease": LEASE.seconds}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7401))", [handler])
        cursor.execute(_FRESH, parameters)
        rows = cursor.fetchall()
        if not rows:
            cursor.execute(_FAILED, parameters)
            rows = cursor.fetchall()
    return sorted((Claim(*row) for row in rows), key=lambda claim: claim.id)


def handlers_with_work() -> list[str]:
    """The handlers that have at least one delivery due now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT handler FROM core_outboxdelivery "
            "WHERE state = 'pending' AND next_at <= statement_timestamp() ORDER BY handler"
        )
        return [row[0] for row in cursor.fetchall()]


def give_back(ids: Sequence[int]) -> None:
    """Return claimed deliveries that were never begun: their attempt does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxdelivery SET attempts = attempts - 1, next_at = statement_timestamp() "
            "WHERE id = ANY(%s) AND state = 'pending'",
            [list(ids)],
        )


def claim_job(job_id: int | None, lease: timedelta) -> tuple[int, int] | None:
    """Take one queued job, or one whose worker stopped breathing; (id, attempt) or None when there is none to take."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT j.id FROM core_job j
                WHERE (%(id)s::bigint IS NULL OR j.id = %(id)s::bigint)
                  AND (j.state = 'queued' OR (j.state = 'running' AND j.lease_until < statement_timestamp()))
                ORDER BY j.id LIMIT 1 FOR UPDATE OF j SKIP LOCKED
            )
            UPDATE core_job j SET state = 'running', attempts = j.attempts + 1,
                lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
                started_at = coalesce(j.started_at, statement_timestamp())
            FROM due WHERE j.id = due.id RETURNING j.id, j.attempts
            """,
            {"id": job_id, "lease": lease.seconds},
        )
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else None


def claim_message() -> tuple[int, int] | None:
    """Take one message that is due; (id, attempt) or None. Its attempt is counted now, its next try set behind it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT m.id FROM core_message m WHERE m.state = 'queued' AND m.next_at <= statement_timestamp()
                ORDER BY m.next_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED
            )
            UPDATE core_message m SET attempts = m.attempts + 1, next_at = statement_timestamp() + make_interval(secs => %s)
            FROM due WHERE m.id = due.id RETURNING m.id, m.attempts
            """,
            [LEASE.seconds],
        )
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else None
