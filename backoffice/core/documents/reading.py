"""Questions about documents that were issued."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Missing
from backoffice.core.models.documents import Document, DocumentLog, DocumentVersion
from backoffice.core.refs import Ref


def documents_about(subject: Ref) -> QuerySet[Document]:
    """The documents of one thing, each with its versions, newest first, in three queries."""
    return (
        Document.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
        .prefetch_related("versions__file")
        .order_by("-pk")
    )


def version_of(document: Document, number: int | None = None) -> DocumentVersion:
    """One version, the newest unless a number is given. Missing when there is none."""
    versions = document.versions.select_related("file", "document").order_by("-version")
    found = (versions if number is None else versions.filter(version=number)).first()
    if found is None:
        raise Missing("document_version_missing", _("There is no such version of this document."))
    return found


def log_of(document: Document) -> QuerySet[DocumentLog]:
    """Who did what with every version of a document, oldest first."""
    return DocumentLog.objects.filter(version__document=document).select_related("version").order_by("pk")
