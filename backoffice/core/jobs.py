"""Long work: `start_job` writes a row, a worker carries it out, the page shows the bar.

A job may run twice: its worker can die, and another takes it when the lease ends. So the function of a job is written to
be resumable: it does its work in transactions of its own and finds out from the rows what is done already.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock, queues
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Refused, Words
from backoffice.core.locks import lock_one
from backoffice.core.models.files import StoredFile
from backoffice.core.models.jobs import Job
from backoffice.core.nudges import nudge_after_commit
from backoffice.core.permissions import MANAGE_JOBS

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)
ATTEMPTS = 5


class JobCancelled(Exception):
    """Raised inside a job's function at its next report of progress, once somebody asked to cancel it."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """What a worker does for jobs of one kind, and after how long somebody should be told that it takes too long."""

    code: str
    title: Words
    function: Callable[..., Any]
    limit: timedelta


_kinds: dict[str, JobKind] = {}


def job(code: str, *, title: Words, limit: timedelta = timedelta(minutes=30)) -> Callable[[Any], Any]:
    """Make a function the work of jobs of this kind: `def run(run: JobRun, **params) -> dict | None`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if code in _kinds and _kinds[code].function.__module__ != function.__module__:
            raise TypeError(f"Two jobs are called {code}.")
        _kinds[code] = JobKind(code, title, function, limit)
        return function

    return register


def all_kinds() -> Mapping[str, JobKind]:
    """Every kind of job by code."""
    return _kinds


def start_job(kind: str, *, actor: Actor, params: Mapping[str, Any] | None = None, title: Words | None = None) -> Job:
    """Queue a job; a worker begins it once this transaction has committed. `params` are words, numbers and ids."""
    known = _kinds[kind]
    with acting(actor):
        row = Job.objects.create(
            kind=kind,
            title=str(title or known.title)[:200],
            params=dict(params or {}),
            actor=actor.as_json(),
            owner_id=actor.id if actor.kind == "user" else None,
            rights={
                "permissions": sorted(actor.permissions),
                "limits": {name: sorted(ids) for name, ids in actor.limits.items()},
            },
            overdue_at=clock.now() + known.limit,
        )
        nudge_after_commit("backoffice.core.run_job", job_id=row.pk)
    return row


@dataclass(slots=True)
class JobRun:
    """One attempt at a job, as its function sees it."""

    id: int
    attempt: int
    actor: Actor
    _total: int | None = field(default=None)

    def progress(self, done: int, total: int | None = None, note: Words = "") -> None:
        """Tell how far it is, and live on: a job that reports nothing for a minute counts as dead.

        Raises JobCancelled when somebody asked for that, and when another worker has taken the job over. Called between
        the job's transactions; inside one its message would be seen only at the end.
        """
        if total is not None:
            self._total = total
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_job SET done = %s, total = %s, note = %s, "
                "lease_until = statement_timestamp() + make_interval(secs => %s) "
                "WHERE id = %s AND state = 'running' AND attempts = %s RETURNING cancel_requested",
                [done, self._total, str(note)[:300], LEASE.seconds, self.id, self.attempt],
            )
            row = cursor.fetchone()
        if row is None or row[0]:
            raise JobCancelled


def run_job(job_id: int | None = None) -> int | None:
    """Carry out one job that waits (this one, or the oldest). Returns its id, or None when there was none to take."""
    claim = queues.claim_job(job_id, LEASE)
    if claim is None:
        return None
    identity, attempt = claim
    row = Job.objects.get(pk=identity)
    known = _kinds.get(row.kind)
    run = JobRun(identity, attempt, _actor_of(row))
    if attempt > ATTEMPTS:
        _finish(run, Job.State.FAILED, error=str(_("Its worker died five times.")))
        return identity
    if known is None:
        _finish(run, Job.State.FAILED, error=f"There is no kind of job {row.kind} in this version.")
        return identity
    if row.cancel_requested:
        _finish(run, Job.State.CANCELLED)
        return identity
    try:
        result = known.function(run, **row.params)
    except JobCancelled:
        _finish(run, Job.State.CANCELLED)
    except DomainError as error:
        _finish(run, Job.State.FAILED, error=str(error.message))
    except Exception as error:
        log.exception("job_failed", job=identity, kind=row.kind)
        _finish(run, Job.State.FAILED, error="".join(traceback.format_exception(error))[-8000:].replace("\x00", ""))
    else:
        _finish(run, Job.State.SUCCEEDED, result=result)
    return identity


def _actor_of(row: Job) -> Actor:
    """The actor who started it, with the rights it had then: a job can never do more than its owner could."""
    return Actor(
        kind=row.actor["kind"],
        id=row.actor["id"],
        name=row.actor["name"],
        permissions=frozenset(row.rights["permissions"]),
        limits={name: frozenset(ids) for name, ids in row.rights["limits"].items()},
        request_id=f"job:{row.pk}",
    )


def _finish(run: JobRun, state: str, *, result: Any = None, error: str = "") -> None:
    """Write how it ended, unless another worker has taken it over meanwhile."""
    file = result.pop("file", None) if isinstance(result, dict) else None
    values: dict[str, Any] = {"state": state, "error": error, "result": result, "finished_at": clock.now()}
    if isinstance(file, StoredFile):
        values["result_file"] = file
    Job.objects.filter(pk=run.id, state=Job.State.RUNNING, attempts=run.attempt).update(**values, lease_until=None)


def _own_or_managed(job_id: int, actor: Actor) -> Job:
    row = lock_one(Job.objects.all(), job_id)
    if not (actor.kind == "user" and row.owner_id == actor.id):
        actor.require(MANAGE_JOBS)
    return row


def cancel_job(*, job_id: int, actor: Actor) -> Job:
    """Stop it: at once while it is queued, at its next report of progress while it runs. What is over is refused."""
    with acting(actor, "cancel job"):
        row = _own_or_managed(job_id, actor)
        if row.is_over:
            raise Refused("job_is_over", _("This job is over: it %(state)s.") % {"state": row.get_state_display()})
        row.cancel_requested = True
        if row.state == Job.State.QUEUED:
            row.state, row.finished_at = Job.State.CANCELLED, clock.now()
        row.save(update_fields=["cancel_requested", "state", "finished_at"])
    return row


def retry_job(*, job_id: int, actor: Actor) -> Job:
    """Queue a job that failed or was cancelled once more, with all its attempts before it."""
    with acting(actor, "retry job"):
        row = _own_or_managed(job_id, actor)
        if row.state not in (Job.State.FAILED, Job.State.CANCELLED):
            raise Refused("job_not_over", _("Only a job that failed or was cancelled can be run again."))
        row.state, row.attempts, row.cancel_requested = Job.State.QUEUED, 0, False
        row.error, row.finished_at, row.lease_until = "", None, None
        row.overdue_at, row.overdue_told_at = clock.now() + _kinds[row.kind].limit, None
        row.save()
        nudge_after_commit("backoffice.core.run_job", job_id=row.pk)
    return row


def overdue_jobs() -> list[Job]:
    """Jobs that take longer than their kind's limit and of which nobody was told yet; telling is marked here."""
    with transaction.atomic():
        moment = clock.now()
        rows = list(
            Job.objects.filter(
                state__in=[Job.State.QUEUED, Job.State.RUNNING], overdue_at__lt=moment, overdue_told_at=None
            ).order_by("pk")
        )
        Job.objects.filter(pk__in=[row.pk for row in rows]).update(overdue_told_at=moment)
    return rows
