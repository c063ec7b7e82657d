"""What a file really is, by its first bytes. Names and content types from outside are claims."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SNIFFED: Final = 4096


@dataclass(frozen=True, slots=True)
class FileType:
    """A type we can tell from others. `endings` are the file names that may claim it."""

    code: str
    title: str | Promise
    content_type: str
    endings: tuple[str, ...]


PDF: Final = FileType("pdf", "PDF", "application/pdf", (".pdf",))
PNG: Final = FileType("png", _("PNG picture"), "image/png", (".png",))
JPEG: Final = FileType("jpeg", _("JPEG picture"), "image/jpeg", (".jpg", ".jpeg"))
WEBP: Final = FileType("webp", _("WEBP picture"), "image/webp", (".webp",))
GIF: Final = FileType("gif", _("GIF picture"), "image/gif", (".gif",))
XLSX: Final = FileType(
    "xlsx", _("Excel workbook"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)
)
ZIP: Final = FileType("zip", _("ZIP archive"), "application/zip", (".zip",))
CSV: Final = FileType("csv", _("CSV table"), "text/csv", (".csv", ".tsv", ".txt", ".tab"))
HTML: Final = FileType("html", _("web page"), "text/html", (".html", ".htm"))
SVG: Final = FileType("svg", _("SVG picture"), "image/svg+xml", (".svg",))
XML: Final = FileType("xml", _("XML file"), "application/xml", (".xml",))
OLD_OFFICE: Final = FileType("ole", _("old or encrypted Office file"), "application/x-ole-storage", (".xls", ".doc"))
PROGRAM: Final = FileType("program", _("program"), "application/octet-stream", (".exe", ".dll", ".so"))
PACKED: Final = FileType("packed", _("packed file"), "application/octet-stream", (".gz", ".7z", ".rar", ".bz2", ".xz"))
EMPTY: Final = FileType("empty", _("empty file"), "application/octet-stream", ())
UNKNOWN: Final = FileType("unknown", _("file of an unknown type"), "application/octet-stream", ())

PICTURES: Final = frozenset({PNG, JPEG, WEBP, GIF})
TABLES: Final = frozenset({CSV, XLSX})

_ALL: Final = (PDF, PNG, JPEG, WEBP, GIF, XLSX, ZIP, CSV, HTML, SVG, XML, OLD_OFFICE, PROGRAM, PACKED)
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"#!", PROGRAM),
    (b"\x1f\x8b", PACKED),
    (b"7z\xbc\xaf\x27\x1c", PACKED),
    (b"Rar!", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ\x00", PACKED),
)
_HTML_STARTS: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<iframe", b"<title", b"<meta")


def sniff(start: bytes) -> FileType:
    """The type of a file that begins with these bytes (give it 4,096, or all of a shorter file).

    A workbook and a plain archive begin alike and are both ZIP here; `uploads` looks inside.
    """
    if not start:
        return EMPTY
    if b"%PDF-" in start[:1024]:
        return PDF
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return WEBP
    for magic, found in _MAGIC:
        if start.startswith(magic):
            return found
    return _sniff_text(start)


def claimed(name: str) -> FileType | None:
    """The type that a file name claims; None where it claims none that we know."""
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    return next((kind for kind in _ALL if ending in kind.endings), None)


def _sniff_text(start: bytes) -> FileType:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_wide(start):
        return CSV
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<"):
        if b"<svg" in text:
            return SVG
        if text.startswith(_HTML_STARTS) or b"<html" in text:
            return HTML
        if text.startswith(b"<?xml"):
            return XML
    # A table may hold a stray NUL, which the reader reports by line; a binary file is full of control bytes.
    strange = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\x1b" for byte in start)
    return UNKNOWN if strange > 3 + len(start) // 20 else CSV


def _is_wide(start: bytes) -> bool:
    """UTF-16 without its mark: every other byte of Latin text is zero."""
    even, odd = start[0::2], start[1::2]
    return len(start) >= 4 and (
        (odd.count(0) * 10 > len(odd) * 8 and even.count(0) == 0)
        or (even.count(0) * 10 > len(even) * 8 and odd.count(0) == 0)
    )
