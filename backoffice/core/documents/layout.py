"""Where text and bars go inside their boxes. Pure; both label writers ask here, so that they agree."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.barcodes import Rect, Symbol, symbol
from backoffice.core.documents.bidi import base_direction, visual_order
from backoffice.core.documents.labels import LINE_STEP, Align, Barcode, Text
from backoffice.core.documents.typefaces import Typeface, printable, typeface_for
from backoffice.core.errors import Invalid

DOTS_PER_MM = {203: 8, 300: 12, 600: 24}
"""What label printers mean by their resolutions."""

SMALLEST_MODULE_MM = 0.16
"""The narrowest bar that a hand scanner still reads off thermal paper; two dots even at 300 dpi."""

CAPTION_MM = 3.0
SHRINK_STEPS = tuple(1 - step / 20 for step in range(9))
"""Font sizes tried when a text is too wide, down to 60 %."""

ASCENT = 0.8
"""From the top of a line to its baseline, in font sizes."""


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line of text in its place: millimetres, `text` in visual order, `x` at its left edge.

    `box` is the left edge and width of its box and `align` where it stands in there, for printers that set type with
    letters of another width.
    """

    text: str
    face: Typeface
    size: float
    x: float
    top: float
    box: tuple[float, float]
    align: Align

    @property
    def baseline(self) -> float:
        return self.top + ASCENT * self.size


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A barcode in its place. `rects` are in modules from (x, y); a module is a whole number of printer dots."""

    x: float
    y: float
    module: float
    rects: tuple[Rect, ...]
    caption: Text | None


def set_text(item: Text) -> list[SetLine]:
    """Wrap, shrink or cut `item` until it fits. Refused (`letters_missing`) when no font has its letters."""
    paragraphs = [words for part in item.text.splitlines() if (words := printable(part).split())]
    text = " ".join(word for words in paragraphs for word in words)
    if not text:
        return []
    if len(paragraphs) > item.max_lines:
        # More line breaks than lines: words flow together, which loses less than cutting the last lines off.
        paragraphs = [text.split(" ")]
    face = typeface_for(visual_order(text + "…"), bold=item.bold)
    lines, scale = _fit(paragraphs, face, item)
    align = item.align
    if align == "start":
        align = "right" if base_direction(text) == "rtl" else "left"
    placed = []
    for number, line in enumerate(lines):
        width = face.width(line) / 1000 * item.size * scale
        free = item.width - width
        offset = {"left": 0.0, "center": free / 2, "right": free}[align]
        # A shrunk line keeps its baseline, so that a row of fields stays level.
        top = item.y + item.size * (LINE_STEP * number + ASCENT * (1 - scale))
        # Every line has the direction of the whole text, not of the words it happens to begin with.
        ordered = visual_order(line, base_direction(text))
        place = (item.x + offset, top, (item.x, item.width), align)
        placed.append(SetLine(ordered, face, item.size * scale, *place))
    return placed


def place_symbol(item: Barcode, *, dpi: int = 203) -> PlacedSymbol:
    """Encode and place a barcode. Invalid (`barcode_too_small`) when its box is too small to be scanned."""
    code = symbol(item.kind, item.text)
    dots = DOTS_PER_MM[dpi]
    caption_height = CAPTION_MM if item.show_text and code.text else 0.0
    height = item.height - caption_height
    across, down = _modules(code)
    module_dots = int(item.width * dots / across + 1e-6)
    if not code.linear:
        module_dots = min(module_dots, int(height * dots / down + 1e-6))
    module = module_dots / dots
    if module < SMALLEST_MODULE_MM or height <= 0:
        raise _too_small(item, code, caption_height, dots)
    # The corner stands on a dot too, or a printer would round bars of equal width to different widths.
    x = round((item.x + (item.width - code.width * module) / 2) * dots) / dots
    if code.linear:
        bar = height / module
        rects = tuple(Rect(rect.x, 0, rect.width, bar) for rect in code.rects)
        y = round(item.y * dots) / dots
    else:
        rects = code.rects
        y = round((item.y + (height - code.height * module) / 2) * dots) / dots
    caption = None
    if caption_height:
        caption = Text(item.x, item.y + height + 0.3, item.width, code.text, size=CAPTION_MM - 0.4, align="center")
    return PlacedSymbol(x, y, module, rects, caption)


def _fit(paragraphs: list[list[str]], face: Typeface, item: Text) -> tuple[list[str], float]:
    """The lines and the scale of the largest size at which they fit; the smallest one cuts what is left over."""
    measured = [[(word, face.width(word)) for word in words] for words in paragraphs]
    space = face.width(" ")
    for scale in SHRINK_STEPS:
        room = item.width / (item.size * scale) * 1000
        lines = [line for words in measured for line in _wrap(words, space, room)]
        if len(lines) <= item.max_lines and all(width <= room for _line, width in lines):
            return [line for line, _width in lines], scale
    broken = [[piece for word in words for piece in _split_long(word, face, room)] for words in measured]
    lines = [line for words in broken for line in _wrap(words, space, room)]
    kept = [line for line, _width in lines[: item.max_lines]]
    if len(lines) > item.max_lines:
        kept[-1] = _shortened(kept[-1], face, room)
    return kept, scale


def _wrap(words: list[tuple[str, float]], space: float, room: float) -> list[tuple[str, float]]:
    lines = [words[0]]
    for word, width in words[1:]:
        line, used = lines[-1]
        if used + space + width <= room:
            lines[-1] = (f"{line} {word}", used + space + width)
        else:
            lines.append((word, width))
    return lines


def _split_long(word: tuple[str, float], face: Typeface, room: float) -> list[tuple[str, float]]:
    """A word wider than the box is broken between letters: half a SKU on the next line beats a lost one."""
    text, width = word
    if width <= room:
        return [word]
    pieces, current, used = [], "", 0.0
    for letter in text:
        step = face.width(letter)
        if current and used + step > room:
            pieces.append((current, used))
            current, used = "", 0.0
        current, used = current + letter, used + step
    return [*pieces, (current, used)]


def _shortened(line: str, face: Typeface, room: float) -> str:
    while line and face.width(line + "…") > room:
        line = line[:-1]
    return line.rstrip() + "…"


def _modules(code: Symbol) -> tuple[float, float]:
    """Modules that the symbol needs across and down, quiet zones included."""
    margin = 2 * code.quiet
    return code.width + margin, (1 if code.linear else code.height + margin)


def _too_small(item: Barcode, code: Symbol, caption_height: float, dots: int) -> Invalid:
    across, down = _modules(code)
    module = -(-SMALLEST_MODULE_MM * dots // 1) / dots
    least = round(across * module + 0.05, 1)
    least_height = round((down * module if not code.linear else 1) + caption_height + 0.05, 1)
    return Invalid(
        "barcode_too_small",
        _("The barcode “%(text)s” needs %(least)s × %(least_height)s mm and has %(width)s × %(height)s mm.")
        % {
            "text": item.text[:40],
            "least": least,
            "least_height": least_height,
            "width": item.width,
            "height": item.height,
        },
        hint=_("Make the box larger or the text shorter."),
        field="text",
    )
