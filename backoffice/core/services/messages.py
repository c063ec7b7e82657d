"""Queueing, sending and sending again.

`queue_message` writes a row; a task empties the tray. An attempt is counted before the mail server is asked and logged
after it, each in its own transaction: while the server is slow no row is locked, and a worker that dies in between has
used one attempt up. The Message-ID is the same at each attempt, so a mail that arrives twice can be told by its reader.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock, crypto, queues, templating
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Refused
from backoffice.core.files import storage
from backoffice.core.locks import lock_one
from backoffice.core.messaging import MessageKind, all_message_kinds
from backoffice.core.models.files import StoredFile
from backoffice.core.models.messages import Message, MessageAttempt, MessageTemplate
from backoffice.core.nudges import nudge_after_commit
from backoffice.core.permissions import MANAGE_MESSAGES, MANAGE_PEOPLE
from backoffice.core.refs import Ref

log = structlog.get_logger(__name__)
TASK = "backoffice.core.send_messages"
SEAL = "message"


def words_for(kind: MessageKind, language: str, channel: str = "") -> tuple[str, str]:
    """Subject and body in force: the staff's for this channel, the staff's for all, else the product's own."""
    rows = MessageTemplate.objects.filter(kind=kind.code, language=language, channel__in={channel, ""}, is_active=True)
    for row in sorted(rows, key=lambda row: row.channel == ""):
        return row.subject, row.body
    with translation.override(language):
        return str(kind.subject), str(kind.body)


def queue_message(
    *,
    kind: str,
    to: str,
    values: Mapping[str, Any],
    language: str,
    actor: Actor,
    about: Ref | None = None,
    channel: str = "",
    once_key: str | None = None,
    attachments: Iterable[StoredFile] = (),
    zone: str = "UTC",
    secrets: Mapping[str, str] | None = None,
) -> Message:
    """Fill the words and queue the mail, inside the caller's transaction. The same `once_key` again is the same message.

    Invalid when the address is none. A value that the words ask for and nobody gave shows as a blank and is logged.
    `secrets` are values (a link that sets a password) that only the mail itself shows: the row keeps them encrypted.
    """
    known = all_message_kinds()[kind]
    try:
        validate_email(to)
    except ValidationError as error:
        raise Invalid("bad_mail_address", _("“%(to)s” is not a mail address.") % {"to": to}, field="to") from error
    subject, body = words_for(known, language, channel)
    values = {**values, **{name: mark_of(name) for name in secrets or {}}}
    line = templating.render(subject, values, mode="line", language=language, zone=zone)
    text = templating.render(body, values, mode="text", language=language, zone=zone)
    if line.missing or text.missing:
        log.warning("message_has_blanks", kind=kind, names=[*line.missing, *text.missing])
    with acting(actor):
        if once_key is not None:
            earlier = Message.objects.filter(once_key=once_key).first()
            if earlier is not None:
                return earlier
        message = Message(
            kind=kind,
            once_key=once_key,
            recipient=to,
            language=language,
            subject=line.text[:300],
            body=text.text,
            sealed=crypto.encrypt(json.dumps(dict(secrets)), SEAL) if secrets else "",
            about_kind=about.kind if about else "",
            about_id=about.id if about else "",
            next_at=clock.now(),
            actor=actor.as_json(),
        )
        try:
            with transaction.atomic():
                message.save()
        except IntegrityError:
            return Message.objects.get(once_key=once_key)
        message.attachments.set(list(attachments))
        nudge_after_commit(TASK)
    return message


def mark_of(name: str) -> str:
    """What stands in the body where a secret belongs."""
    return f"⟦{name}⟧"


def opened_body(message: Message) -> str:
    """The text with its secrets. For the mail itself; for a page only where mails are read on that page instead."""
    body = message.body
    if message.sealed:
        for name, value in json.loads(crypto.decrypt(message.sealed, SEAL)).items():
            body = body.replace(mark_of(name), value)
    return body


def shown_body(message: Message, actor: Actor) -> str:
    """The text for a page. Where mails go nowhere but to that page, those who manage people see the secrets as well;
    everywhere else nobody does: a link that opens an account is for its owner."""
    if message.sealed and settings.MAIL_DELIVERY == "page" and actor.may(MANAGE_PEOPLE):
        return opened_body(message)
    return message.body


def send_waiting_messages(limit: int = 200) -> int:
    """Empty the tray: send every message that is due. Returns how many were sent."""
    sent = 0
    for _turn in range(limit):
        claim = queues.claim_message()
        if claim is None:
            break
        sent += _send(*claim)
    return sent


def _send(message_id: int, attempt: int) -> bool:
    message = Message.objects.get(pk=message_id)
    way = settings.MAIL_DELIVERY
    try:
        if way == "smtp":
            _hand_over(message)
        outcome, answer = True, ""
    except Exception as error:  # noqa: BLE001  (whatever the server or the network says belongs into the log of the message)
        outcome, answer = False, f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
        log.warning("message_not_sent", message=message_id, attempt=attempt, error=answer)
    with transaction.atomic():
        MessageAttempt.objects.create(message_id=message_id, number=attempt, is_sent=outcome, way=way, answer=answer)
        rows = Message.objects.filter(pk=message_id, state=Message.State.QUEUED)
        if outcome:
            rows.update(state=Message.State.SENT, sent_at=clock.now())
        elif attempt >= queues.ATTEMPTS:
            rows.update(state=Message.State.FAILED)
        else:
            rows.update(next_at=clock.now() + queues.back_off(attempt))
    return outcome


def _hand_over(message: Message) -> None:
    host = settings.PUBLIC_URL.split("://")[-1].split("/")[0].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=opened_body(message),
        to=[message.recipient],
        headers={"Message-ID": f"<message-{message.pk}@{host}>", "Content-Language": message.language},
    )
    for file in message.attachments.all():
        with storage.open_file(file) as content:
            mail.attach(file.name, content.read(), file.content_type)
    mail.send()


def resend_message(*, message_id: int, actor: Actor) -> Message:
    """Send it once more, in the words it had. The log keeps both attempts. A message that still waits is refused."""
    actor.require(MANAGE_MESSAGES)
    with acting(actor, "resend message"):
        message = lock_one(Message.objects.all(), message_id)
        if message.state == Message.State.QUEUED:
            raise Refused("message_waits", _("This message still waits to be sent."))
        message.state, message.attempts, message.next_at = Message.State.QUEUED, 0, clock.now()
        message.save(update_fields=["state", "attempts", "next_at"])
        nudge_after_commit(TASK)
    return message


def save_template(
    *, kind: str, language: str, channel: str = "", subject: str, body: str, version: int | None, actor: Actor
) -> MessageTemplate:
    """The staff's own words. Invalid, with line and column, for what does not fit the kind's sample values."""
    actor.require(MANAGE_MESSAGES)
    known = all_message_kinds()[kind]
    for source, name in ((subject, "subject"), (body, "body")):
        try:
            templating.check(source, known.sample)
        except Invalid as error:
            error.field = name
            raise
    with acting(actor):
        row = MessageTemplate.objects.filter(kind=kind, language=language, channel=channel).first()
        if row is None:
            row = MessageTemplate(kind=kind, language=language, channel=channel)
        else:
            row = lock_one(MessageTemplate.objects.all(), row.pk)
            if version is not None and version != row.version:
                raise Refused("edited_meanwhile", _("Somebody changed these words while you were editing."))
        row.subject, row.body, row.is_active = subject, body, True
        row.save()
    return row
