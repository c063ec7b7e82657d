"""Whether the installation lives: asked by the start script, the load balancer and the page for operators."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from backoffice.core import clock
from backoffice.core.models.heartbeats import Heartbeat
from backoffice.core.nudges import nudge

ALIVE_WITHIN = timedelta(seconds=45)
BEAT = "beat"
QUEUES = ("default", "long")


@dataclass(frozen=True, slots=True)
class Health:
    """What was found. `is_ok` is what a load balancer wants to know: this process can do its work."""

    database: bool
    broker: bool
    worker: bool
    beat: bool
    worker_seen: datetime | None
    detail: str = ""

    @property
    def is_ok(self) -> bool:
        return self.database and self.broker and self.worker

    def as_json(self) -> dict[str, object]:
        return {
            "status": "ok" if self.is_ok else "degraded",
            "database": self.database,
            "broker": self.broker,
            "worker": self.worker,
            "beat": self.beat,
            "worker_seen": self.worker_seen.isoformat() if self.worker_seen else None,
        }


def look() -> Health:
    """Ask the database, the broker and the last answers of the workers.

    A worker that has not answered for a while is asked now, so the next look knows; beat asks every ten seconds anyway.
    """
    try:
        seen = dict(Heartbeat.objects.values_list("part", "answered_at"))
    except DatabaseError as error:
        connection.close()
        return Health(False, broker_answers(), False, False, None, type(error).__name__)
    moment = clock.now()

    def alive(part: str) -> bool:
        answered = seen.get(part)
        return answered is not None and moment - answered < ALIVE_WITHIN

    broker = broker_answers()
    workers = [f"worker.{queue}" for queue in QUEUES]
    if broker and not all(alive(part) for part in workers):
        for queue in QUEUES:
            nudge("backoffice.core.canary", queue=queue, queue_name=queue, asked_by="health")
    answers = [answered for part in workers if (answered := seen.get(part)) is not None]
    return Health(
        database=True,
        broker=broker,
        worker=all(alive(part) for part in workers),
        beat=alive(BEAT),
        worker_seen=min(answers) if len(answers) == len(workers) else None,
    )


def broker_answers() -> bool:
    """Whether the broker answers a ping within a second."""
    address = settings.REDIS
    options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    try:
        client = redis.Redis.from_url(address.cache(0), **options)
        try:
            return bool(client.ping())
        finally:
            client.close()
    except (redis.RedisError, OSError):
        return False
