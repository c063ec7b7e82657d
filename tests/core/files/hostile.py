"""Archives and workbooks that somebody made to hurt."""

import struct
import zipfile
import zlib
from io import BytesIO

import xlsxwriter

CONTENT_TYPES = "[Content_Types].xml"


def workbook(rows: list[list[object]] | None = None, **options: object) -> bytes:
    """An honest workbook."""
    data = BytesIO()
    with xlsxwriter.Workbook(data, options) as book:
        page = book.add_worksheet("Data")
        for number, row in enumerate(rows or [["sku", "name"], ["A-1", "Anchor"]]):
            page.write_row(number, 0, row)
    return data.getvalue()


def archive(parts: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these parts."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", packing) as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, packing)
    return data.getvalue()


def workbook_with(changes: dict[str, bytes], base: bytes | None = None) -> bytes:
    """A workbook with some parts replaced or added."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(BytesIO(base or workbook())) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    return archive(parts | changes)


def sheet_xml(cells: str) -> bytes:
    """A sheet of nothing but this XML between its rows."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    ).encode()


def workbook_of(cells: str) -> bytes:
    """A workbook whose only sheet holds this XML."""
    return workbook_with({"xl/worksheets/sheet1.xml": sheet_xml(cells)})


def with_count(entries: int) -> bytes:
    """An archive of `entries` empty parts."""
    return archive({f"p{number}": b"" for number in range(entries)}, zipfile.ZIP_STORED)


def with_declared_size(name: str, content: bytes, declared: int) -> bytes:
    """An archive whose directory lies about the length of its part."""
    data = bytearray(archive({name: content}))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(mark)
        data[start + place : start + place + 4] = struct.pack("<I", declared)
    return bytes(data)


def overlapping(copies: int, size: int) -> bytes:
    """Many directory entries that all point to one and the same packed part."""
    content = b"\0" * size
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = engine.compress(content) + engine.flush()
    checksum = zlib.crc32(content)
    fields = struct.pack("<HHHHHIII", 20, 0, 8, 0, 33, checksum, len(packed), size)
    local = b"PK\x03\x04" + fields + struct.pack("<HH", 1, 0) + b"a" + packed
    directory = b"".join(
        b"PK\x01\x02\x14\x00" + fields + struct.pack("<HHHHHII", 2, 0, 0, 0, 0, 0, 0) + f"{n:02}".encode()
        for n in range(copies)
    )
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, copies, copies, len(directory), len(local), 0)
    return local + directory + end
