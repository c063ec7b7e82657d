"""Jobs: rows with progress, taken by one worker at a time, resumed when a worker dies, cancelled by whoever may."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from backoffice.core import jobs, queues
from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.errors import NotPermitted, Refused
from backoffice.core.jobs import Job, JobRun, cancel_job, job, retry_job, run_job, start_job
from backoffice.core.models.messages import Message
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.models.people import User
from backoffice.core.services.overdue import tell_overdue_jobs

pytestmark = pytest.mark.django_db(transaction=True)
ran: list[tuple[int, dict[str, Any]]] = []


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    before = dict(jobs._kinds)
    ran.clear()

    @job("tests.count", title="Count")
    def count(run: JobRun, to: int, stop_at: int | None = None) -> dict[str, int]:
        for step in range(1, to + 1):
            run.progress(step, to, f"step {step}")
            if step == stop_at:
                Job.objects.filter(pk=run.id).update(cancel_requested=True)
            ran.append((step, {"actor": run.actor.name}))
        return {"counted": to}

    @job("tests.crash", title="Crash")
    def crash(run: JobRun) -> None:
        raise ZeroDivisionError("by zero")

    yield
    jobs._kinds.clear()
    jobs._kinds.update(before)


def test_a_job_runs_once_and_leaves_its_result(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 3})
    assert (row.state, row.percent) == ("queued", None)
    assert run_job(row.pk) == row.pk
    assert run_job(row.pk) is None
    row.refresh_from_db()
    assert (row.state, row.done, row.total, row.percent, row.result) == ("succeeded", 3, 3, 100, {"counted": 3})
    assert [step for step, _ in ran] == [1, 2, 3]
    assert ran[0][1] == {"actor": "Tess Tester"}


def test_a_crash_ends_on_the_row_and_can_be_retried(actor: Actor) -> None:
    row = start_job("tests.crash", actor=actor)
    run_job(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert "ZeroDivisionError: by zero" in row.error
    retry_job(job_id=row.pk, actor=actor)
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("queued", "", 0)


def test_a_cancelled_job_stops_at_its_next_step(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 9, "stop_at": 4})
    run_job(row.pk)
    row.refresh_from_db()
    assert (row.state, len(ran)) == ("cancelled", 4)


def test_a_queued_job_is_cancelled_at_once_and_never_runs(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 1})
    cancel_job(job_id=row.pk, actor=actor)
    assert run_job() is None
    assert ran == []
    with pytest.raises(Refused):
        cancel_job(job_id=row.pk, actor=actor)


def test_a_stranger_cannot_cancel_somebody_elses_job(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 1})
    with pytest.raises(NotPermitted):
        cancel_job(job_id=row.pk, actor=Actor("user", 77, "Stranger", frozenset()))
    row.refresh_from_db()
    assert (row.state, row.cancel_requested) == ("queued", False)


def test_a_job_whose_worker_died_is_taken_again_when_its_lease_ends(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 2})
    assert queues.claim_job(row.pk, jobs.LEASE) == (row.pk, 1)
    assert run_job() is None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_job SET lease_until = statement_timestamp() - interval '1 second'")
    assert run_job() == row.pk
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("succeeded", 2)


def test_a_worker_that_lost_its_job_to_another_stops_and_writes_nothing(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 2})
    queues.claim_job(row.pk, jobs.LEASE)
    old = JobRun(row.pk, 1, actor)
    Job.objects.filter(pk=row.pk).update(attempts=2)
    with pytest.raises(jobs.JobCancelled):
        old.progress(1, 2)
    jobs._finish(old, "succeeded", result={"wrong": True})
    row.refresh_from_db()
    assert (row.state, row.result, row.done) == ("running", None, 0)


def test_a_job_that_kills_its_worker_fails_after_five_attempts(actor: Actor) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 1})
    Job.objects.filter(pk=row.pk).update(attempts=5)
    run_job(row.pk)
    row.refresh_from_db()
    assert row.state == "failed"
    assert ran == []


def test_an_overdue_job_is_told_of_once(actor: Actor, clock: FrozenClock) -> None:
    row = start_job("tests.count", actor=actor, params={"to": 1})
    assert tell_overdue_jobs() == 0
    clock.advance(minutes=31)
    assert (tell_overdue_jobs(), tell_overdue_jobs()) == (1, 0)
    event = OutboxEvent.objects.get(name="core.job_overdue")
    assert event.payload == {"job_id": row.pk, "kind": "tests.count", "title": "Count", "owner_id": None}


def test_a_job_keeps_the_limits_its_owner_had(actor: Actor) -> None:
    narrow = Actor("user", None, "Narrow", frozenset({"a.b"}), {"inventory.warehouse": frozenset({7})})
    row = start_job("tests.count", actor=narrow, params={"to": 1})
    later = jobs._actor_of(row)
    assert (later.permissions, later.limit("inventory.warehouse")) == (frozenset({"a.b"}), frozenset({7}))


def test_who_started_an_overdue_job_is_mailed_once(clock: FrozenClock, deliver_events: Callable[[], int]) -> None:
    user = User.objects.create_user("ada@example.org", "a long enough password", name="Ada")
    row = start_job("tests.count", actor=Actor("user", user.pk, "Ada", frozenset()), params={"to": 1})
    clock.advance(minutes=31)
    tell_overdue_jobs()
    deliver_events()
    deliver_events()
    message = Message.objects.get()
    assert (message.recipient, message.subject) == ("ada@example.org", "Still under way: Count")
    assert f"/jobs/{row.pk}/" in message.body
