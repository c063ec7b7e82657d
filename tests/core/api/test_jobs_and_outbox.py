"""Jobs and deliveries through their API: one's own, what can be done about them, and what is told to nobody else."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.db import transaction

from backoffice.core import events, jobs, outbox
from backoffice.core.actors import Actor
from backoffice.core.events import Event, on, publish
from backoffice.core.jobs import job, start_job
from backoffice.core.models.jobs import Job
from backoffice.core.models.outbox import OutboxDelivery
from backoffice.core.permissions import MANAGE_JOBS, MEND_OUTBOX, VIEW_JOBS, VIEW_OUTBOX, VIEW_SETTINGS
from tests.support.api import body_of, holder_of, make_program, person, program, refused

pytestmark = pytest.mark.django_db


class ApiBellRang(Event):
    """A bell rang. Exists in these tests alone."""

    name: ClassVar[str] = "tests.api_bell_rang"


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    """A kind of job and a handler that exist while a test of this module runs."""
    kinds, handlers = dict(jobs._kinds), dict(events._handlers)

    @job("tests.count", title="Count")
    def count(run: Any) -> None:
        raise ZeroDivisionError("our insides")

    @on(ApiBellRang)
    def hear(event: ApiBellRang) -> None:
        raise ValueError("deaf")

    yield
    jobs._kinds.clear()
    jobs._kinds.update(kinds)
    events._handlers.clear()
    events._handlers.update(handlers)


def owner_of(client: Any) -> Actor:
    told = body_of(client.get("/api/v1/whoami"))
    return Actor(told["kind"], told["id"], told["name"], frozenset(told["permissions"]))


def test_everybody_sees_their_own_jobs_and_no_other() -> None:
    made = make_program(VIEW_SETTINGS)
    clients = [holder_of(made.secret), program(VIEW_SETTINGS, name="Other"), person(VIEW_SETTINGS)]
    own = [start_job("tests.count", actor=owner_of(client)).pk for client in clients]
    system = start_job("tests.count", actor=Actor.system("clock")).pk
    for client, mine in zip(clients, own, strict=True):
        assert [row["id"] for row in body_of(client.get("/api/v1/jobs"))["results"]] == [mine]
        for other in ({*own, system}) - {mine}:
            refused(client.get(f"/api/v1/jobs/{other}"), 404)
            refused(client.post(f"/api/v1/jobs/{other}/cancel"), 404)
    everybody = body_of(program(VIEW_JOBS, name="All").get("/api/v1/jobs", {"ordering": "id"}))["results"]
    assert [row["id"] for row in everybody] == [*own, system]
    assert not Job.objects.filter(cancel_requested=True).exists()


def test_a_person_cancels_and_retries_their_own_job() -> None:
    client = person(VIEW_SETTINGS)
    row = start_job("tests.count", actor=owner_of(client))
    address = f"/api/v1/jobs/{row.pk}"
    refused(client.post(f"{address}/retry"), 422, "job_not_over")
    refused(client.post(f"{address}/cancel", {"why": "x"}), 400, "unexpected_body")
    assert body_of(client.post(f"{address}/cancel", {}))["state"] == "cancelled"
    refused(client.post(f"{address}/cancel"), 422, "job_is_over")
    assert body_of(client.post(f"{address}/retry"))["state"] == "queued"
    jobs.run_job(row.pk)
    told = body_of(client.get(address))
    assert (told["state"], "insides" in str(told), "Traceback" in str(told)) == ("failed", False, False)


def test_to_see_a_job_of_others_is_not_to_cancel_it() -> None:
    row = start_job("tests.count", actor=Actor.system("clock"))
    refused(program(VIEW_JOBS).post(f"/api/v1/jobs/{row.pk}/cancel"), 403, "not_permitted")
    row.refresh_from_db()
    assert (row.state, row.cancel_requested) == ("queued", False)
    assert body_of(program(VIEW_JOBS, MANAGE_JOBS).post(f"/api/v1/jobs/{row.pk}/cancel"))["state"] == "cancelled"


def test_a_delivery_that_failed_is_seen_retried_and_skipped_for_a_reason() -> None:
    with transaction.atomic():
        publish(ApiBellRang())
    OutboxDelivery.objects.update(state="quarantined", attempts=5, last_error="ValueError: deaf")
    row = OutboxDelivery.objects.get()
    looker, mender = program(VIEW_OUTBOX), program(VIEW_OUTBOX, MEND_OUTBOX)
    listed = body_of(looker.get("/api/v1/outbox/deliveries", {"state": "quarantined", "event": "tests.api_bell_rang"}))
    assert [(one["id"], one["event"], one["attempts"]) for one in listed["results"]] == [
        (row.pk, "tests.api_bell_rang", 5)
    ]
    address = f"/api/v1/outbox/deliveries/{row.pk}"
    for call in ("retry", "skip"):
        refused(looker.post(f"{address}/{call}", {"reason": "x"}), 403, "not_permitted")
    told = body_of(mender.post(f"{address}/retry"))
    assert (told["state"], told["attempts"], told["mended_by"]) == ("pending", 0, "Program")
    for body in (
        {},
        {"reason": ""},
        {"reason": " "},
        {"reason": "x" * 501},
        {"reason": "a\nb"},
        {"reason": 7},
        {"why": "x"},
    ):
        refused(mender.post(f"{address}/skip", body), 400)
    row.refresh_from_db()
    assert row.state == "pending"
    told = body_of(mender.post(f"{address}/skip", {"reason": "the bell is gone"}, headers={"Idempotency-Key": "k"}))
    assert (told["state"], told["skip_reason"]) == ("skipped", "the bell is gone")
    refused(mender.post(f"{address}/skip", {"reason": "again"}), 422, "delivery_is_over")
    assert outbox.drain() == 0
