"""Files that the installation keeps: what they are called, what they hold, whose they are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


class StoredFile(Row):
    """One stored file. The bytes lie under FILES_ROOT, named by their hash; this row is the only way to them."""

    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=50)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("hash"), max_length=64)
    actor = models.JSONField(_("stored by"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["sha256"], name="storedfile_by_hash")]

    def __str__(self) -> str:
        return self.name
