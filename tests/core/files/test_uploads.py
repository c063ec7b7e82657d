"""The door for files: what a file is, by its bytes. Numbers in the names are those of the bad inputs."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from backoffice.core.errors import Invalid
from backoffice.core.files.archives import ArchiveLimits, check_archive
from backoffice.core.files.types import CSV, PDF, PICTURES, PNG, TABLES, XLSX, ZIP, FileType, claimed, sniff
from backoffice.core.files.uploads import check_upload
from tests.core.files.hostile import (
    CONTENT_TYPES,
    archive,
    overlapping,
    with_count,
    with_declared_size,
    workbook,
    workbook_with,
)
from tests.core.files.test_images import picture

PLAIN_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTSIDE_ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;&b;&b;</l>'
EVERYTHING = frozenset({CSV, XLSX, PDF, ZIP, *PICTURES})


def refusal(data: bytes, name: str, accept: frozenset[FileType] = EVERYTHING) -> Invalid:
    with pytest.raises(Invalid) as caught:
        check_upload(BytesIO(data), name=name, accept=accept)
    assert caught.value.field == "file"
    assert str(caught.value.message)
    return caught.value


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"sku;name\r\nA-1;Anchor\r\n", "list.csv", CSV),
        (b"\xef\xbb\xbfsku,name\n", "LIST.CSV", CSV),
        ("sku,name\n".encode("utf-16"), "list.csv", CSV),
        ("sku,name\n".encode("utf-16-le"), "list.txt", CSV),
        (b"caf\xe9,1\n", "noending", CSV),
        (PLAIN_PDF, "a.pdf", PDF),
        (picture("PNG"), "a.png", PNG),
        (workbook(), "book.xlsx", XLSX),
        (archive({"a.txt": b"hello"}), "a.zip", ZIP),
        (b"PK\x05\x06" + b"\0" * 18, "empty.zip", ZIP),
    ],
)
def test_takes_an_honest_file_and_says_what_it_is(data: bytes, name: str, kind: FileType) -> None:
    file = BytesIO(data)
    assert check_upload(file, name=name, accept=EVERYTHING) is kind
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("number", "data", "name", "code"),
    [
        (74, b"", "list.csv", "file_empty"),
        (81, PLAIN_PDF, "list.csv", "file_name_lies"),
        (81, picture("PNG"), "list.csv", "file_name_lies"),
        (81, workbook(), "list.csv", "file_name_lies"),
        (81, b"<!DOCTYPE html><html><body>Error 502</body></html>", "list.csv", "file_type"),
        (81, b"\xef\xbb\xbf\r\n <html>log in first</html>", "list.csv", "file_type"),
        (81, b"<?xml version='1.0'?><a/>", "list.csv", "file_type"),
        (82, archive({"list.csv": b"sku\nA-1\n"}), "list.csv", "file_name_lies"),
        (83, workbook()[:-400], "book.xlsx", "archive_broken"),
        (83, PLAIN_PDF[:-10], "a.pdf", "pdf_broken"),
        (87, workbook_with({"xl/workbook.xml": OUTSIDE_ENTITY}), "book.xlsx", "workbook_entities"),
        (88, workbook_with({"xl/sharedStrings.xml": LAUGHS}), "book.xlsx", "workbook_entities"),
        (88, workbook_with({"xl/styles.xml": LAUGHS.decode().encode("utf-16")}), "book.xlsx", "workbook_entities"),
        (90, OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "book.xlsx", "workbook_encrypted"),
        (91, workbook_with({"xl/vbaProject.bin": b"\xcc"}), "book.xlsm", "workbook_macros"),
        (96, OLE + b"\0" * 2_000, "book.xlsx", "workbook_old"),
        (97, b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "a.png", "file_type"),
        (98, PLAIN_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert)>>"), "a.pdf", "pdf_active"),
        (98, PLAIN_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/J#61va#53cript/JS(x)>>"), "a.pdf", "pdf_active"),
        (98, PLAIN_PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>"), "a.pdf", "pdf_active"),
        (0, b"MZ\x90\0" + b"\0" * 100, "tool.csv", "file_type"),
        (0, b"\x7fELF" + b"\0" * 100, "tool.csv", "file_type"),
        (0, b"#!/bin/sh\nrm -rf /\n", "tool.csv", "file_type"),
        (0, b"\x1f\x8b" + b"\0" * 100, "list.csv.gz", "file_type"),
        (0, bytes(range(256)) * 4, "list.csv", "file_type"),
    ],
    ids=lambda value: str(value) if isinstance(value, (int, str)) else "",
)  # fmt: skip
def test_refuses_a_file_that_is_not_what_it_says(number: int, data: bytes, name: str, code: str) -> None:
    assert refusal(data, name).code == code


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: archive({CONTENT_TYPES: b"", "../../etc/cron.d/x": b"x"}), "archive_names"),
        (lambda: archive({"/etc/passwd": b"x"}), "archive_names"),
        (lambda: archive({"C:/x": b"x"}), "archive_names"),
        (lambda: archive({"a\\..\\b": b"x"}), "archive_names"),
        (lambda: archive({"a": b"x", "A": b"y"}), "archive_names"),
        (lambda: with_count(201), "archive_parts"),
        (lambda: with_count(60_000), "archive_parts"),
        (lambda: overlapping(90, 1_000_000), "archive_overlap"),
        (lambda: with_declared_size("a", b"\0" * 9_000_000, 10), "archive_broken"),
        (lambda: with_declared_size("a", b"short", 60_000), "archive_broken"),
        (lambda: archive({"a": b"\0" * 20_000_000}), "archive_bomb"),
        (lambda: archive({"a": b"0" * 51_000_000}, zipfile.ZIP_STORED), "archive_part_too_large"),
        (lambda: archive({name: bytes(26_000_000) for name in "abcd"}, zipfile.ZIP_STORED), "archive_too_large"),
        (lambda: archive({"a": b"x" * 100}, zipfile.ZIP_BZIP2), "archive_packing"),
        (lambda: archive({"a": b"hello world"}, zipfile.ZIP_STORED).replace(b"hello", b"jello"), "archive_broken"),
        (lambda: b"PK\x03\x04" + b"\0" * 100, "archive_broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_93_refuses_an_archive_that_would_burst(make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_archive(BytesIO(make()))
    assert caught.value.code == code


def test_93_a_directory_of_thousands_is_refused_before_it_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    data = BytesIO(with_count(60_000))
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(Invalid) as caught:
        check_archive(data)
    assert caught.value.code == "archive_parts"


def test_93_refuses_a_link_inside_an_archive() -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        link = zipfile.ZipInfo("list.csv")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    with pytest.raises(Invalid) as caught:
        check_archive(data)
    assert caught.value.code == "archive_names"


def test_93_a_nested_archive_counts_as_what_it_is_and_is_never_opened() -> None:
    inner = archive({"b": b"\0" * 60_000_000})
    assert [part.filename for part in check_archive(BytesIO(archive({"inner.zip": inner})))] == ["inner.zip"]


def test_89_refuses_ten_thousand_sheets() -> None:
    sheets = {f"xl/worksheets/sheet{number}.xml": b"<a/>" for number in range(2, 10_001)}
    assert refusal(workbook_with(sheets), "book.xlsx").code == "archive_parts"


def test_84_and_85_refuse_bombs_of_rows_and_of_one_cell() -> None:
    rows = b"<row><c><v>1</v></c></row>" * 1_500_000
    assert refusal(workbook_with({"xl/worksheets/sheet1.xml": rows}), "book.xlsx").code == "archive_bomb"
    cell = b"<c><v>" + b"9" * 49_000_000 + b"</v></c>"
    assert refusal(workbook_with({"xl/worksheets/sheet1.xml": cell}), "book.xlsx").code == "archive_bomb"


def test_91_a_macro_workbook_is_told_by_its_content_not_by_its_name() -> None:
    assert refusal(workbook_with({"xl/vbaProject.bin": b"\xcc"}), "book.xlsx").code == "workbook_macros"


def test_98_finds_a_program_that_is_packed_away() -> None:
    import zlib

    packed = zlib.compress(b"1 0 <</S/JavaScript/JS(app.alert(1))>>")
    stream = b"2 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    data = PLAIN_PDF.replace(b"trailer", stream + packed + b"\nendstream endobj\ntrailer")
    assert b"JavaScript" not in data
    assert refusal(data, "a.pdf").code == "pdf_active"


def test_an_electronic_invoice_may_carry_its_data() -> None:
    data = PLAIN_PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 4 0 R>>/AF[5 0 R]")
    assert check_upload(BytesIO(data), name="factur-x.pdf", accept=frozenset({PDF})) is PDF


def test_a_photograph_under_another_pictures_name_is_an_everyday_slip() -> None:
    assert check_upload(BytesIO(picture("PNG")), name="photo.jpg", accept=PICTURES) is PNG


def test_refuses_what_is_not_wanted_here_and_names_what_is() -> None:
    found = refusal(picture("PNG"), "a.png", TABLES)
    assert found.code == "file_type"
    assert "CSV table, Excel workbook" in str(found.message)


def test_refuses_a_file_over_its_size() -> None:
    with pytest.raises(Invalid) as caught:
        check_upload(BytesIO(b"sku\n" * 1_000), name="list.csv", accept=TABLES, most_bytes=3_999)
    assert caught.value.code == "file_too_large"


def test_limits_can_be_set_for_a_room() -> None:
    with pytest.raises(Invalid) as caught:
        check_archive(BytesIO(archive({"a": b"x" * 11})), ArchiveLimits(unpacked=10))
    assert caught.value.code == "archive_too_large"


def test_a_name_claims_by_its_ending_alone() -> None:
    assert claimed("report.PDF") is PDF
    assert claimed("pdf") is None
    assert sniff(b"%PDF-1.7") is PDF
