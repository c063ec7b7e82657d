"""Small pictures of the goods of the demo shop, drawn here: a shape for each range, in the colours of a line."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Final, TypeAlias

from PIL import Image, ImageDraw

Colours: TypeAlias = tuple[str, str, str]
SIDE: Final = 480

# Ground, body, detail.
PALETTES: Final[tuple[Colours, ...]] = (
    ("#f3ede2", "#a4472f", "#5f2417"),
    ("#e6eee7", "#47725a", "#223c2f"),
    ("#e8ecf3", "#44608c", "#20304d"),
    ("#f5ead6", "#c48a2c", "#6b4710"),
)


def draw(shape: str, palette: int) -> bytes:
    """A PNG of 480 by 480 pixels; the same for the same shape and palette."""
    ground, body, detail = PALETTES[palette % len(PALETTES)]
    image = Image.new("RGB", (SIDE, SIDE), ground)
    pen = ImageDraw.Draw(image)
    pen.ellipse((90, 380, 390, 420), fill=_between(ground, detail))
    _SHAPES[shape](pen, body, detail)
    output = BytesIO()
    # Few colours: an indexed picture is a tenth of the size.
    image.quantize(16).save(output, "PNG")
    return output.getvalue()


def _between(first: str, second: str) -> str:
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes((3 * one + other) // 4 for one, other in pairs).hex()


def _pot(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.rounded_rectangle((110, 200, 370, 400), 40, fill=body)
    pen.rounded_rectangle((95, 180, 385, 215), 17, fill=detail)
    pen.ellipse((220, 140, 260, 180), fill=detail)
    pen.rounded_rectangle((60, 230, 110, 262), 16, fill=detail)
    pen.rounded_rectangle((370, 230, 420, 262), 16, fill=detail)


def _knife(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.polygon(((205, 60), (275, 110), (275, 290), (205, 290)), fill=body)
    pen.rounded_rectangle((200, 285, 280, 410), 26, fill=detail)


def _bowl(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.pieslice((80, 60, 400, 400), 0, 180, fill=body)
    pen.ellipse((80, 205, 400, 260), fill=detail)
    pen.rectangle((190, 385, 290, 405), fill=detail)


def _jar(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.rounded_rectangle((140, 150, 340, 405), 36, fill=body)
    pen.rounded_rectangle((155, 95, 325, 160), 14, fill=detail)
    pen.rectangle((165, 230, 315, 330), fill="#ffffff")


def _cloth(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.rounded_rectangle((100, 130, 380, 400), 18, fill=body)
    for top in (170, 200, 340):
        pen.rectangle((100, top, 380, top + 14), fill=detail)


def _lamp(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.polygon(((185, 80), (295, 80), (365, 240), (115, 240)), fill=body)
    pen.rectangle((228, 240, 252, 385), fill=detail)
    pen.rounded_rectangle((165, 380, 315, 405), 12, fill=detail)


def _basket(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.arc((150, 90, 330, 330), 180, 360, fill=detail, width=18)
    pen.polygon(((95, 210), (385, 210), (350, 405), (130, 405)), fill=body)
    for left in range(130, 360, 46):
        pen.rectangle((left, 235, left + 12, 385), fill=detail)


def _drop(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.polygon(((240, 60), (352, 240), (128, 240)), fill=body)
    pen.ellipse((120, 170, 360, 405), fill=body)
    pen.arc((165, 220, 315, 365), 90, 200, fill=detail, width=16)


def _spade(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.rounded_rectangle((180, 60, 300, 90), 14, fill=detail)
    pen.rectangle((226, 80, 254, 260), fill=detail)
    pen.polygon(((160, 240), (320, 240), (320, 330), (240, 415), (160, 330)), fill=body)


def _plant(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    for left, top, right in ((120, 130, 240), (240, 130, 360), (180, 70, 300)):
        pen.ellipse((left, top, right, top + 170), fill=detail)
    pen.rectangle((200, 180, 280, 270), fill=detail)
    pen.polygon(((140, 260), (340, 260), (310, 405), (170, 405)), fill=body)


def _tent(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.polygon(((240, 90), (420, 400), (60, 400)), fill=body)
    pen.polygon(((240, 190), (310, 400), (170, 400)), fill=detail)


def _chair(pen: ImageDraw.ImageDraw, body: str, detail: str) -> None:
    pen.rounded_rectangle((140, 80, 340, 240), 20, fill=body)
    pen.rounded_rectangle((120, 255, 360, 300), 16, fill=body)
    for left in (135, 320):
        pen.rectangle((left, 300, left + 24, 410), fill=detail)


_SHAPES: Final[Mapping[str, Callable[[ImageDraw.ImageDraw, str, str], None]]] = {
    "pot": _pot, "knife": _knife, "bowl": _bowl, "jar": _jar, "cloth": _cloth, "lamp": _lamp,
    "basket": _basket, "drop": _drop, "spade": _spade, "plant": _plant, "tent": _tent, "chair": _chair,
}  # fmt: skip
