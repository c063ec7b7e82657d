"""Looking at what was printed: pages as pictures, codes as a scanner reads them, ZPL as a printer draws it."""

import re
from io import BytesIO

import pypdfium2
import zxingcpp
from PIL import Image


def page_pictures(pdf: bytes, dpi: int = 203) -> list[Image.Image]:
    """Every page at the resolution of a label printer."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return [document[number].render(scale=dpi / 72).to_pil().convert("L") for number in range(len(document))]


def page_texts(pdf: bytes) -> list[str]:
    """The text of every page."""
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def scanned(picture: Image.Image) -> set[str]:
    """All codes on a picture."""
    return {result.text for result in zxingcpp.read_barcodes(picture)}


def ink(picture: Image.Image, left: float, top: float, right: float, bottom: float, dpi: int = 203) -> int:
    """Dark dots inside a box given in millimetres."""
    scale = dpi / 25.4
    part = picture.crop(tuple(round(edge * scale) for edge in (left, top, right, bottom)))
    return sum(count for shade, count in enumerate(part.histogram()) if shade < 128)


def zpl_pictures(zpl: bytes) -> list[Image.Image]:
    """What a printer would draw: its graphics and rules. Its own letters are left out."""
    return [_draw(part) for part in zpl.decode("ascii").split("^XZ") if "^XA" in part]


def zpl_texts(zpl: bytes) -> list[str]:
    """The field data as the printer understands it, escapes undone."""
    texts = re.findall(r"\^FH\^FD(.*?)\^FS", zpl.decode("ascii"))
    return [_unescaped(text) for text in texts]


def _unescaped(text: str) -> str:
    plain = re.sub(rb"_([0-9A-F]{2})", lambda code: bytes([int(code[1], 16)]), text.encode("ascii"))
    return plain.decode("utf-8")


def _draw(part: str) -> Image.Image:
    width, height = int(re.search(r"\^PW(\d+)", part)[1]), int(re.search(r"\^LL(\d+)", part)[1])
    sheet = Image.new("1", (width, height), 1)
    for x, y, command in re.findall(r"\^FO(\d+),(\d+)\^(G[BF][^^]*)\^FS", part):
        place = (int(x), int(y))
        if command.startswith("GB"):
            _draw_box(sheet, place, *(int(figure) for figure in command[2:].split(",")))
        else:
            picture = _graphic(command)
            sheet.paste(0, place, picture)
    return sheet.convert("L")


def _draw_box(sheet: Image.Image, place: tuple[int, int], width: int, height: int, thickness: int) -> None:
    outer = Image.new("1", (max(width, thickness), max(height, thickness)), 1)
    hole = (outer.width - 2 * thickness, outer.height - 2 * thickness)
    if min(hole) > 0:
        outer.paste(0, (thickness, thickness, thickness + hole[0], thickness + hole[1]))
    sheet.paste(0, place, outer)


def _graphic(command: str) -> Image.Image:
    """Undo the packing of ^GFA: counts before a digit, a comma for white to the edge, a colon for the row before."""
    _kind, total, _again, stride, data = command.split(",", 4)
    rows, row, count = [], "", 0
    width = 2 * int(stride)
    for letter in data:
        if "G" <= letter <= "Y":
            count += ord(letter) - ord("G") + 1
        elif "g" <= letter <= "z":
            count += 20 * (ord(letter) - ord("g") + 1)
        elif letter == ":":
            assert row == ""
            rows.append(rows[-1])
        elif letter == ",":
            row = row.ljust(width, "0")
        else:
            row += letter * max(count, 1)
            count = 0
        assert len(row) <= width
        if len(row) == width:
            rows.append(row)
            row = ""
    assert len(rows) * int(stride) == int(total)
    return Image.frombytes("1", (4 * width, len(rows)), bytes.fromhex("".join(rows)))
