"""Jobs, deliveries and messages in the console: whose they are, and the buttons that mend them."""

from collections.abc import Iterator

import pytest
from django.test import Client

from backoffice.core import jobs, messaging
from backoffice.core.actors import Actor
from backoffice.core.jobs import Job, JobRun, job, run_job, start_job
from backoffice.core.messaging import message_kind
from backoffice.core.models.messages import Message, MessageTemplate
from backoffice.core.models.outbox import OutboxDelivery, OutboxEvent
from backoffice.core.models.people import Role, User
from backoffice.core.selectors.people import actor_of_user
from backoffice.core.services.messages import queue_message
from backoffice.core.services.roles import seed_roles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    seed_roles()
    before = dict(jobs._kinds)

    @job("tests.nothing", title="Nothing much")
    def nothing(run: JobRun) -> dict[str, int]:
        run.progress(1, 1)
        return {"done": 1}

    yield
    jobs._kinds.clear()
    jobs._kinds.update(before)


def person(name: str, role: str = "picker") -> tuple[Client, Actor]:
    user = User.objects.create_user(f"{name}@example.org", "a long enough password", name=name)
    user.roles.add(Role.objects.get(code=role))
    client = Client()
    client.force_login(user)
    return client, actor_of_user(user)


def test_everybody_sees_their_own_jobs_and_an_administrator_all() -> None:
    owner, actor = person("owner")
    stranger, _stranger = person("stranger")
    boss, _boss = person("boss", "administrator")
    row = start_job("tests.nothing", actor=actor)
    assert [client.get(f"/jobs/{row.pk}/").status_code for client in (owner, stranger, boss)] == [200, 404, 200]
    assert stranger.post(f"/jobs/{row.pk}/cancel/").status_code == 404
    row.refresh_from_db()
    assert (row.state, row.cancel_requested) == ("queued", False)


def test_the_card_asks_for_news_while_the_job_runs_and_no_more_when_it_is_over() -> None:
    owner, actor = person("owner")
    row = start_job("tests.nothing", actor=actor)
    assert "every 2s" in owner.get(f"/jobs/{row.pk}/card/").content.decode()
    run_job(row.pk)
    assert "every 2s" not in owner.get(f"/jobs/{row.pk}/card/").content.decode()


def test_the_owner_cancels_and_runs_again() -> None:
    owner, actor = person("owner")
    row = start_job("tests.nothing", actor=actor)
    owner.post(f"/jobs/{row.pk}/do/cancel/")
    row.refresh_from_db()
    assert row.state == "cancelled"
    owner.post(f"/jobs/{row.pk}/do/retry/")
    row.refresh_from_db()
    assert row.state == "queued"
    assert Job.objects.count() == 1


def test_a_quarantined_delivery_is_shown_with_its_error_and_skipped_with_a_reason() -> None:
    boss, _boss = person("boss", "administrator")
    picker, _picker = person("picker")
    event = OutboxEvent.objects.create(
        name="tests.x", key="k", payload={"n": 1}, actor={"name": "A"}, occurred_at="2026-01-01T00:00Z"
    )
    row = OutboxDelivery.objects.create(
        event=event, handler="tests.y", key="k", state="quarantined", attempts=5, next_at="2026-01-01T00:00Z",
        last_error="ValueError: the rope is torn",
    )  # fmt: skip
    assert "the rope is torn" in boss.get(f"/deliveries/{row.pk}/").content.decode()
    assert picker.get(f"/deliveries/{row.pk}/").status_code == 403
    skip = {"action": "skip", "ids": [row.pk], "stage": "run"}
    boss.post("/deliveries/bulk/", skip)
    row.refresh_from_db()
    assert row.state == "quarantined"
    boss.post("/deliveries/bulk/", {**skip, "reason": "the bell is gone"})
    row.refresh_from_db()
    assert (row.state, row.skip_reason, row.mended_by) == ("skipped", "the bell is gone", "boss")


def test_mails_are_read_by_those_who_may() -> None:
    boss, actor = person("boss", "administrator")
    picker, _picker = person("picker")
    message = Message.objects.create(
        kind="tests.k", recipient="ada@example.org", language="en", subject="Hello <b>Ada</b>", body="See https://x.example",
        next_at="2026-01-01T00:00Z", actor=actor.as_json(),
    )  # fmt: skip
    page = boss.get(f"/messages/{message.pk}/").content.decode()
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;" in page
    assert picker.get(f"/messages/{message.pk}/").status_code == 403


def test_staffs_words_are_checked_where_they_are_written_and_used_from_then_on() -> None:
    boss, actor = person("boss", "administrator")
    before = dict(messaging._kinds)
    message_kind(
        "tests.hello", title="Hello", subject="Hello {{ name }}", body="Dear {{ name }}", sample={"name": "Ada"}
    )
    try:
        words = {
            "kind": "tests.hello",
            "language": "en",
            "channel": "",
            "subject": "Hi {{ name }}",
            "body": "{{ secret }}",
        }
        refused = boss.post("/templates/add/", words)
        assert (refused.status_code, MessageTemplate.objects.count()) == (422, 0)
        assert "secret" in refused.content.decode()
        assert boss.post("/templates/add/", {**words, "body": "Hi!"}).status_code == 302
        sent = queue_message(
            kind="tests.hello", to="a@example.org", values={"name": "Ada"}, language="en", actor=actor
        )  # fmt: skip
        assert (sent.subject, sent.body) == ("Hi Ada", "Hi!")
    finally:
        messaging._kinds.clear()
        messaging._kinds.update(before)
