"""Tables out: CSV and XLSX, written row by row, so that a million rows need no more memory than one.

Text that a spreadsheet program would take for a formula gets an apostrophe in CSV. In XLSX each cell has its type and no
text is ever a formula, so nothing is changed there.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Final, TypeAlias

import xlsxwriter
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Refused
from backoffice.core.texts import spreadsheet_text

Cell: TypeAlias = str | Promise | int | Decimal | bool | date | datetime | time | None

SHEET_ROWS: Final = 1_048_576
SHEET_TEXT: Final = 32_767
EXACT_DIGITS: Final = 15
"""Digits that a spreadsheet number keeps; longer ones (EAN of a pallet, long order numbers) go as text."""


def csv_rows(header: Sequence[str | Promise], rows: Iterable[Sequence[Cell]], *, delimiter: str = ",") -> Iterator[str]:
    """The lines of a CSV file, for a streaming answer. The first line brings a byte order mark: Excel needs it for UTF-8."""
    writer = csv.writer(_Echo(), delimiter=delimiter, lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([_csv_cell(title) for title in header])
    for row in rows:
        yield writer.writerow([_csv_cell(cell) for cell in row])


def write_csv(
    file: IO[bytes], header: Sequence[str | Promise], rows: Iterable[Sequence[Cell]], *, delimiter: str = ","
) -> int:
    """Write the table and return the number of rows below the header."""
    count = -1
    for line in csv_rows(header, rows, delimiter=delimiter):
        file.write(line.encode("utf-8", errors="replace"))
        count += 1
    return count


def write_xlsx(
    file: IO[bytes], header: Sequence[str | Promise], rows: Iterable[Sequence[Cell]], *, sheet: str = ""
) -> int:
    """Write a workbook of one sheet and return the number of rows below the header.

    Refused (`sheet_full`) beyond the 1,048,576 rows of a sheet. The file is not usable then.
    """
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    try:
        page = book.add_worksheet(_sheet_name(sheet))
        writers = _CellWriters(book, page)
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for column, title in enumerate(header):
            page.write_string(0, column, force_str(title), bold)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= SHEET_ROWS:
                raise Refused(
                    "sheet_full",
                    _("A sheet holds %(rows)s rows at most.") % {"rows": SHEET_ROWS},
                    hint=_("Narrow the list, or take CSV."),
                )
            for column, cell in enumerate(row):
                writers.write(count, column, cell)
        return count
    finally:
        book.close()


class _Echo:
    """csv.writer hands each line to write() and returns what that returns."""

    def write(self, line: str) -> str:
        return line


class _CellWriters:
    """Typed cells: numbers as numbers, days as days, text as text."""

    def __init__(self, book: xlsxwriter.Workbook, page: object) -> None:
        self._page: xlsxwriter.worksheet.Worksheet = page
        self._formats = {
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            time: book.add_format({"num_format": "hh:mm:ss"}),
        }

    def write(self, row: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            self._page.write_boolean(row, column, cell)
        elif isinstance(cell, (int, Decimal)):
            if _is_exact(cell):
                self._page.write_number(row, column, cell)
            else:
                self._page.write_string(row, column, _number_text(cell))
        elif isinstance(cell, datetime):
            # Sheets know no zones. Moments come in the reader's zone already; the clock on the wall is what is written.
            self._page.write_datetime(row, column, cell.replace(tzinfo=None), self._formats[datetime])
        elif isinstance(cell, (date, time)):
            self._page.write_datetime(row, column, cell, self._formats[type(cell)])
        else:
            self._page.write_string(row, column, _without_controls(force_str(cell))[:SHEET_TEXT])


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, Decimal)):
        return _number_text(cell)
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat(sep=" ") if isinstance(cell, datetime) else cell.isoformat()
    return spreadsheet_text(_without_controls(force_str(cell)))


def _number_text(number: int | Decimal) -> str:
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _is_exact(number: int | Decimal) -> bool:
    """Whether a spreadsheet's number keeps every digit."""
    if isinstance(number, Decimal) and not number.is_finite():
        return False
    return len(Decimal(number).normalize().as_tuple().digits) <= EXACT_DIGITS


def _without_controls(text: str) -> str:
    """What XML cannot hold and no reader wants: control characters other than tab and line ends."""
    return "".join(
        letter for letter in text if letter in "\t\n\r" or (letter >= " " and letter not in "\x7f\ufffe\uffff")
    )


def _sheet_name(name: str) -> str:
    """A name that a sheet may have: 31 characters, without the signs that formulas use."""
    kept = "".join(letter for letter in name if letter not in "[]:*?/\\'").strip()
    return kept[:31] or "Sheet1"
