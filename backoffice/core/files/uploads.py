"""The door for files from outside: is it what it says, and is it small enough to look at."""

import re
import zipfile
from collections.abc import Collection
from typing import IO, Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Words
from backoffice.core.files.archives import ArchiveLimits, check_archive
from backoffice.core.files.pdf_checks import check_pdf
from backoffice.core.files.types import (
    EMPTY,
    OLD_OFFICE,
    PDF,
    SNIFFED,
    SVG,
    XLSX,
    ZIP,
    FileType,
    claimed,
    sniff,
)
from backoffice.core.texts import quoted

MOST_BYTES: Final = {"pdf": 50_000_000, "xlsx": 50_000_000, "zip": 100_000_000, "csv": 200_000_000}
MOST_BYTES_ELSE: Final = 20_000_000

_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_DOCTYPE: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def check_upload(
    file: IO[bytes], *, name: str, accept: Collection[FileType], most_bytes: int | None = None
) -> FileType:
    """What the file is, if it is one of `accept`, named as such, within its size and harmless inside.

    `file` must be seekable; it is left at its beginning. Raises Invalid: `file_empty`, `file_too_large`,
    `file_type` (not accepted), `file_name_lies` (another type than its name says), and what `check_archive`,
    `check_pdf` and the workbook checks say.
    """
    size = file.seek(0, 2)
    file.seek(0)
    kind = sniff(file.read(SNIFFED))
    file.seek(0)
    if kind is EMPTY:
        raise _invalid("file_empty", _("The file is empty."))
    if kind is ZIP and _is_workbook(file):
        kind = XLSX
    _check_kind(file, kind, name, accept)
    limit = most_bytes or MOST_BYTES.get(kind.code, MOST_BYTES_ELSE)
    if size > limit:
        raise _invalid(
            "file_too_large",
            _("The file has %(size)s MB; at most %(most)s MB are accepted.")
            % {"size": -(-size // 1_000_000), "most": limit // 1_000_000},
        )
    if kind is XLSX:
        _check_workbook(file)
    elif kind is ZIP:
        check_archive(file)
    elif kind is PDF:
        check_pdf(file.read())
    file.seek(0)
    return kind


def _check_kind(file: IO[bytes], kind: FileType, name: str, accept: Collection[FileType]) -> None:
    if kind not in accept:
        if kind is OLD_OFFICE and XLSX in accept:
            raise _old_office(file)
        wanted = ", ".join(sorted(str(one.title) for one in accept))
        hint = _("SVG pictures can carry programs. Save it as PNG.") if kind is SVG else None
        raise _invalid(
            "file_type",
            _("“%(name)s” is a %(kind)s. Accepted: %(wanted)s.")
            % {"name": quoted(name), "kind": kind.title, "wanted": wanted},
            hint,
        )
    says = claimed(name)
    # A picture under another picture's name is an everyday slip; we write it anew anyway.
    both_pictures = (
        says is not None and {says.content_type[:6], kind.content_type[:6]} == {"image/"} and says is not SVG
    )
    if says is not None and says is not kind and not both_pictures:
        raise _invalid(
            "file_name_lies",
            _("“%(name)s” is named as a %(says)s but is a %(kind)s.")
            % {"name": quoted(name), "says": says.title, "kind": kind.title},
            _("Give it the right ending, or choose another file."),
        )


def _old_office(file: IO[bytes]) -> Invalid:
    if _ENCRYPTED in file.read(1_000_000):
        return _invalid(
            "workbook_encrypted",
            _("The workbook is protected by a password."),
            _("Save it without a password and upload it again."),
        )
    return _invalid(
        "workbook_old",
        _("This is a workbook in the format before 2007, whatever its name."),
        _("Open it, save it as .xlsx or .csv and upload that."),
    )


def _is_workbook(file: IO[bytes]) -> bool:
    """Whether the archive has the parts of a workbook. Bounds are checked first; a bad archive is refused as such."""
    names = {part.filename for part in check_archive(file, ArchiveLimits())}
    return "[Content_Types].xml" in names and any(name.startswith("xl/workbook.") for name in names)


def _check_workbook(file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as archive:
        for part in archive.infolist():
            if part.filename.lower().endswith(("vbaproject.bin", ".vba")):
                raise _invalid(
                    "workbook_macros",
                    _("The workbook carries macros."),
                    _("Save it as .xlsx without macros and upload that."),
                )
            if part.filename.endswith((".xml", ".rels")) and _has_doctype(archive, part):
                raise _invalid(
                    "workbook_entities", _("The workbook declares entities, which no spreadsheet program does.")
                )


def _has_doctype(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """A document type stands before the first element, so the beginning is enough to read."""
    with archive.open(part) as xml:
        return _DOCTYPE.search(xml.read(SNIFFED).replace(b"\0", b"")) is not None


def _invalid(code: str, message: Words, hint: Words | None = None) -> Invalid:
    return Invalid(code, message, field="file", hint=hint)
