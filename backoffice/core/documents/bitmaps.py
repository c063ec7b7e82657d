"""Pictures, text and bars as dots, for printers that want them so."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from backoffice.core.documents.barcodes import Rect
from backoffice.core.documents.labels import Image
from backoffice.core.documents.typefaces import TrueType
from backoffice.core.files.images import decoded

MOST_PIXELS = 4_000_000
"""More than a whole parcel label at 600 dots an inch in black and white."""


@dataclass(frozen=True, slots=True)
class Gray:
    """A picture in shades, one byte a pixel, row by row, 0 is black."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Dots:
    """A picture in printer dots: each row is `-(-width // 8)` bytes, a set bit is black."""

    width: int
    height: int
    rows: tuple[bytes, ...]


def gray(data: bytes) -> Gray:
    """Decode a picture; transparent parts become white. Raises Invalid as `files.images` does."""
    picture = _flat(data)
    return Gray(picture.width, picture.height, picture.tobytes())


def picture_dots(data: bytes, width: int, height: int) -> Dots:
    """A picture scaled into `width` by `height` dots, shades as a fine pattern of dots."""
    picture = _flat(data).resize((max(width, 1), max(height, 1)))
    return _dots(picture.convert("1"))


def text_dots(face: TrueType, text: str, size: float) -> Dots:
    """A line of text in visual order, `size` dots high from the top of its letters to the bottom."""
    font = _font(str(face.path), max(round(size), 1))
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    canvas = Pictures.new("L", (max(round(right - left), 1), max(round(bottom - top), 1)), 255)
    ImageDraw.Draw(canvas).text((-left, -top), text, fill=0, font=font, anchor="ls")
    return _dots(canvas.point(lambda shade: 255 if shade > 127 else 0).convert("1"))


def text_top(face: TrueType, text: str, size: float) -> tuple[float, float]:
    """Where the picture of `text_dots` begins, seen from the left end of the baseline: dots to the right and upwards."""
    left, top, _right, _bottom = _font(str(face.path), max(round(size), 1)).getbbox(text, anchor="ls")
    return left, -top


def bar_dots(rects: Iterable[Rect], module: int) -> Dots:
    """Bars of a barcode, `module` dots to the module."""
    edges = [
        (
            round(rect.x * module),
            round(rect.y * module),
            round((rect.x + rect.width) * module),
            round((rect.y + rect.height) * module),
        )
        for rect in rects
    ]
    canvas = Pictures.new("1", (max(edge[2] for edge in edges), max(edge[3] for edge in edges)), 1)
    draw = ImageDraw.Draw(canvas)
    for left, top, right, bottom in edges:
        draw.rectangle((left, top, right - 1, bottom - 1), fill=0)
    return _dots(canvas)


def contain(item: Image, width: int, height: int) -> tuple[float, float, float, float]:
    """The place of a `width` by `height` picture inside its box: proportions kept, in the middle. Millimetres."""
    scale = min(item.width / width, item.height / height)
    wide, high = width * scale, height * scale
    return item.x + (item.width - wide) / 2, item.y + (item.height - high) / 2, wide, high


def _flat(data: bytes) -> Pictures.Image:
    with decoded(data, most_pixels=MOST_PIXELS) as picture:
        layer = picture.convert("RGBA")
    sheet = Pictures.new("RGBA", layer.size, "white")
    sheet.alpha_composite(layer)
    return sheet.convert("L")


def _dots(picture: Pictures.Image) -> Dots:
    """Pillow sets a bit for white; a printer sets it for black. Bits behind the edge stay white."""
    stride = -(-picture.width // 8)
    raw = picture.tobytes()
    spare = stride * 8 - picture.width
    rows = []
    for start in range(0, len(raw), stride):
        row = bytearray(byte ^ 0xFF for byte in raw[start : start + stride])
        row[-1] &= (0xFF << spare) & 0xFF
        rows.append(bytes(row))
    return Dots(picture.width, picture.height, tuple(rows))


@functools.lru_cache(maxsize=64)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    # The text is in visual order already; the other engine would turn it around a second time.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
