"""Events and their deliveries. Written by `events.publish` and `outbox` alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """One thing that happened."""

    name = models.CharField(_("event"), max_length=100)
    key = models.CharField(_("key"), max_length=200, blank=True)
    payload = models.JSONField(_("facts"))
    actor = models.JSONField(_("actor"))
    occurred_at = models.DateTimeField(_("occurred"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["name", "id"], name="outboxevent_by_name"),
            models.Index(fields=["key", "id"], name="outboxevent_by_key", condition=~models.Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class OutboxDelivery(models.Model):
    """One event on its way to one handler."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        DONE = "done", _("done")
        QUARANTINED = "quarantined", _("quarantined")
        SKIPPED = "skipped", _("skipped")

    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("event"))
    handler = models.CharField(_("handler"), max_length=150)
    key = models.CharField(_("key"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    done_at = models.DateTimeField(_("done at"), null=True)
    last_error = models.TextField(_("last error"), blank=True)
    skip_reason = models.CharField(_("why it was skipped"), max_length=500, blank=True, db_default="")
    mended_by = models.CharField(_("mended by"), max_length=150, blank=True, db_default="")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="outboxdelivery_once_a_handler")]
        indexes = [
            models.Index(fields=["handler", "id"], name="outboxdelivery_waiting", condition=models.Q(state="pending")),
            models.Index(
                fields=["handler", "key", "id"],
                name="outboxdelivery_open_by_key",
                condition=models.Q(state__in=["pending", "quarantined"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} ← {self.event_id}"
