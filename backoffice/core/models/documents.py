"""Documents that were issued, each version of them byte for byte, and who did what with it."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row
from backoffice.core.models.companies import Company
from backoffice.core.models.files import StoredFile
from backoffice.core.refs import Ref


class Document(Row):
    """A document about one thing: the invoice of an order, the packing slip of a shipment. Holds its number, if any."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="documents", verbose_name=_("company"))
    kind = models.CharField(_("kind"), max_length=50)
    subject_kind = models.CharField(_("about (kind)"), max_length=50)
    subject_id = models.CharField(_("about"), max_length=50)
    number = models.CharField(_("number"), max_length=60, blank=True)
    actor = models.JSONField(_("made by"))

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_kind", "subject_id"], name="document_once_a_subject"),
            models.UniqueConstraint(
                fields=["company", "kind", "number"], condition=~models.Q(number=""), name="document_number_once"
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="document_by_subject")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.number or f"{self.kind} {self.subject}"

    @property
    def subject(self) -> Ref:
        return Ref(self.subject_kind, self.subject_id)


class DocumentVersion(Row):
    """What was issued at one moment, unchanged for ever."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="versions", verbose_name=_("document")
    )
    version = models.PositiveIntegerField(_("version"))
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    sha256 = models.CharField(_("hash"), max_length=64)
    language = models.CharField(_("language"), max_length=10)
    actor = models.JSONField(_("issued by"))

    class Meta:
        verbose_name = _("document version")
        verbose_name_plural = _("document versions")
        constraints = [
            models.UniqueConstraint(fields=["document", "version"], name="documentversion_once"),
            models.CheckConstraint(condition=models.Q(version__gt=0), name="documentversion_from_one"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.version}"


class DocumentLog(Row):
    """One thing that somebody did with a version."""

    class How(models.TextChoices):
        CREATED = "created", _("created")
        SENT = "sent", _("sent")
        VIEWED = "viewed", _("viewed")
        PRINTED = "printed", _("printed")
        DOWNLOADED = "downloaded", _("downloaded")

    version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, related_name="log", verbose_name=_("version")
    )
    how = models.CharField(_("what was done"), max_length=10, choices=How)
    actor = models.JSONField(_("by whom"))
    ip = models.GenericIPAddressField(_("from"), null=True)
    user_agent = models.CharField(_("program"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("document log entry")
        verbose_name_plural = _("document log")
        ordering = ["pk"]
        indexes = [models.Index(fields=["version", "id"], name="documentlog_by_version")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how__in=["created", "sent", "viewed", "printed", "downloaded"]),
                name="documentlog_how_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.how}"
