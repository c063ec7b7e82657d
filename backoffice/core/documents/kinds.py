"""The kinds of documents. The app that owns the subject registers the kind; core makes, keeps and hands out its versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.pdf import Limits
from backoffice.core.errors import Missing, Words
from backoffice.core.models.companies import Company
from backoffice.core.permissions import VIEW_DOCUMENTS
from backoffice.core.refs import Ref


@dataclass(frozen=True, slots=True)
class Content:
    """What one document says: the values of its template, pictures it shows as `files/<name>`, and whose it is.

    Equal content must give equal values: a moment such as “printed at” belongs into the log and not on the page, or
    every look would make a new version.
    """

    company: Company
    values: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """`content(subject, language)` reads the subject; `template` prints it; `number_series` counts it, where it is counted.

    `right_to_issue` and `right_to_open` are permission codes. `file_name` holds {number}, {subject} and {version}.
    """

    code: str
    title: Words
    template: str
    content: Callable[[Ref, str], Content]
    right_to_issue: str
    right_to_open: str = VIEW_DOCUMENTS
    number_series: str | None = None
    file_name: str = "{number}.pdf"
    limits: Limits = field(default_factory=Limits)


_kinds: dict[str, DocumentKind] = {}


def register_document_kind(kind: DocumentKind) -> None:
    """Called by the owning app when it is ready (`kinds.py`). A second kind of one code is a mistake."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"The document kind {kind.code} is registered twice.")
    _kinds[kind.code] = kind


def document_kind(code: str) -> DocumentKind:
    """A kind by its code; Missing when no app has it."""
    if code not in _kinds:
        raise Missing("document_kind_unknown", _("There is no document kind “%(code)s”.") % {"code": code})
    return _kinds[code]


def document_kinds() -> Mapping[str, DocumentKind]:
    """Every registered kind by code."""
    return _kinds
