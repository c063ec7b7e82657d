"""What stands on a label, in millimetres from its left top corner.

A label is plain data: a service composes it, `pdf_labels` and `zpl` print it. The same label looks the same from both.
Figures are floats, since they are places on paper and neither money nor quantities.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.barcodes import BarcodeKind
from backoffice.core.errors import Invalid

Align: TypeAlias = Literal["start", "left", "center", "right"]

SMALLEST_MM, LARGEST_MM = 5.0, 1000.0
TOLERANCE_MM = 0.01
LINE_STEP = 1.15
"""From one line of text to the next, in font sizes."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text in a box. It is wrapped at words to `max_lines`, then shrunk down to 60 %, then cut with an ellipsis.

    `size` is the font size (the height of a line without its gap). `start` begins right for Hebrew and left otherwise.
    """

    x: float
    y: float
    width: float
    text: str
    size: float = 4.0
    bold: bool = False
    align: Align = "start"
    max_lines: int = 1


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode in a box, its quiet zone inside the box; as large as whole printer dots allow, and in the middle."""

    x: float
    y: float
    width: float
    height: float
    kind: BarcodeKind
    text: str
    show_text: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A rule, level or upright."""

    x: float
    y: float
    length: float
    thickness: float = 0.3
    upright: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, drawn inside its outline."""

    x: float
    y: float
    width: float
    height: float
    thickness: float = 0.3
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Image:
    """A small picture (PNG, JPEG, WEBP or GIF bytes), printed in black and white inside the box with its proportions."""

    x: float
    y: float
    width: float
    height: float
    data: bytes


Item: TypeAlias = Text | Barcode | Line | Box | Image


@dataclass(frozen=True, slots=True)
class Label:
    """One label. Raises Invalid when it has no sensible size or an item lies outside of it."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        for size in (self.width_mm, self.height_mm):
            if not SMALLEST_MM <= size <= LARGEST_MM:
                raise Invalid(
                    "label_size",
                    _("A label measures %(least)s to %(most)s mm on each side.")
                    % {"least": round(SMALLEST_MM), "most": round(LARGEST_MM)},
                    width=self.width_mm,
                    height=self.height_mm,
                )
        for number, item in enumerate(self.items):
            width, height = extent(item)
            inside = (
                min(item.x, item.y) >= 0
                and min(width, height) > 0
                and item.x + width <= self.width_mm + TOLERANCE_MM
                and item.y + height <= self.height_mm + TOLERANCE_MM
            )
            if not inside:
                raise Invalid(
                    "label_item_outside",
                    _("Part %(number)s of the label lies outside of its %(width)s × %(height)s mm.")
                    % {"number": number + 1, "width": self.width_mm, "height": self.height_mm},
                    item=number,
                )


def extent(item: Item) -> tuple[float, float]:
    """Width and height an item takes."""
    if isinstance(item, Text):
        return item.width, item.size * (1 + LINE_STEP * (item.max_lines - 1))
    if isinstance(item, Line):
        return (item.thickness, item.length) if item.upright else (item.length, item.thickness)
    return item.width, item.height


SHIPPING_4X6 = (101.6, 152.4)
"""Width and height of the usual parcel label, 4 by 6 inches."""
