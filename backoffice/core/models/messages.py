"""What the house says to people outside: the words, the messages, every attempt to send one."""

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row
from backoffice.core.models.files import StoredFile


@pghistory.track(append_only=True)
class MessageTemplate(Editable):
    """The staff's own words for one kind of message in one language, for all channels or one. Without a row the
    product's own words are used."""

    kind = models.CharField(_("kind"), max_length=100)
    language = models.CharField(_("language"), max_length=10)
    channel = models.CharField(_("channel"), max_length=100, blank=True, help_text=_("Empty: for every channel."))
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["kind", "language", "channel"]
        constraints = [models.UniqueConstraint(fields=["kind", "language", "channel"], name="messagetemplate_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class Message(Row):
    """One mail. Its words are fixed when it is queued: what was sent can be read for ever as it was."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=100)
    # Queueing the same message twice (a handler that runs again) is one message.
    once_key = models.CharField(_("key"), max_length=200, null=True, unique=True, editable=False)
    recipient = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=10)
    subject = models.CharField(_("subject"), max_length=300)
    body = models.TextField(_("text"))
    # What the mail holds and nobody who reads messages may see: encrypted, with a mark in the body where each belongs.
    sealed = models.TextField(_("sealed values"), blank=True, editable=False)
    about_kind = models.CharField(_("about"), max_length=100, blank=True)
    about_id = models.CharField(_("about number"), max_length=100, blank=True)
    attachments = models.ManyToManyField(StoredFile, related_name="+", blank=True, verbose_name=_("attachments"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    actor = models.JSONField(_("queued by"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["next_at", "id"], name="message_waiting", condition=models.Q(state="queued")),
            models.Index(fields=["about_kind", "about_id", "-id"], name="message_about"),
            models.Index(fields=["recipient", "-id"], name="message_by_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject


class MessageAttempt(Row):
    """One try to hand a message to the mail server, with what the server said."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="log", verbose_name=_("message"))
    number = models.PositiveSmallIntegerField(_("attempt"))
    is_sent = models.BooleanField(_("sent"))
    way = models.CharField(_("way"), max_length=20)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("attempt to send")
        verbose_name_plural = _("attempts to send")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}"
