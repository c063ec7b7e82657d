"""GS1 barcodes: check digits of articles (GTIN) and logistic units (SSCC), and element strings with many facts in one scan.

An element string comes as people print it, `(01)09506000134352(10)A12`, or as scanners send it: digits in a row, with
an ASCII 29 (FNC1) behind each field of open length. General Specifications, sections 3 and 7.8.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.check_digits import gs1_digit, gs1_holds
from backoffice.core.errors import Invalid, Words
from backoffice.core.texts import quoted

FNC1: Final = "\x1d"
_LONGEST: Final = 400
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9]")
_GS1_SYMBOLOGIES: Final = ("]C1", "]d2", "]Q3", "]e0", "]J1")
_BRACKETED = re.compile(r"\(([0-9]{2,4})\)([^(]*)")
# The characters that a text field may hold (figure 7.11-1 of the specifications); brackets only come from scanners.
_TEXT = re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]+\Z""")

# Length of an application identifier by its first two digits, and of its value where that is fixed by the same two digits
# (figure 7.8.5-2). Everything else runs to the next FNC1. Knowing both, unknown fields are kept aside and not misread.
_AI_LENGTHS: Final = {
    **{f"{number:02}": 2 for number in (*range(5), *range(10, 23), 30, 37, *range(90, 100))},
    **{f"{number:02}": 3 for number in (23, 24, 25, 40, 41, 42, 71)},
    **{f"{number:02}": 4 for number in (31, 32, 33, 34, 35, 36, 39, 43, 70, 72, 80, 81, 82)},
}
_FIXED_LENGTHS: Final = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16,
    **{f"{number:02}": 6 for number in range(11, 20)}, "20": 2,
    **{f"{number:02}": 6 for number in range(31, 37)}, "41": 13,
}  # fmt: skip
_LONGEST_TEXT: Final = {"10": 20, "21": 20, "30": 8, "37": 8, "400": 30}


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """What a barcode says. GTINs have 14 digits here, however they were printed, so that they compare."""

    gtin: str = ""
    lot: str = ""
    serial: str = ""
    produced_on: date | None = None
    best_before: date | None = None
    expires_on: date | None = None
    quantity: int | None = None  # (30) of the article itself, (37) of the articles in a logistic unit
    net_weight_kg: Decimal | None = None
    sscc: str = ""
    contained_gtin: str = ""  # (02), the article inside a logistic unit
    order_number: str = ""
    other: dict[str, str] = field(default_factory=dict)  # fields that are valid and mean nothing to us


def is_gtin(text: str) -> bool:
    """Whether this is a GTIN of 8, 12, 13 or 14 digits with its right check digit."""
    return len(text) in _GTIN_LENGTHS and text.isascii() and text.isdigit() and gs1_holds(text)


def check_gtin(text: object, *, field: str | None = "gtin") -> str:
    """The GTIN as given. Raises Invalid: not_digits, bad_length, bad_check_digit (names the expected one)."""
    return _checked(text, _GTIN_LENGTHS, _("A GTIN has 8, 12, 13 or 14 digits."), field)


def gtin14(text: object, *, field: str | None = "gtin") -> str:
    """The GTIN with zeros in front up to 14 digits: one article, one number. Raises Invalid as check_gtin does."""
    return check_gtin(text, field=field).zfill(14)


def check_sscc(text: object, *, field: str | None = "sscc") -> str:
    """The SSCC as given. Raises Invalid: not_digits, bad_length, bad_check_digit."""
    return _checked(text, (18,), _("An SSCC has 18 digits."), field)


def make_gtin(body: str) -> str:
    """7, 11, 12 or 13 digits with their check digit behind. Raises Invalid: not_digits, bad_length."""
    return _made(
        body,
        tuple(length - 1 for length in _GTIN_LENGTHS),
        _("A GTIN has 7, 11, 12 or 13 digits before the check digit."),
    )


def make_sscc(extension: int, company_prefix: str, serial: int) -> str:
    """A new SSCC: extension digit, company prefix (4 to 12 digits), serial filled up to 16 digits, check digit."""
    room = 16 - len(company_prefix)
    if not 0 <= extension <= 9 or not 4 <= len(company_prefix) <= 12 or not 0 <= serial < 10**room:
        raise Invalid("bad_length", _("The company prefix and the serial do not fit into an SSCC."), field="sscc")
    return _made(
        f"{extension}{company_prefix}{serial:0{room}}", (17,), _("An SSCC has 17 digits before the check digit.")
    )


def read_barcode(text: object, *, today: date, field: str | None = "barcode") -> ScannedItem:
    """What a scan says: a bare GTIN, or an element string printed or raw. `today` settles the century of dates.

    Raises Invalid: not_a_barcode, unknown_field, cut_off, not_digits, bad_length, bad_check_digit, bad_text, no_such_day,
    given_twice (the same field with two values).
    """
    if not isinstance(text, str) or not text or len(text) > _LONGEST:
        raise Invalid("not_a_barcode", _("This is not a barcode."), field=field)
    bare = text[3:] if _SYMBOLOGY.match(text) else text
    # A scanner that says "this is GS1" settles what eight bare digits are: (10)123456 and not a GTIN-8.
    if not text.startswith(_GS1_SYMBOLOGIES) and len(bare) in _GTIN_LENGTHS and bare.isascii() and bare.isdigit():
        return ScannedItem(gtin=gtin14(bare, field=field))
    pairs = _printed_pairs(bare, field) if bare.startswith("(") else _raw_pairs(bare, field)
    if not pairs:
        raise Invalid("not_a_barcode", _("This is not a barcode."), field=field)
    facts: dict[str, object] = {}
    other: dict[str, str] = {}
    seen: dict[str, str] = {}
    for identifier, value in pairs:
        if seen.setdefault(identifier, value) != value:
            raise _refusal("given_twice", identifier, value, field)
        fact = _fact(identifier, value, today, field)
        if fact is None:
            other[identifier] = value
        else:
            facts[fact[0]] = fact[1]
    return ScannedItem(**facts, other=other)  # type: ignore[arg-type]  # each fact was made for the field that it names


def _printed_pairs(text: str, field: str | None) -> list[tuple[str, str]]:
    pairs = []
    end = 0
    for match in _BRACKETED.finditer(text):
        if match.start() != end:
            break
        identifier, value = match[1], match[2]
        if len(identifier) != _AI_LENGTHS.get(identifier[:2]):
            raise _refusal("unknown_field", identifier, value, field)
        fixed = _FIXED_LENGTHS.get(identifier[:2])
        if not value or (fixed and len(value) != fixed):
            raise _refusal("bad_length", identifier, value, field)
        pairs.append((identifier, value))
        end = match.end()
    if end != len(text):
        raise Invalid("not_a_barcode", format_lazy(_("{text} is not a GS1 barcode."), text=quoted(text)), field=field)
    return pairs


def _raw_pairs(text: str, field: str | None) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    at = 1 if text.startswith(FNC1) else 0
    while at < len(text):
        length = _AI_LENGTHS.get(text[at : at + 2])
        identifier = text[at : at + (length or 2)]
        if length is None or len(identifier) < length or not (identifier.isascii() and identifier.isdigit()):
            if not pairs:
                raise Invalid(
                    "not_a_barcode", format_lazy(_("{text} is not a GS1 barcode."), text=quoted(text)), field=field
                )
            raise _refusal("unknown_field", identifier, "", field)
        at += length
        fixed = _FIXED_LENGTHS.get(identifier[:2])
        stop = text.find(FNC1, at)
        end = at + fixed if fixed else (stop if stop >= 0 else len(text))
        value = text[at:end]
        if not value or (fixed and (len(value) < fixed or FNC1 in value)):
            raise _refusal("cut_off", identifier, value, field)
        pairs.append((identifier, value))
        # A separator behind a field of fixed length is needless, and many printers write it all the same.
        at = end + 1 if text[end : end + 1] == FNC1 else end
    return pairs


def _fact(identifier: str, value: str, today: date, field: str | None) -> tuple[str, object] | None:
    """The name and value that a field has on ScannedItem, or None for a field that means nothing to us."""
    if identifier in _LONGEST_TEXT and len(value) > _LONGEST_TEXT[identifier]:
        raise _refusal("bad_length", identifier, value, field)
    match identifier:
        case "00":
            return "sscc", check_sscc(value, field=field)
        case "01":
            return "gtin", gtin14(value, field=field)
        case "02":
            return "contained_gtin", gtin14(value, field=field)
        case "10" | "21" | "400":
            name = {"10": "lot", "21": "serial", "400": "order_number"}[identifier]
            return name, _text(identifier, value, field)
        case "11" | "15" | "17":
            name = {"11": "produced_on", "15": "best_before", "17": "expires_on"}[identifier]
            return name, _day(identifier, value, today, field)
        case "30" | "37":
            return "quantity", int(_digits(identifier, value, field))
    if identifier.startswith("310") and identifier[3] in "012345":
        return "net_weight_kg", Decimal(_digits(identifier, value, field)).scaleb(-int(identifier[3]))
    _text(identifier, value, field)
    return None


def _day(identifier: str, value: str, today: date, field: str | None) -> date:
    """YYMMDD in the century that lies within 49 years back and 50 ahead; day 00 is the last of the month."""
    digits = _digits(identifier, value, field)
    year, month, day = today.year // 100 * 100 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    year += 100 if year - today.year < -49 else -100 if year - today.year > 50 else 0
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        raise _refusal("no_such_day", identifier, value, field)
    return date(year, month, day or monthrange(year, month)[1])


def _digits(identifier: str, value: str, field: str | None) -> str:
    if not (value.isascii() and value.isdigit()):
        raise _refusal("not_digits", identifier, value, field)
    return value


def _text(identifier: str, value: str, field: str | None) -> str:
    if not _TEXT.match(value):
        raise _refusal("bad_text", identifier, value, field)
    return value


_MESSAGES: Final = {
    "given_twice": _("The field ({ai}) stands there twice with different values."),
    "unknown_field": _("There is no field ({ai}) in a GS1 barcode."),
    "cut_off": _("The barcode ends inside the field ({ai})."),
    "bad_length": _("The field ({ai}) has the wrong length: {value}."),
    "no_such_day": _("The field ({ai}) is not a day: {value}."),
    "not_digits": _("The field ({ai}) may only hold digits: {value}."),
    "bad_text": _("The field ({ai}) holds a character that GS1 does not know: {value}."),
}


def _refusal(code: str, identifier: str, value: str, field: str | None) -> Invalid:
    words = format_lazy(_MESSAGES[code], ai=quoted(identifier), value=quoted(value))
    return Invalid(code, words, field=field, identifier=quoted(identifier))


def _checked(text: object, lengths: tuple[int, ...], length_message: Words, field: str | None) -> str:
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        raise Invalid(
            "not_digits", format_lazy(_("{text} must consist of digits only."), text=quoted(text)), field=field
        )
    if len(text) not in lengths:
        raise Invalid("bad_length", length_message, field=field)
    if not gs1_holds(text):
        expected = gs1_digit(text[:-1])
        message = format_lazy(
            _("The check digit of {text} is wrong: {expected} was expected, not {found}."),
            text=text, expected=expected, found=text[-1],
        )  # fmt: skip
        raise Invalid("bad_check_digit", message, field=field, expected=expected)
    return text


def _made(body: str, lengths: tuple[int, ...], length_message: Words) -> str:
    if not (body.isascii() and body.isdigit()):
        raise Invalid("not_digits", format_lazy(_("{text} must consist of digits only."), text=quoted(body)))
    if len(body) not in lengths:
        raise Invalid("bad_length", length_message)
    return body + gs1_digit(body)
