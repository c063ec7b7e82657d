"""The same labels for Zebra printers and their kin, in ZPL II.

Text in Latin letters uses the printer's own scalable font, so that it stays sharp and small. Other scripts and all bars
go as pictures: printers differ in the fonts they carry and in the quirks of their barcode commands, while a picture is
the very symbol that was tested. Pictures are run-length packed; a bar is one row and a mark to repeat it.
"""

import re
from collections.abc import Iterable

from backoffice.core.documents.bitmaps import Dots, bar_dots, contain, gray, picture_dots, text_dots, text_top
from backoffice.core.documents.labels import Barcode, Box, Image, Item, Label, Line, Text
from backoffice.core.documents.layout import DOTS_PER_MM, SetLine, place_symbol, set_text
from backoffice.core.documents.typefaces import TrueType

_PLAIN = frozenset(b" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]`abcdefghijklmnopqrstuvwxyz{|}")
_REPEATS = "".join(chr(ord("G") + n) for n in range(19))  # G to Y: 1 to 19 times; g to z: 20 to 400 by twenties


def render_zpl(labels: Iterable[Label], *, dpi: int = 203) -> bytes:
    """ZPL for labels in order, one format each, for a printer of 203, 300 or 600 dots an inch. ASCII only.

    Raises Invalid or Refused for a label that cannot be printed; then nothing is returned, so no half batch prints.
    """
    return "".join(_format(label, dpi) for label in labels).encode("ascii")


def escaped(text: str) -> str:
    """Field data after ^FH: every byte that is not plain ASCII, and those that ZPL gives a meaning, as _XX."""
    return "".join(chr(byte) if byte in _PLAIN else f"_{byte:02X}" for byte in text.encode("utf-8"))


def graphic(dots: Dots) -> str:
    """A ^GFA field for dots, packed."""
    stride = -(-dots.width // 8)
    total = stride * dots.height
    data, previous = [], None
    for row in dots.rows:
        data.append(":" if row == previous else _packed(row))
        previous = row
    return f"^GFA,{total},{total},{stride},{''.join(data)}"


def _format(label: Label, dpi: int) -> str:
    per_mm = DOTS_PER_MM[dpi]
    fields = [field for item in label.items for field in _fields(item, dpi, per_mm)]
    head = f"^XA^CI28^LH0,0^PW{round(label.width_mm * per_mm)}^LL{round(label.height_mm * per_mm)}"
    return "\n".join([head, *fields, "^XZ", ""])


def _fields(item: Item, dpi: int, per_mm: int) -> list[str]:
    if isinstance(item, Text):
        return [_text(line, per_mm) for line in set_text(item)]
    if isinstance(item, Barcode):
        placed = place_symbol(item, dpi=dpi)
        bars = bar_dots(placed.rects, round(placed.module * per_mm))
        field = _at(placed.x, placed.y, per_mm) + graphic(bars) + "^FS"
        caption = [_text(line, per_mm) for line in set_text(placed.caption)] if placed.caption else []
        return [field, *caption]
    if isinstance(item, Image):
        shades = gray(item.data)
        x, y, width, height = contain(item, shades.width, shades.height)
        dots = picture_dots(item.data, round(width * per_mm), round(height * per_mm))
        return [_at(x, y, per_mm) + graphic(dots) + "^FS"]
    return [_rule(item, per_mm)]


def _rule(item: Line | Box, per_mm: int) -> str:
    if isinstance(item, Line):
        thickness = max(round(item.thickness * per_mm), 1)
        length = max(round(item.length * per_mm), 1)
        width, height = (thickness, length) if item.upright else (length, thickness)
    else:
        width, height = round(item.width * per_mm), round(item.height * per_mm)
        thickness = min(width, height) if item.filled else max(round(item.thickness * per_mm), 1)
    return f"{_at(item.x, item.y, per_mm)}^GB{width},{height},{thickness}^FS"


def _text(line: SetLine, per_mm: int) -> str:
    size = line.size * per_mm
    if isinstance(line.face, TrueType):
        right, up = text_top(line.face, line.text, size)
        place = f"^FO{max(round(line.x * per_mm + right), 0)},{max(round(line.baseline * per_mm - up), 0)}"
        return place + graphic(text_dots(line.face, line.text, size)) + "^FS"
    height = round(size)
    data = f"^A0N,{height},{height}^FH^FD{escaped(line.text)}^FS"
    # The printer's letters are narrower than ours, so the printer itself centres them. A block gives the backslash a
    # meaning that printers disagree on; such a line stands where ours would begin.
    if line.align == "left" or "\\" in line.text:
        return _at(line.x, line.top, per_mm) + data
    left, width = line.box
    mark = {"center": "C", "right": "R"}[line.align]
    return f"{_at(left, line.top, per_mm)}^FB{round(width * per_mm)},1,0,{mark}{data}"


def _at(x: float, y: float, per_mm: int) -> str:
    return f"^FO{round(x * per_mm)},{round(y * per_mm)}"


def _packed(row: bytes) -> str:
    """One row in hexadecimal, runs shortened, white up to the edge as a comma."""
    digits = row.hex().upper().rstrip("0")
    short = re.sub(r"(.)\1{2,}", lambda run: _count(len(run[0])) + run[1], digits)
    return short if len(digits) == 2 * len(row) else short + ","


def _count(times: int) -> str:
    letters = ""
    while times >= 400:
        letters, times = letters + "z", times - 400
    if times >= 20:
        letters, times = letters + chr(ord("g") + times // 20 - 1), times % 20
    return letters + (_REPEATS[times - 1] if times else "")
