"""JSON bodies, read strictly: one body has one meaning, or is refused before anybody acts on it.

What a lenient parser would guess at is refused instead: names that occur twice, numbers that no column holds, letters cut
in half, bodies that are deep or wide only to cost time. The checks that protect the parser run before it does.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, Final, NoReturn

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from backoffice.core.errors import DomainError, Invalid
from backoffice.core.texts import quoted

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_LEVELS: Final = 32
MOST_VALUES: Final = 200_000
MOST_DIGITS: Final = 40

# A string with its quotes; the closing one may be missing, so that a cut-off body is still read in one pass.
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_ALL_BUT_BRACKETS: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
# Escapes that may stand for a null character or for half a letter; a match only means that a closer look is needed.
_SUSPICIOUS_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_HALF_LETTERS = re.compile("[\ud800-\udfff]")


class TooLarge(DomainError):
    """More bytes than this address takes."""

    status = 413


class StrictJSONParser(BaseParser):
    """What every address of the API reads its body with."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value in the body; Invalid with a code for everything that is not plain JSON in UTF-8."""
        _check_type(media_type or "")
        return read_json(stream.read())


def read_json(raw: bytes) -> Any:
    """The value of a JSON text. Numbers with a decimal point come as Decimal, all others as int.

    Raises Invalid: empty_body, byte_order_mark, not_utf8, not_json, too_deep, too_many_values, repeated_name,
    not_finite, exponent, too_many_digits, null_character, broken_character.
    """
    if not raw.strip():
        raise Invalid("empty_body", _("The request has no body. Send a JSON object."))
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise Invalid("byte_order_mark", _("The body begins with a byte order mark. Send plain UTF-8 without one."))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = format_lazy(_("The body is not UTF-8: byte {place} cannot be read."), place=error.start)
        raise Invalid("not_utf8", message) from None
    _check_shape(raw)
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
        )
    except json.JSONDecodeError as error:
        message = format_lazy(
            _("The body is not JSON: line {line}, column {column}."), line=error.lineno, column=error.colno
        )
        raise Invalid("not_json", message, line=error.lineno, column=error.colno) from None
    if _SUSPICIOUS_ESCAPE.search(text):
        _check_letters(value)
    return value


def _check_type(media_type: str) -> None:
    """Exactly application/json; a charset may be named when it is the only one that JSON has."""
    kind, *parameters = [part.strip() for part in media_type.split(";")]
    if kind.lower() != "application/json":
        raise UnsupportedMediaType(media_type)
    for parameter in parameters:
        name, _mark, value = parameter.partition("=")
        if name.lower() == "charset" and value.strip('"').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type)


def _check_shape(raw: bytes) -> None:
    """How deep and how wide the body is, told from its brackets and commas alone, without a loop over its bytes."""
    bare = _STRINGS.sub(b"", raw)
    values = bare.count(b",") + 1
    if values > MOST_VALUES:
        message = format_lazy(
            _("The body holds more than {limit} values. Send several smaller ones."), limit=MOST_VALUES
        )
        raise Invalid("too_many_values", message, limit=MOST_VALUES)
    brackets = bare.translate(_ONE_KIND, _ALL_BUT_BRACKETS)
    # Each round takes away the innermost level. What is unbalanced stays, and is the parser's to refuse.
    for _level in range(MOST_LEVELS):
        if b"[]" not in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    if b"[]" in brackets or brackets.count(b"[") > MOST_LEVELS:
        message = format_lazy(_("The body is nested more than {limit} levels deep."), limit=MOST_LEVELS)
        raise Invalid("too_deep", message, limit=MOST_LEVELS)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _value in pairs).most_common(1)[0][0]
        message = format_lazy(_("The name “{name}” occurs twice in one object."), name=quoted(twice))
        raise Invalid("repeated_name", message)
    return found


def _constant(text: str) -> NoReturn:
    raise Invalid("not_finite", format_lazy(_("{value} is not a number in JSON."), value=text))


def _integer(text: str) -> int | Decimal:
    _check_digits(text)
    # Zero with a minus stays visible, so that the field it stands in can refuse it.
    return Decimal(text) if text == "-0" else int(text)


def _decimal(text: str) -> Decimal:
    _check_digits(text)
    if "e" in text or "E" in text:
        message = _("Write the number {value} in full, without an exponent.")
        raise Invalid("exponent", format_lazy(message, value=quoted(text)))
    return Decimal(text)


def _check_digits(text: str) -> None:
    if len(text) > MOST_DIGITS:
        message = format_lazy(
            _("A number has {length} digits; at most {limit} are allowed."), length=len(text), limit=MOST_DIGITS
        )
        raise Invalid("too_many_digits", message)


def _check_letters(value: Any) -> None:
    """Refuse null characters and halves of letters wherever they stand, also in names."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            rest.extend(item)
            rest.extend(item.values())
        elif isinstance(item, list):
            rest.extend(item)
        elif isinstance(item, str):
            if "\x00" in item:
                raise Invalid("null_character", _("There is a null character in the text. Remove it."))
            if _HALF_LETTERS.search(item):
                raise Invalid("broken_character", _("There is half a letter in the text (a lone surrogate)."))
