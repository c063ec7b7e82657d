"""Numbers from outside, read strictly: one spelling has one value, or is refused with a sentence that says why.

`parse_*` read what programs and forms send: ASCII digits, a point for the decimals, a minus, nothing else. `read_*` read
what people keep in files, once somebody has said which mark their decimals have.
"""

import re
from collections.abc import Callable, Container
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.texts import quoted

MOST_QUANTITY: Final = 999_999_999  # fits an integer column, with room for sums in a bigint
_LONGEST: Final = 40
_BIGGEST: Final = 2**63 - 1

DecimalMark: TypeAlias = Literal[".", ","]

_INTEGER = re.compile(r"-?[0-9]+\Z")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?\Z")
_ZERO = re.compile(r"-0+(?:\.0+)?\Z")

# What may be wrong with the spelling of a number, in the order in which it is told.
_SPELLINGS: Final[tuple[tuple[str, Callable[[str], object], Promise], ...]] = (
    ("blank", lambda text: not text, _("Enter a number.")),
    ("too_long", lambda text: len(text) > _LONGEST, _("The number is too long.")),
    ("surrounding_space", lambda text: text != text.strip(), _("Remove the spaces around the number.")),
    ("underscore", lambda text: "_" in text, _("Write the number without underscores.")),
    (
        "foreign_digits",
        lambda text: any(letter.isnumeric() and not letter.isascii() for letter in text),
        _("Write the number with the digits 0 to 9."),
    ),
    ("negative_zero", _ZERO.match, _("Write zero without a minus.")),
    ("decimal_comma", lambda text: "," in text, _("Use a point for the decimals and no thousands separators.")),
    (
        "exponent",
        re.compile(r"[-+]?[0-9.,]+[eE][-+]?[0-9]+\Z").match,
        _("Write the number in full, without an exponent."),
    ),
    ("not_finite", re.compile(r"[-+]?s?(nan|inf)", re.IGNORECASE).match, _("This must be a finite number.")),
    ("plus_sign", lambda text: text.startswith("+"), _("Write the number without a plus.")),
    ("not_a_number", lambda text: True, _("This is not a number.")),
)


def parse_integer(
    value: object, *, field: str | None = None, minimum: int = -_BIGGEST - 1, maximum: int = _BIGGEST
) -> int:
    """A whole number within the bounds (by themselves those of a bigint), from text or an int, never a bool or a float.

    Raises Invalid: a code of spelling (see _SPELLINGS), fraction, too_small, too_large, not_a_number.
    """
    number = _exact(value, field)
    if isinstance(value, str) and not _INTEGER.match(value):
        raise _refusal("fraction", _("Only whole numbers are allowed here."), value, field)
    if isinstance(value, Decimal):
        raise _refusal("not_a_number", _("This is not a whole number."), value, field)
    _within(number, minimum, maximum, field)
    return int(number)


def parse_decimal(
    value: object,
    *,
    max_digits: int,
    places: int,
    field: str | None = None,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Decimal:
    """An exact number of at most `max_digits` digits, `places` of them after the point; from text, an int or a Decimal.

    Text may not have more decimals than `places`, not even zeros; a Decimal may, as columns of the database pad them.
    Raises Invalid: a code of spelling, too_many_places, too_many_digits, too_small, too_large, not_finite, not_a_number.
    """
    number = _exact(value, field)
    exponent = number.as_tuple().exponent
    written = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    # Digits are counted, not computed with: the default context would round a long number without a word.
    if written > places and (isinstance(value, str) or _needed_places(number, written) > places):
        raise Invalid(
            "too_many_places",
            format_lazy(
                _("{number} has too many decimals; at most {places} are allowed."), number=quoted(number), places=places
            ),
            field=field,
        )
    if number.adjusted() >= max_digits - places and number != 0:
        raise Invalid(
            "too_many_digits",
            format_lazy(_("At most {digits} digits are allowed before the decimal point."), digits=max_digits - places),
            field=field,
        )
    _within(number, minimum, maximum, field)
    return number


def parse_quantity(
    value: object, *, field: str | None = "quantity", minimum: int = 1, maximum: int = MOST_QUANTITY
) -> int:
    """A quantity in whole base units. Zero and negatives only where the caller lowers `minimum` (counts, adjustments)."""
    return parse_integer(value, field=field, minimum=minimum, maximum=maximum)


def _exact(value: object, field: str | None) -> Decimal:
    if isinstance(value, str):
        if not (len(value) <= _LONGEST and _DECIMAL.match(value)) or _ZERO.match(value):
            raise _misspelt(value, field)
        return Decimal(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise _refusal("not_finite", _("This must be a finite number."), value, field)
        if value.is_signed() and value == 0:
            raise _refusal("negative_zero", _("Write zero without a minus."), value, field)
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise _refusal("not_a_number", _("This is not an exact number."), value, field)


def _needed_places(number: Decimal, written: int) -> int:
    digits = "".join(map(str, number.as_tuple().digits))
    return max(0, written - (len(digits) - len(digits.rstrip("0")))) if number else 0


def _within(
    number: int | Decimal, minimum: int | Decimal | None, maximum: int | Decimal | None, field: str | None
) -> None:
    if minimum is not None and number < minimum:
        message = format_lazy(_("{number} is too small; the least is {limit}."), number=quoted(number), limit=minimum)
        raise Invalid("too_small", message, field=field, minimum=minimum)
    if maximum is not None and number > maximum:
        message = format_lazy(_("{number} is too large; the most is {limit}."), number=quoted(number), limit=maximum)
        raise Invalid("too_large", message, field=field, maximum=maximum)


def _misspelt(text: str, field: str | None, allowed: Container[str] = ()) -> Invalid:
    code, message = next(
        (code, message) for code, applies, message in _SPELLINGS if code not in allowed and applies(text)
    )
    return _refusal(code, message, text, field)


def _refusal(code: str, message: Promise, value: object, field: str | None) -> Invalid:
    if code in ("blank", "too_long"):
        return Invalid(code, message, field=field)
    return Invalid(code, format_lazy("{message} ({value})", message=message, value=quoted(value)), field=field)


# Spaces that people and programs put between thousands, in one class with the apostrophes of Switzerland.
_SPACES: Final = "\u0020\u00a0\u2009\u202f"
_APOSTROPHES: Final = "'\u2019"
_FILE_NUMBER = re.compile(rf"[0-9][0-9.,{_SPACES}{_APOSTROPHES}]*\Z")


def read_decimal(
    text: str,
    *,
    decimal_mark: DecimalMark,
    max_digits: int,
    places: int,
    field: str | None = None,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Decimal:
    """A number from a file whose decimals have the mark named: "1.234,56", "1 234,5", "-7" with a decimal comma.

    Thousands must be groups of three behind one to three digits, all with the same separator; otherwise the text could
    mean two numbers and is refused (grouping). Raises Invalid as parse_decimal does, and grouping.
    """
    bare = text.strip(_SPACES + "\t").replace("\u2212", "-") if len(text) <= 2 * _LONGEST else text
    sign, digits = ("-", bare[1:].lstrip(_SPACES)) if bare.startswith("-") else ("", bare.removeprefix("+"))
    if len(digits) > _LONGEST or not _FILE_NUMBER.match(digits):
        raise _misspelt(bare, field, allowed=("decimal_comma", "surrounding_space", "plus_sign"))
    whole, mark, fraction = digits.partition(decimal_mark)
    plain = _without_thousands(whole, decimal_mark)
    if plain is None or (mark and not fraction.isdigit()):
        raise _ungrouped(text, decimal_mark, field)
    number = Decimal(plain + "." + fraction if mark else plain)
    # "-0,00" is how spreadsheets print a loss that they rounded away.
    signed = number.copy_negate() if sign and number else number
    return parse_decimal(signed, max_digits=max_digits, places=places, field=field, minimum=minimum, maximum=maximum)


def read_quantity(
    text: str,
    *,
    decimal_mark: DecimalMark,
    field: str | None = "quantity",
    minimum: int = 1,
    maximum: int = MOST_QUANTITY,
) -> int:
    """A whole quantity from a file; "12,000" with a decimal comma is twelve, with a decimal point twelve thousand."""
    number = read_decimal(text, decimal_mark=decimal_mark, max_digits=20, places=6, field=field)
    if number != int(number):
        raise _refusal("fraction", _("Only whole numbers are allowed here."), text, field)
    return parse_integer(int(number), field=field, minimum=minimum, maximum=maximum)


def _without_thousands(whole: str, decimal_mark: DecimalMark) -> str | None:
    if whole.isascii() and whole.isdigit():
        return whole
    for separators in ("," if decimal_mark == "." else ".", _SPACES, _APOSTROPHES):
        mark = re.escape(separators)
        # A group behind a leading zero ("0.123") is a decimal in disguise. The same separator every time: \1.
        match = re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:([{mark}])[0-9]{{3}}(?:\1[0-9]{{3}})*)", whole, re.ASCII)
        if match:
            return whole.replace(match.group(1), "")
    return None


def _ungrouped(text: str, decimal_mark: str, field: str | None) -> Invalid:
    message = format_lazy(
        _("{value} can be read in two ways when the decimal mark is “{mark}”."), value=quoted(text), mark=decimal_mark
    )
    hint = _("Check which mark the decimals of this file have, or write the number without thousands separators.")
    return Invalid("grouping", message, field=field, hint=hint)
