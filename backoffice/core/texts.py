"""Text from outside: what may come in, how it is compared, and how it is made safe for a file name or a spreadsheet.

Nothing is changed silently beyond what is written here: outer space is trimmed, letters are composed (NFC), and line
ends become a line feed. Everything else that would mislead a reader is refused with a sentence.
"""

import re
import unicodedata
from typing import Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid

LINE_LENGTH: Final = 200
TEXT_LENGTH: Final = 10_000
_SKU_LENGTH: Final = 500
MOST_MARKS: Final = 8  # Hebrew with points and accents needs five on one letter

# Embeddings, overrides and isolates can make a text read as another. Plain direction marks (U+200E, U+200F, U+061C) only help.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAKS = re.compile("[\r\n\x0b\x0c\x85\u2028\u2029]")
_HALF_LETTERS = re.compile("[\ud800-\udfff]")
_NO_LETTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
# Outer space that is trimmed: white space of every width, and the marks that editors leave at the ends of pasted text.
_OUTER: Final = (
    " \t\n\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060\ufeff"
)


def quoted(value: object, length: int = 40) -> str:
    """A piece of foreign input fit to be shown in a sentence or a log line: short, and without control characters."""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else "…"
    text = value if isinstance(value, str) else str(value)
    piece = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[: length + 1])
    return piece if len(piece) <= length else piece[: length - 1] + "…"


def clean_line(value: object, *, field: str | None = None, max_length: int = LINE_LENGTH, required: bool = True) -> str:
    """One line of text, at most `max_length` characters, composed and trimmed.

    Raises Invalid: not_text, null_character, control_character, line_break, hidden_direction, broken_character,
    too_many_marks, too_long, blank (also when nothing in it can be seen; not when `required` is false).
    """
    text = _checked(value, field=field, max_length=max_length)
    text = text.strip(_OUTER)
    if _BREAKS.search(text):
        raise Invalid("line_break", _("Write this on one line, without a line break."), field=field)
    if "\t" in text:
        raise Invalid("control_character", _("There is a tab in the text. Use a space."), field=field)
    return _finished(text, field=field, max_length=max_length, required=required)


def clean_text(value: object, *, field: str | None = None, max_length: int = TEXT_LENGTH, required: bool = True) -> str:
    """Text of several lines: as clean_line, but tabs stay, and every kind of line end becomes a line feed."""
    text = _checked(value, field=field, max_length=max_length)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _finished(text.strip(_OUTER), field=field, max_length=max_length, required=required)


def _checked(value: object, *, field: str | None, max_length: int) -> str:
    """What must hold before any work is done on the text, cheapest first, so that ten megabytes cost nothing."""
    if not isinstance(value, str):
        raise Invalid("not_text", _("This must be text."), field=field)
    # Composing shortens a text at most to a third; a line end may be two characters.
    if len(value) > 4 * max_length + 100:
        raise _too_long(len(value), max_length, field)
    if "\x00" in value:
        raise Invalid("null_character", _("There is a null character in the text. Remove it."), field=field)
    if _CONTROLS.search(value):
        raise Invalid(
            "control_character",
            _("There is an invisible control character in the text. Type the text again."),
            field=field,
        )
    if _DIRECTIONS.search(value):
        raise Invalid(
            "hidden_direction",
            _("There is a hidden mark in the text that changes the reading direction. Type the text again."),
            field=field,
        )
    if _HALF_LETTERS.search(value) or _NO_LETTERS.search(value):
        raise Invalid(
            "broken_character", _("There is a broken character in the text. Type the text again."), field=field
        )
    return value


def _finished(text: str, *, field: str | None, max_length: int, required: bool) -> str:
    if not text.isascii():
        # Composing sorts the marks on a letter in quadratic time: forty thousand of them would take seconds.
        _refuse_piles(text, 2 * MOST_MARKS, field)
        text = unicodedata.normalize("NFC", text)
    if len(text) > max_length:
        raise _too_long(len(text), max_length, field)
    if not text.isascii():
        _refuse_piles(text, MOST_MARKS, field)
        if not _can_be_seen(text):
            text = ""
    if required and not text:
        raise Invalid("blank", _("This must not be empty."), field=field)
    return text


def _too_long(length: int, max_length: int, field: str | None) -> Invalid:
    message: Promise = format_lazy(
        _("The text has {length} characters; at most {limit} are allowed."), length=length, limit=max_length
    )
    return Invalid("too_long", message, field=field, length=length, limit=max_length)


def _refuse_piles(text: str, most: int, field: str | None) -> None:
    pile = 0
    for letter in text:
        pile = pile + 1 if unicodedata.category(letter) in ("Mn", "Me") else 0
        if pile > most:
            raise Invalid("too_many_marks", _("Too many accents are piled on one letter."), field=field)


def _can_be_seen(text: str) -> bool:
    # A combining mark alone, a joiner or a blank Hangul filler leaves nothing on paper.
    return any(
        unicodedata.category(letter)[0] not in "CZM" and letter not in "\u115f\u1160\u3164\uffa0\u2800"
        for letter in text
    )


def sku_key(text: str) -> str:
    """The form under which two SKUs are the same: composed, without case, invisible marks or outer space.

    85123A and 85123a meet here; the letter O and the digit 0 do not. Raises Invalid: too_long (no SKU is).
    """
    if len(text) > _SKU_LENGTH:
        raise _too_long(len(text), _SKU_LENGTH, None)
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).casefold())
    return " ".join(folded.split())


_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])$", re.IGNORECASE)
_UNSAFE = re.compile(r'[\\/:*?"<>|;%\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+')
_NAME_BYTES: Final = 150
_ENDING_BYTES: Final = 16


def file_name(text: str, *, fallback: str = "file") -> str:
    """A name that every file system, mail client and header takes: no path, no control, no reserved word, 150 bytes.

    The ending is kept. Never refuses: what was unusable becomes `fallback`.
    """
    name = unicodedata.normalize("NFC", text[:1000].replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    name = " ".join(_UNSAFE.sub("_", name).split()).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > _ENDING_BYTES:
        stem, dot, ending = name, "", ""
    stem = _first_bytes(stem, _NAME_BYTES - len((dot + ending).encode())).rstrip(" .")
    if not stem.strip("_"):
        stem = fallback
    # Windows opens a device for CON.txt and even for CON.tar.gz.
    if _RESERVED.match(stem.split(".", 1)[0].strip()):
        stem = "_" + stem
    return stem + dot + ending


def _first_bytes(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


# First character, after spaces, that makes a spreadsheet compute instead of show (ASVS 1.2.10), with the wide and small
# twins that spreadsheet programs fold into the plain ones.
_FORMULA = re.compile(
    "^'*[\\s\ufeff\u200b\u200e\u200f\u2060]*[=+\\-@\x00\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|^'*[\t\r\n\x00]"
)


def spreadsheet_text(text: str) -> str:
    """The text as a cell that stays text: an apostrophe goes before anything that could start a formula.

    For text only. Numbers are written as typed cells (XLSX) or as they are (CSV), so -5 stays a number.
    """
    return "'" + text if _FORMULA.match(text) else text


def from_spreadsheet_text(cell: str) -> str:
    """The text that spreadsheet_text was given: takes off the one apostrophe that it put there, and no other."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
