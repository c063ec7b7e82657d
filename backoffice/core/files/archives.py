"""Archives from outside, judged by their directory before anything is unpacked.

A workbook is an archive too. The directory is read first and everything in it is bounded; then each part is unpacked once
into nothing, to see that it is as long as the directory says. After that any reader may have it.
"""

import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Words

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_ENTRY: Final = 46
_CHUNK: Final = 65_536


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Bytes unpacked in all and in one part, parts, and how much a part over a megabyte may grow."""

    unpacked: int = 100_000_000
    part: int = 50_000_000
    parts: int = 200
    ratio: int = 100


def check_archive(file: IO[bytes], limits: ArchiveLimits | None = None) -> list[zipfile.ZipInfo]:
    """The parts of a ZIP file that is safe to unpack. Raises Invalid (`archive_…`) for any other.

    `file` must be seekable; it is left at its beginning.
    """
    limits = limits or ArchiveLimits()
    _check_end(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            directory = archive.start_dir
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError, UnicodeDecodeError) as error:
        raise _broken() from error
    _check_sums(parts, limits)
    for part in parts:
        _check_part(part, limits)
    _check_places(parts, directory)
    for part in parts:
        _check_length(file, part)
    file.seek(0)
    return parts


def _check_end(file: IO[bytes], limits: ArchiveLimits) -> None:
    """Bound the directory itself before Python builds an object for each of its entries."""
    size = file.seek(0, 2)
    tail_size = min(size, _END_SIZE + 65_535)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise _broken()
    count, directory_size = struct.unpack("<HI", tail[place + 10 : place + 16])
    # 65,535 parts or a directory over 4 GB say that the real figures stand elsewhere (ZIP64): more than we take.
    if count > limits.parts or directory_size > limits.parts * (_ENTRY + 1_000):
        raise _too_many(limits)
    file.seek(0)


def _check_sums(parts: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    if len(parts) > limits.parts:
        raise _too_many(limits)
    if sum(part.file_size for part in parts) > limits.unpacked:
        raise _invalid(
            "archive_too_large",
            _("Unpacked, the file has more than %(most)s MB.") % {"most": limits.unpacked // 1_000_000},
        )
    if len({part.filename.lower() for part in parts}) != len(parts):
        raise _invalid("archive_names", _("Two parts of the file have the same name."))


def _check_part(part: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    name = part.orig_filename
    if name.startswith(("/", "\\")) or "\\" in name or "\0" in name or ".." in name.split("/") or name[1:2] == ":":
        raise _invalid("archive_names", _("A part of the file is named so that it would leave its folder."), part)
    if stat.S_ISLNK(part.external_attr >> 16):
        raise _invalid("archive_names", _("A part of the file is a link."), part)
    if part.flag_bits & 0x1:
        raise _invalid("archive_encrypted", _("The file is protected by a password."), part)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _invalid("archive_packing", _("The file is packed in a way that we do not read."), part)
    if part.file_size > limits.part:
        raise _invalid(
            "archive_part_too_large",
            _("A part of the file has more than %(most)s MB.") % {"most": limits.part // 1_000_000},
            part,
        )
    if part.file_size > max(1_000_000, limits.ratio * part.compress_size):
        raise _invalid("archive_bomb", _("A part of the file grows to more than a hundred times its size."), part)


def _check_places(parts: list[zipfile.ZipInfo], directory: int) -> None:
    """No two parts may share bytes: a few kilobytes could otherwise unpack to petabytes."""
    end = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < end:
            raise _invalid("archive_overlap", _("Two parts of the file lie over each other."), part)
        end = part.header_offset + 30 + part.compress_size
    if end > directory:
        raise _invalid("archive_overlap", _("A part of the file runs into its directory."))


def _check_length(file: IO[bytes], part: zipfile.ZipInfo) -> None:
    """Unpack into nothing and compare with the directory, since other readers would believe the data."""
    file.seek(part.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise _broken(part)
    packing, name_size, extra_size = struct.unpack("<H", header[8:10])[0], *struct.unpack("<HH", header[26:30])
    if packing != part.compress_type:
        raise _broken(part)
    file.seek(name_size + extra_size, 1)
    length, checksum = _inflated(file, part) if packing == zipfile.ZIP_DEFLATED else _copied(file, part)
    if length != part.file_size or checksum != part.CRC:
        raise _broken(part)


def _inflated(file: IO[bytes], part: zipfile.ZipInfo) -> tuple[int, int]:
    engine = zlib.decompressobj(-15)
    left, length, checksum = part.compress_size, 0, 0
    waiting = b""
    while not engine.eof and length <= part.file_size:
        if not waiting:
            waiting = file.read(min(_CHUNK, left))
            left -= len(waiting)
        idle = not waiting
        try:
            piece = engine.decompress(waiting, _CHUNK)
        except zlib.error as error:
            raise _broken(part) from error
        if idle and not piece:
            break  # all of it was fed, and the data does not end where the directory says
        waiting = engine.unconsumed_tail
        length += len(piece)
        checksum = zlib.crc32(piece, checksum)
    if not engine.eof:
        raise _broken(part)
    return length, checksum


def _copied(file: IO[bytes], part: zipfile.ZipInfo) -> tuple[int, int]:
    left, checksum = part.compress_size, 0
    while left:
        piece = file.read(min(_CHUNK, left))
        if not piece:
            raise _broken(part)
        left -= len(piece)
        checksum = zlib.crc32(piece, checksum)
    return part.compress_size, checksum


def _too_many(limits: ArchiveLimits) -> Invalid:
    return _invalid("archive_parts", _("The file has more than %(most)s parts.") % {"most": limits.parts})


def _broken(part: zipfile.ZipInfo | None = None) -> Invalid:
    return _invalid("archive_broken", _("The file is damaged or was not uploaded to its end."), part)


def _invalid(code: str, message: Words, part: zipfile.ZipInfo | None = None) -> Invalid:
    return Invalid(
        code,
        message,
        field="file",
        hint=_("Save it anew in your program and upload it again."),
        part=part.filename[:100] if part else "",
    )
