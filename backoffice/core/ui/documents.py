"""Documents on the page of what they are about: make one, open any version of it, see who had it in hands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.documents.kinds import document_kind
from backoffice.core.documents.pdf import pdf_available
from backoffice.core.documents.service import issue_document
from backoffice.core.errors import Words
from backoffice.core.models.documents import DocumentLog, DocumentVersion
from backoffice.core.refs import Ref
from backoffice.core.ui.pages.parts import Panel, RowAction


def documents_panel(code: str, subject: Callable[[Any], Ref]) -> Panel:
    """The versions of one kind of document about a row, newest first, with the log of the newest ones."""

    def context(row: Any, actor: Actor) -> Mapping[str, Any]:
        kind = document_kind(code)
        ref = subject(row)
        versions = list(
            DocumentVersion.objects.filter(
                document__kind=code, document__subject_kind=ref.kind, document__subject_id=ref.id
            )
            .select_related("file", "document")
            .order_by("-version")[:10]
        )
        log = DocumentLog.objects.filter(version__in=versions).select_related("version").order_by("-pk")[:20]
        shown = [
            {
                "row": version,
                "view_url": reverse("core_document_open", args=[version.pk, "viewed"]),
                "download_url": reverse("core_document_open", args=[version.pk, "downloaded"]),
            }
            for version in versions
        ]
        return {"title": kind.title, "versions": shown, "log": list(log), "is_pdf_on": pdf_available()}

    return Panel("core/documents/panel.html", context)


def issue_action(code: str, title: Words, subject: Callable[[Any], Ref], right: str) -> RowAction:
    """The button that makes the document; a repeat without a change makes no new version."""

    def run(row: Any, actor: Actor, data: Mapping[str, Any], item: int) -> None:
        issue_document(kind=code, subject=subject(row), language=translation.get_language() or "en", actor=actor)

    def reason(row: Any, actor: Actor) -> Words:
        return "" if pdf_available() else _("PDF is off on this machine: pango is missing.")

    return RowAction(
        code="issue",
        title=title,
        run=run,
        right=right,
        icon="document-text",
        done=_("The document is below."),
        reason=reason,
    )
