"""Barcodes as vector rectangles.

`symbol(kind, text)` encodes a text with zint and returns its dark rectangles in modules (the narrowest bar is one
module). Whoever draws them chooses the size: `svg` for pages, `pdf_labels` and `zpl` for labels. One drawing of a code
for every medium means that what a test decodes from a page is what the warehouse scans.

A number with a check digit (EAN, UPC, ITF-14) is asked for in full: zint would complete a shorter one, and twelve digits
given as EAN-13 would quietly become the barcode of another product.
"""

import functools
import re
from dataclasses import dataclass
from typing import Literal, get_args

import zint
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.core.check_digits import gs1_holds
from backoffice.core.errors import Invalid

BarcodeKind = Literal["code128", "gs1_128", "ean13", "ean8", "upca", "itf14", "qr", "datamatrix"]

KINDS: tuple[BarcodeKind, ...] = get_args(BarcodeKind)

LONGEST_TEXT = 3000
"""Longer than any symbol can hold (7,089 digits in a QR code apart); keeps the encoder's work small."""

PRINTABLE_ASCII = re.compile(r"[\x20-\x7e]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Rect:
    """A dark rectangle. All figures in modules, from the symbol's left top corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Symbol:
    """An encoded barcode.

    `width` and `height` are modules without the quiet zone; a linear symbol is one module high and is stretched by
    whoever draws it. `quiet` is the free margin, in modules, that scanners need left and right (and above and below
    when the symbol is not linear). `text` is what a person reads below the bars.
    """

    kind: BarcodeKind
    width: float
    height: float
    rects: tuple[Rect, ...]
    quiet: int
    linear: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Encoding:
    """How a kind is encoded and what a text must look like for it."""

    symbology: zint.Symbology
    quiet: int
    linear: bool
    digits: int | None = None


_ENCODINGS: dict[BarcodeKind, _Encoding] = {
    "code128": _Encoding(zint.Symbology.CODE128, quiet=10, linear=True),
    "gs1_128": _Encoding(zint.Symbology.GS1_128, quiet=10, linear=True),
    "ean13": _Encoding(zint.Symbology.EANX, quiet=11, linear=True, digits=13),
    "ean8": _Encoding(zint.Symbology.EANX, quiet=7, linear=True, digits=8),
    "upca": _Encoding(zint.Symbology.UPCA, quiet=9, linear=True, digits=12),
    "itf14": _Encoding(zint.Symbology.ITF14, quiet=10, linear=True, digits=14),
    "qr": _Encoding(zint.Symbology.QRCODE, quiet=4, linear=False),
    "datamatrix": _Encoding(zint.Symbology.DATAMATRIX, quiet=1, linear=False),
}


@functools.lru_cache(maxsize=512)
def symbol(kind: BarcodeKind, text: str) -> Symbol:
    """Encode `text`. Raises Invalid (`barcode_…`) where the kind cannot carry it; an unknown kind is Invalid as well."""
    encoding = _ENCODINGS.get(kind)
    if encoding is None:
        raise Invalid("barcode_kind_unknown", _("There is no barcode kind “%(kind)s”.") % {"kind": kind}, field="kind")
    _check_text(text, encoding)
    encoder = _encoder(kind, encoding)
    try:
        encoder.encode(_payload(text, encoding))
        encoder.buffer_vector(0)
    except RuntimeError as error:
        raise _refusal(kind, text, str(error)) from error
    return _collect(kind, encoding, encoder)


def _check_text(text: str, encoding: _Encoding) -> None:
    if not text:
        raise Invalid("barcode_empty", _("A barcode needs at least one character."), field="text")
    if len(text) > LONGEST_TEXT:
        raise Invalid("barcode_too_long", _("The text is too long for a barcode."), field="text", length=len(text))
    if encoding.digits is not None:
        _check_number(text, encoding.digits)
    elif encoding.linear and not PRINTABLE_ASCII.fullmatch(text):
        raise Invalid(
            "barcode_characters",
            _("This barcode carries plain letters, digits and signs only (ASCII)."),
            field="text",
            hint=_("Use a QR code for other scripts."),
        )
    elif CONTROL.search(text):
        raise Invalid("barcode_characters", _("A barcode cannot carry control characters."), field="text")


def _check_number(text: str, digits: int) -> None:
    if not (text.isascii() and text.isdigit() and len(text) == digits):
        raise Invalid(
            "barcode_digits",
            _("This barcode needs exactly %(digits)s digits, the check digit included.") % {"digits": digits},
            field="text",
        )
    if not gs1_holds(text):
        raise Invalid(
            "barcode_check_digit",
            _("The last digit of %(text)s does not fit the others; one digit is probably mistyped.") % {"text": text},
            field="text",
        )


def _encoder(kind: BarcodeKind, encoding: _Encoding) -> zint.Symbol:
    encoder = zint.Symbol()
    encoder.symbology = encoding.symbology
    encoder.show_text = False
    encoder.guard_descent = 0
    # zint only warns of a wrong check digit or an unknown date inside GS1 data; a label must not carry either.
    encoder.warn_level = zint.WarningLevel.FAIL_ALL
    if kind == "gs1_128":
        encoder.input_mode = zint.InputMode.GS1 | zint.InputMode.GS1PARENS
    elif kind == "itf14":
        # The only bearer option that leaves the side bars away; `_collect` keeps nothing but the bars.
        encoder.output_options = zint.OutputOptions.BARCODE_BIND_TOP
    elif kind == "qr":
        encoder.option_1 = 2  # error correction M: 15 % of the symbol may be smudged
    elif kind == "datamatrix":
        encoder.option_3 = int(zint.DataMatrixOptions.SQUARE)
    return encoder


def _payload(text: str, encoding: _Encoding) -> str:
    """What zint gets: numbers without their check digit, which it adds and `_check_number` has compared.

    With it, eight digits would not be an EAN-8 but twelve with zeros in front: the EAN-13 of something else.
    """
    return text[:-1] if encoding.digits is not None else text


def _refusal(kind: BarcodeKind, text: str, reason: str) -> Invalid:
    reason = re.sub(r"^Error \d+: ", "", reason)
    messages: dict[BarcodeKind, str | Promise] = {
        "gs1_128": _("This is no valid GS1 text: %(reason)s."),
        "code128": _("This text does not fit a Code 128 barcode: %(reason)s."),
    }
    message = messages.get(kind, _("This text cannot be a barcode: %(reason)s."))
    hint = _("Write each part after its number in brackets, such as (01)09501101530003(10)AB-123.")
    return Invalid(
        "barcode_refused",
        message % {"reason": reason},
        field="text",
        hint=hint if kind == "gs1_128" else None,
        text=text[:80],
    )


def _collect(kind: BarcodeKind, encoding: _Encoding, encoder: zint.Symbol) -> Symbol:
    """zint draws two units a module, with margins of its own; take the bars only and start at zero."""
    raw = [(rect.x / 2, rect.y / 2, rect.width / 2, rect.height / 2) for rect in encoder.vector.rectangles]
    left = min(x for x, _y, _w, _h in raw)
    width = max(x + w for x, _y, w, _h in raw) - left
    if encoding.linear:
        rects = tuple(Rect(x - left, 0, w, 1) for x, _y, w, _h in raw)
        height = 1.0
    else:
        rects = tuple(Rect(x, y, w, h) for x, y, w, h in raw)
        height = max(y + h for _x, y, _w, h in raw)
    return Symbol(
        kind=kind,
        width=width,
        height=height,
        rects=rects,
        quiet=encoding.quiet,
        linear=encoding.linear,
        text=encoder.text if encoding.linear else "",
    )
