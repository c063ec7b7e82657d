"""Commands that were carried out, with the answer each one got."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Command(models.Model):
    """One command id of one credential. Written by `commands.once` alone."""

    scope = models.CharField(_("credential"), max_length=100)
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    content_type = models.CharField(_("content type"), max_length=100)
    body = models.BinaryField(_("answer"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="command_once")]
        indexes = [models.Index(fields=["created_at"], name="command_by_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
