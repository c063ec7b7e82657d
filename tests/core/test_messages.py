"""Messages: the words are fixed when queued, each attempt is logged, one key is one mail, staff's words are checked."""

from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _
from pytest_django import Settings

from backoffice.core import messaging
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, NotPermitted, Refused
from backoffice.core.messaging import message_kind
from backoffice.core.models.messages import Message, MessageAttempt, MessageTemplate
from backoffice.core.refs import Ref
from backoffice.core.services.messages import queue_message, resend_message, save_template, send_waiting_messages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    before = dict(messaging._kinds)
    message_kind(
        "tests.greeting",
        title="Greeting",
        subject=_("Hello {{ name }}"),
        body=_("Dear {{ name }},\n{{#each things}}- {{ title }}\n{{/each}}"),
        sample={"name": "Ada", "things": [{"title": "a lamp"}]},
    )
    yield
    messaging._kinds.clear()
    messaging._kinds.update(before)


@pytest.fixture(autouse=True)
def smtp(settings: Settings) -> None:
    """Mails leave the house, into Django's outbox of the tests."""
    settings.MAIL_DELIVERY = "smtp"


def greet(actor: Actor, name: str = "Ada", **more: object) -> Message:
    values = {"name": name, "things": [{"title": "a lamp"}, {"title": "two chairs"}]}
    return queue_message(
        kind="tests.greeting", to="ada@example.org", values=values, language="en", actor=actor, **more  # type: ignore[arg-type]
    )  # fmt: skip


def break_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def make_due() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_message SET next_at = statement_timestamp() WHERE state = 'queued'")


def test_a_message_is_sent_once_in_the_words_it_was_queued_with(actor: Actor) -> None:
    message = greet(actor, about=Ref("core.company", "1"))
    save_template(kind="tests.greeting", language="en", subject="Other", body="Other", version=None, actor=actor)
    assert (send_waiting_messages(), send_waiting_messages()) == (1, 0)
    [sent] = mail.outbox
    assert (sent.subject, sent.body) == ("Hello Ada", "Dear Ada,\n- a lamp\n- two chairs\n")
    assert sent.extra_headers["Message-ID"] == f"<message-{message.pk}@localhost>"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.log.get().is_sent) == ("sent", 1, True)


def test_one_key_is_one_message(actor: Actor) -> None:
    first, second = greet(actor, once_key="order 7 shipped"), greet(actor, name="Eve", once_key="order 7 shipped")
    assert (first.pk, Message.objects.count()) == (second.pk, 1)


def test_a_broken_server_is_logged_and_a_person_can_send_again(settings: Settings, actor: Actor) -> None:
    backend = settings.EMAIL_BACKEND
    break_server(settings)
    message = greet(actor)
    for _turn in range(7):
        make_due()
        send_waiting_messages()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("failed", 5)
    assert [row.is_sent for row in message.log.all()] == [False] * 5
    assert "ConnectionRefusedError" in message.log.first().answer  # type: ignore[union-attr]

    settings.EMAIL_BACKEND = backend
    resend_message(message_id=message.pk, actor=actor)
    assert send_waiting_messages() == 1
    assert (len(mail.outbox), message.log.count()) == (1, 6)


def test_refuses_to_send_again_what_still_waits_and_by_whom_it_may_not(actor: Actor) -> None:
    message = greet(actor)
    with pytest.raises(Refused):
        resend_message(message_id=message.pk, actor=actor)
    with pytest.raises(NotPermitted):
        resend_message(message_id=message.pk, actor=Actor("user", 5, "Eve", frozenset()))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)


@pytest.mark.parametrize("to", ["", "nobody", "a@b@c", "x@y\nBcc: z@w.example"])
def test_refuses_what_is_no_mail_address_and_queues_nothing(actor: Actor, to: str) -> None:
    with pytest.raises(Invalid):
        queue_message(kind="tests.greeting", to=to, values={"name": "x", "things": []}, language="en", actor=actor)
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    "body", ["{{ password }}", "{{ name.__class__ }}", "{% debug %}{{ name", "{{#each name}}x{{/each}}", "{{#if x}}"]
)
def test_refuses_a_template_that_does_not_fit_and_keeps_the_old_one(actor: Actor, body: str) -> None:
    save_template(kind="tests.greeting", language="en", subject="Hi", body="Old", version=None, actor=actor)
    with pytest.raises(Invalid) as refusal:
        save_template(kind="tests.greeting", language="en", subject="Hi", body=body, version=1, actor=actor)
    assert refusal.value.field == "body"
    assert MessageTemplate.objects.get().body == "Old"


def test_the_staffs_words_for_a_channel_come_before_those_for_all(actor: Actor) -> None:
    for channel, subject in (("", "For all"), ("web", "For the web")):
        save_template(
            kind="tests.greeting", language="en", channel=channel, subject=subject, body="x", version=None, actor=actor
        )
    assert greet(actor, channel="web").subject == "For the web"
    assert greet(actor, channel="shop").subject == "For all"


def test_a_subject_is_one_line_whatever_the_values_hold(actor: Actor) -> None:
    message = greet(actor, name="Ada\r\nBcc: eve@example.org")
    assert message.subject == "Hello Ada Bcc: eve@example.org"


def test_the_log_of_attempts_cannot_be_changed(actor: Actor) -> None:
    greet(actor)
    send_waiting_messages()
    with pytest.raises(DatabaseError), transaction.atomic():
        MessageAttempt.objects.update(is_sent=False)
    assert MessageAttempt.objects.get().is_sent
