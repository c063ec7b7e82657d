"""What must be true of the database before a process serves anybody.

Availability is counted under a lock, so the isolation level must be READ COMMITTED: with an older snapshot the count is
stale and the last unit is sold twice. And what was acknowledged must survive a power cut, so fsync and synchronous_commit
must be on. A process that finds it otherwise does not start.
"""

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

log = structlog.get_logger(__name__)
OLDEST = 150000

DEMANDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "transaction_isolation": (
        ("read committed",),
        "Set default_transaction_isolation to 'read committed' for this database or role: stock is counted under locks,"
        " and an older snapshot would sell the last unit twice.",
    ),
    "fsync": (("on",), "Turn fsync on: without it a power cut loses what was acknowledged."),
    "synchronous_commit": (
        ("on", "remote_apply", "remote_write", "local"),
        "Turn synchronous_commit on: without it a crash loses the last orders that were acknowledged.",
    ),
    "TimeZone": (("UTC", "Etc/UTC"), "Set the time zone of the role to UTC."),
}


def database_facts() -> dict[str, str]:
    """The settings that matter, as this connection sees them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*DEMANDS, "server_version_num"]])
        return dict(cursor.fetchall())


def unmet_demands(facts: Mapping[str, str]) -> list[str]:
    """One sentence for each setting that is not as it must be."""
    wrong = [
        f"{name} is {facts.get(name)!r}. {advice}"
        for name, (allowed, advice) in DEMANDS.items()
        if facts.get(name) not in allowed
    ]
    if int(facts.get("server_version_num", "0")) < OLDEST:
        wrong.append(f"PostgreSQL is version {facts.get('server_version_num')}; 15 is the oldest that works.")
    return wrong


def refuse_unsafe_database() -> None:
    """Stop the start of a web or worker process on an unsafe database. One that cannot be reached is only logged."""
    try:
        facts = database_facts()
    except DatabaseError as error:
        log.warning("database_not_reached_at_start", error=str(error))
        connection.close()
        return
    wrong = unmet_demands(facts)
    if wrong and not getattr(settings, "UNSAFE_DATABASE_ALLOWED", False):
        raise ImproperlyConfigured(" ".join(wrong))
    connection.close()
