"""Issuing documents, keeping every version of them, and writing down who did what with which.

A document is one row about one subject and holds the number. Issuing it makes a version: a PDF that is kept byte for byte
and never changes. Issuing it again makes the next version when the result differs; the earlier ones still open.
"""

import hashlib
from typing import Literal, TypeAlias

from django.db import IntegrityError, transaction
from django.http import FileResponse
from django.template.loader import render_to_string
from django.utils import translation

from backoffice.core import numbering
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.documents.kinds import Content, DocumentKind, document_kind
from backoffice.core.documents.pdf import render_pdf
from backoffice.core.files.rules import DOCUMENT
from backoffice.core.files.storage import answer_with, store_file
from backoffice.core.locks import lock_one
from backoffice.core.models.documents import Document, DocumentLog, DocumentVersion
from backoffice.core.models.files import StoredFile
from backoffice.core.origin import current_origin
from backoffice.core.refs import Ref

How: TypeAlias = Literal["sent", "viewed", "printed", "downloaded"]


def issue_document(*, kind: str, subject: Ref, language: str, actor: Actor, renew: bool = False) -> DocumentVersion:
    """Make the document about `subject` in `language` and keep it as the newest version.

    When it comes out byte for byte like the newest version, that one is the answer, so that a repeated click makes no
    version; `renew` makes one all the same. Call it outside of a transaction: the page is made between two short ones,
    and a number series is not held up meanwhile. A number once given stays with the document, also when the page fails.
    Raises NotPermitted, Missing, and what `render_pdf` raises.
    """
    known = document_kind(kind)
    actor.require(known.right_to_issue)
    content = known.content(subject, language)
    with acting(actor, f"issue {kind}"):
        document = _document(known, subject, content, actor)
    pdf = render_pdf(_page(known, document, content, language), files=content.files, limits=known.limits)
    with acting(actor, f"issue {kind}"):
        return _keep(known, document, pdf, language, actor, renew=renew)


def document_page(*, kind: str, subject: Ref, language: str, actor: Actor) -> str:
    """The document as a web page, for a look before it is issued and for machines without PDF. Keeps and counts nothing."""
    known = document_kind(kind)
    actor.require(known.right_to_open)
    document = _found(known, subject) or Document(kind=kind, subject_kind=subject.kind, subject_id=subject.id)
    return _page(known, document, known.content(subject, language), language)


def open_document(version: DocumentVersion, actor: Actor, how: How = "viewed", note: str = "") -> StoredFile:
    """The file of a version, after writing down who took it, from where and what for. NotPermitted without the right."""
    actor.require(document_kind(version.document.kind).right_to_open)
    with acting(actor):
        _write_down(version, how, actor, note)
    return version.file


def serve_document(version: DocumentVersion, actor: Actor, how: How = "viewed") -> FileResponse:
    """`open_document` as an answer: shown in place, or as a download when that is what was asked for."""
    file = open_document(version, actor, how)
    return answer_with(file, "attachment" if how == "downloaded" else "inline")


def _document(kind: DocumentKind, subject: Ref, content: Content, actor: Actor) -> Document:
    found = _found(kind, subject)
    if found is not None:
        return found
    try:
        # The number is drawn inside: whoever loses the race below gives it back.
        with transaction.atomic():
            number = ""
            if kind.number_series is not None:
                number = numbering.next_numbers(company=content.company, code=kind.number_series)[0]
            return Document.objects.create(
                company=content.company,
                kind=kind.code,
                subject_kind=subject.kind,
                subject_id=subject.id,
                number=number,
                actor=actor.as_json(),
            )
    except IntegrityError:
        found = _found(kind, subject)
        if found is None:
            raise
        return found


def _found(kind: DocumentKind, subject: Ref) -> Document | None:
    return Document.objects.filter(kind=kind.code, subject_kind=subject.kind, subject_id=subject.id).first()


def _page(kind: DocumentKind, document: Document, content: Content, language: str) -> str:
    with translation.override(language):
        values = {**content.values, "company": content.company, "document": document, "document_title": kind.title}
        return render_to_string(kind.template, values)


def _keep(
    kind: DocumentKind, document: Document, pdf: bytes, language: str, actor: Actor, *, renew: bool
) -> DocumentVersion:
    lock_one(Document.objects.all(), document.pk)
    latest = document.versions.order_by("-version").first()
    sha256 = hashlib.sha256(pdf).hexdigest()
    if latest is not None and not renew and (latest.sha256, latest.language) == (sha256, language):
        return latest
    number = latest.version + 1 if latest is not None else 1
    name = kind.file_name.format(
        number=document.number or f"{kind.code}-{document.subject_id}", subject=document.subject_id, version=number
    )
    file = store_file(pdf, name=name, kind=DOCUMENT, content_type="application/pdf", actor=actor)
    version = DocumentVersion.objects.create(
        document=document, version=number, file=file, sha256=sha256, language=language, actor=actor.as_json()
    )
    _write_down(version, DocumentLog.How.CREATED, actor)
    return version


def _write_down(version: DocumentVersion, how: str, actor: Actor, note: str = "") -> DocumentLog:
    origin = current_origin()
    return DocumentLog.objects.create(
        version=version, how=how, actor=actor.as_json(), ip=origin.ip, user_agent=origin.user_agent, note=note[:200]
    )
