"""Cells of a file as values of ours: one field, one cell, one value or a sentence that says why not."""

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from backoffice.core.dates import parse_date, read_date
from backoffice.core.errors import Invalid, Words
from backoffice.core.imports import Cell, Reading
from backoffice.core.numbers import parse_decimal, parse_integer, read_decimal
from backoffice.core.texts import from_spreadsheet_text, quoted

_YES: Final = frozenset({"yes", "y", "true", "1", "x", "on"})
_NO: Final = frozenset({"no", "n", "false", "0", "off", "-"})
_MOST_DIGITS: Final = 25

READABLE: Final = (models.CharField, models.TextField, models.IntegerField, models.DecimalField, models.BooleanField)
"""Fields that fit a cell, beside dates and keys of other rows. Whole numbers of every size are IntegerFields."""


def is_readable(field: "models.Field[Any, Any]") -> bool:
    """Whether a value of this field fits a cell."""
    is_date = isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField)
    return is_date or isinstance(field, (*READABLE, models.ForeignKey))


def as_text(cell: Cell) -> str:
    """A cell as the text that somebody would have typed, without space around it; numbers with a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f") if cell else "0"
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return from_spreadsheet_text(cell).strip() if isinstance(cell, str) else str(cell)


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing to be read in it."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def value_of(cell: Cell, field: "models.Field[Any, Any]", reading: Reading) -> Any:
    """The value that a cell which is not blank stands for. Invalid, without a field, when it stands for none."""
    if field.choices:
        return _choice(as_text(cell), field)
    if isinstance(field, models.BooleanField):
        return _yes_or_no(cell)
    if isinstance(field, models.DecimalField):
        return _decimal(cell, reading, max_digits=field.max_digits or _MOST_DIGITS, places=field.decimal_places or 0)
    if isinstance(field, models.IntegerField):
        return _whole(cell, reading)
    if isinstance(field, models.DateField):
        return _day(cell, reading)
    return as_text(cell)


def empty_of(field: "models.Field[Any, Any]") -> Any:
    """What an emptied field holds: nothing where it may hold nothing, else the empty text."""
    return None if field.null else ""


def can_be_empty(field: "models.Field[Any, Any]") -> bool:
    """Whether a blank cell can empty this field."""
    return field.blank and (field.null or isinstance(field, models.CharField | models.TextField))


# --- cells that rest in the database ----------------------------------------------------------------------------------


def kept(cell: Cell) -> Any:
    """A cell as JSON that remembers what it was: a number of a workbook has no decimal mark, a text has one."""
    if isinstance(cell, bool | int) or cell is None:
        return cell
    if isinstance(cell, Decimal):
        return {"number": str(cell)}
    if isinstance(cell, date | time):
        return {"text": as_text(cell)}
    return storable(cell)


def storable(text: str) -> str:
    """The text without what no database takes: null characters and halves of letters. A problem of its row names them."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def taken_up(value: Any) -> Cell:
    """The cell that `kept` was given; dates come back as the text that they are read from."""
    if isinstance(value, dict):
        return Decimal(value["number"]) if "number" in value else str(value["text"])
    cell: Cell = value
    return cell


def shown(cell: Cell, reading: Reading) -> str:
    """A cell as somebody reading this file would write it."""
    text = as_text(cell)
    if isinstance(cell, Decimal):
        return text.replace(".", reading.decimal_mark)
    return text


# --- kinds of values --------------------------------------------------------------------------------------------------


def _choice(text: str, field: "models.Field[Any, Any]") -> Any:
    """By its code, or by its label in the reader's language or in English."""
    wanted = text.casefold()
    pairs = list(field.flatchoices)
    for value, label in pairs:
        if wanted in (str(value).casefold(), str(label).casefold()):
            return value
    with override("en"):
        for value, label in pairs:
            if wanted == str(label).casefold():
                return value
    raise Invalid("unknown_choice", _unknown(text, (str(value) for value, _label in pairs)))


def _unknown(text: str, known: Iterable[str]) -> Words:
    return format_lazy(
        _("“{value}” is none of those known here: {known}."), value=quoted(text), known=", ".join(filter(None, known))
    )


def _yes_or_no(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    text = as_text(cell).casefold()
    if text in _YES or text == translated("yes").casefold():
        return True
    if text in _NO or text == translated("no").casefold():
        return False
    raise Invalid("not_yes_or_no", format_lazy(_("“{value}” is neither yes nor no."), value=quoted(text)))


def _decimal(cell: Cell, reading: Reading, *, max_digits: int, places: int) -> Decimal:
    if isinstance(cell, str):
        text = from_spreadsheet_text(cell)
        return read_decimal(text, decimal_mark=reading.decimal_mark, max_digits=max_digits, places=places)
    return parse_decimal(cell, max_digits=max_digits, places=places)


def _whole(cell: Cell, reading: Reading) -> int:
    number = _decimal(cell, reading, max_digits=_MOST_DIGITS, places=6)
    if number != number.to_integral_value():
        message = format_lazy(_("Only whole numbers are allowed here. ({value})"), value=quoted(as_text(cell)))
        raise Invalid("fraction", message)
    return parse_integer(int(number))


def _day(cell: Cell, reading: Reading) -> date:
    if isinstance(cell, str) and cell.strip()[:4].isdigit() is False and reading.decimal_mark == ",":
        return read_date(cell, order="DMY")
    return parse_date(as_text(cell))
