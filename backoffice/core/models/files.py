"""Files that the installation keeps: what they are called, what they hold, whose they are."""

import secrets

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


def random_token() -> str:
    """The name of a file in addresses: 128 bits, so that it cannot be guessed."""
    return secrets.token_urlsafe(16)


class StoredFile(Row):
    """One stored file. The bytes lie under FILES_ROOT, named by their hash; this row is the only way to them.

    Two rows may share bytes. A smaller copy of a picture is a row of its own: its `original` and the side in pixels.
    """

    token = models.CharField(_("token"), max_length=22, unique=True, default=random_token, editable=False)
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=50)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("hash"), max_length=64)
    actor = models.JSONField(_("stored by"))
    original = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="copies", verbose_name=_("original")
    )
    side = models.PositiveSmallIntegerField(_("side in pixels"), null=True, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["sha256"], name="storedfile_by_hash")]
        constraints = [
            models.UniqueConstraint(fields=["original", "side"], name="storedfile_one_copy_a_side"),
            models.CheckConstraint(
                condition=models.Q(original=None, side=None) | models.Q(original__isnull=False, side__gt=0),
                name="storedfile_copy_has_side",
            ),
            models.CheckConstraint(condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="storedfile_hash"),
        ]
        triggers = [pgtrigger.Protect(name="unchanged", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name
