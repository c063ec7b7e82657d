"""Issued documents: numbered once, kept byte for byte in every version, and each opening written down."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import InternalError, connection, transaction
from pytest_django import Settings

from backoffice.core import numbering
from backoffice.core.actors import Actor
from backoffice.core.documents import kinds, service
from backoffice.core.documents.kinds import Content, DocumentKind, register_document_kind
from backoffice.core.documents.reading import documents_about, log_of, version_of
from backoffice.core.documents.service import document_page, issue_document, open_document, serve_document
from backoffice.core.errors import Missing, NotPermitted, Refused
from backoffice.core.files.storage import read_file, serve
from backoffice.core.models.companies import Company
from backoffice.core.models.documents import Document, DocumentLog, DocumentVersion
from backoffice.core.models.files import StoredFile
from backoffice.core.origin import coming_from, origin_of
from backoffice.core.refs import Ref

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pdf_engine")]

ORDER = Ref("tests.order", "17")
CLERK = Actor("user", 7, "Clara Clerk", frozenset({"tests.issue", "core.view_documents"}))
READER = Actor("user", 8, "Rita Reader", frozenset({"core.view_documents"}))
STRANGER = Actor("user", 9, "Sam Stranger", frozenset())

facts: dict[str, str] = {}


def content(subject: Ref, language: str) -> Content:
    """What the slip of an order says. A test changes `facts` to change the order."""
    company = Company.objects.get(code="ACME")
    return Content(company, {"sender_lines": [facts["line"], subject.id, language]})


SLIP = DocumentKind("tests.slip", "Packing slip", "core/print/document.html", content, "tests.issue")
INVOICE = replace(SLIP, code="tests.invoice", title="Invoice", number_series="tests.invoice")


@pytest.fixture(autouse=True)
def company(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """A company with a gapless series, a disk of its own, and two kinds that exist in these tests alone."""
    settings.FILES_ROOT = tmp_path / "files"
    monkeypatch.setattr(kinds, "_kinds", {})
    facts["line"] = "Dock 1"
    for kind in (SLIP, INVOICE):
        register_document_kind(kind)
    acme = Company.objects.create(code="ACME", name="Acme", legal_name="Acme Ltd", base_currency="EUR", country="IE")
    with transaction.atomic():
        numbering.make_series(company=acme, code="tests.invoice", pattern="INV-{number:05}", is_gapless=True)
    yield acme


def issue(kind: str = "tests.slip", actor: Actor = CLERK, **options: object) -> DocumentVersion:
    return issue_document(kind=kind, subject=ORDER, language="en", actor=actor, **options)


def logged() -> list[tuple[str, str]]:
    return [(row.how, row.actor["name"]) for row in DocumentLog.objects.order_by("pk")]


def test_160_a_changed_document_is_the_next_version_and_the_first_still_opens() -> None:
    first = issue()
    bytes_of_first = read_file(first.file)
    facts["line"] = "Dock 2"
    second = issue()
    assert (first.version, second.version) == (1, 2)
    assert first.document_id == second.document_id
    assert read_file(version_of(first.document, 1).file) == bytes_of_first
    assert read_file(second.file) != bytes_of_first
    assert version_of(first.document) == second


def test_160_every_opening_is_a_row_with_who_when_from_where_and_how() -> None:
    version = issue()
    with coming_from(origin_of(ip="192.0.2.7", user_agent="Firefox")):
        assert open_document(version, READER, "viewed") == version.file
        open_document(version, CLERK, "printed")
        open_document(version, READER, "viewed")
    assert logged() == [
        ("created", "Clara Clerk"),
        ("viewed", "Rita Reader"),
        ("printed", "Clara Clerk"),
        ("viewed", "Rita Reader"),
    ]
    last = log_of(version.document).last()
    assert last is not None
    assert (last.ip, last.user_agent, last.version) == ("192.0.2.7", "Firefox", version)


def test_the_same_document_again_is_the_same_version() -> None:
    first = issue()
    assert issue() == first
    assert logged() == [("created", "Clara Clerk")]
    assert StoredFile.objects.count() == 1


def test_renewing_makes_a_version_even_of_equal_bytes() -> None:
    first, second = issue(), issue(renew=True)
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 == second.sha256


def test_another_language_is_another_version() -> None:
    issue()
    assert issue_document(kind="tests.slip", subject=ORDER, language="he", actor=CLERK).version == 2


def test_a_number_is_drawn_once_and_stays() -> None:
    first = issue("tests.invoice")
    facts["line"] = "Dock 2"
    second = issue("tests.invoice")
    assert (first.document.number, second.document.number) == ("INV-00001", "INV-00001")
    other = issue_document(kind="tests.invoice", subject=Ref("tests.order", "18"), language="en", actor=CLERK)
    assert other.document.number == "INV-00002"
    assert other.file.name == "INV-00002.pdf"


def test_a_page_that_fails_keeps_its_number_for_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> bytes:
        raise Refused("document_too_slow", "Too slow.")

    with monkeypatch.context() as broken:
        broken.setattr(service, "render_pdf", fail)
        with pytest.raises(Refused):
            issue("tests.invoice")
    assert DocumentVersion.objects.count() == 0
    assert StoredFile.objects.count() == 0
    assert issue("tests.invoice").document.number == "INV-00001"


def test_the_loser_of_a_race_gives_its_number_back(monkeypatch: pytest.MonkeyPatch) -> None:
    real = service._found
    answers = iter([None])
    issue("tests.invoice")
    monkeypatch.setattr(service, "_found", lambda kind, subject: next(answers, real(kind, subject)))
    assert issue("tests.invoice").document.number == "INV-00001"
    other = issue_document(kind="tests.invoice", subject=Ref("tests.order", "18"), language="en", actor=CLERK)
    assert other.document.number == "INV-00002"


def test_refuses_whoever_may_not() -> None:
    version = issue()
    with pytest.raises(NotPermitted):
        issue(actor=READER)
    with pytest.raises(NotPermitted):
        open_document(version, STRANGER)
    with pytest.raises(NotPermitted):
        document_page(kind="tests.slip", subject=ORDER, language="en", actor=STRANGER)
    assert logged() == [("created", "Clara Clerk")]
    assert DocumentVersion.objects.count() == 1


def test_no_opening_goes_past_the_log() -> None:
    version = issue()
    for actor in (CLERK, Actor("user", 1, "Adam Admin", frozenset({"*"}))):
        with pytest.raises(Missing):
            serve(version.file, actor)


def test_hands_out_the_very_bytes_in_place_or_as_a_download() -> None:
    version = issue()
    shown, saved = serve_document(version, READER), serve_document(version, READER, "downloaded")
    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")
    assert b"".join(saved.streaming_content) == b"".join(shown.streaming_content) == read_file(version.file)
    assert logged()[1:] == [("viewed", "Rita Reader"), ("downloaded", "Rita Reader")]


@pytest.mark.parametrize(("model", "change"), [
    (Document, {"number": "INV-9"}), (DocumentVersion, {"version": 9}), (DocumentLog, {"how": "sent"}),
])  # fmt: skip
def test_the_database_refuses_to_change_or_to_lose_a_row(model: type, change: dict[str, object]) -> None:
    issue()
    before = list(model.objects.values())
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        model.objects.update(**change)
    with pytest.raises(InternalError, match="or delete rows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    assert list(model.objects.values()) == before


def test_the_file_of_a_version_cannot_be_deleted() -> None:
    version = issue()
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        version.file.delete()


def test_a_page_to_look_at_keeps_and_counts_nothing() -> None:
    page = document_page(kind="tests.invoice", subject=ORDER, language="en", actor=READER)
    assert "Acme Ltd" in page
    assert "Dock 1" in page
    assert Document.objects.count() == 0
    assert issue("tests.invoice").document.number == "INV-00001"


def test_a_hebrew_document_reads_from_right_to_left() -> None:
    page = document_page(kind="tests.slip", subject=ORDER, language="he", actor=READER)
    assert '<html lang="he" dir="rtl">' in page


def test_what_stands_in_an_order_stays_text_on_its_page() -> None:
    facts["line"] = "<img src='http://127.0.0.1/'>{{ company }}"
    page = document_page(kind="tests.slip", subject=ORDER, language="en", actor=READER)
    assert "&lt;img src=&#x27;http://127.0.0.1/&#x27;&gt;{{ company }}" in page


def test_lists_what_there_is_about_a_subject(django_assert_num_queries) -> None:
    issue()
    issue("tests.invoice")
    facts["line"] = "Dock 2"
    issue()
    with django_assert_num_queries(3):
        found = [
            (document.kind, [one.file.name for one in document.versions.all()]) for document in documents_about(ORDER)
        ]
    assert found == [
        ("tests.invoice", ["INV-00001.pdf"]),
        ("tests.slip", ["tests.slip-17.pdf", "tests.slip-17.pdf"]),
    ]


def test_an_unknown_kind_or_version_is_missing() -> None:
    with pytest.raises(Missing):
        issue("tests.nothing")
    with pytest.raises(Missing):
        version_of(issue().document, 7)
    with pytest.raises(ValueError, match="registered twice"):
        register_document_kind(replace(SLIP, title="Another"))
