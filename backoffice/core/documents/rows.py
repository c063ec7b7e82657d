"""What a table from outside comes as: rows with their line numbers, and what is wrong with them as data."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final, Protocol, TypeAlias

from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Words
from backoffice.core.texts import quoted

Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time | None

_MANGLED: Final = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d{1,3}")
_TOTALS: Final = frozenset(
    {"total", "totals", "grand total", "sum", "subtotal", "summe", "gesamt", "total général", "razem", "suma", "итого"}
    | {"סה״כ", 'סה"כ', "סהכ"}
)
# What makes a cell worth a closer look; half a million rows have no time for one at each cell.
_SUSPICIOUS: Final = re.compile("[\0\udc80-\udcff\ufffd]|[eE][+]")
_SHORT: Final = 1_000
_LARGEST_EXACT: Final = 10**15
"""From here on a spreadsheet's number has lost digits."""


@dataclass(frozen=True, slots=True)
class TableLimits:
    """What we are ready to read. Characters for a line and a cell; `cell_lines` bounds a quoted cell with line breaks."""

    rows: int = 1_000_000
    columns: int = 500
    line: int = 1_000_000
    cell: int = 32_767
    cell_lines: int = 200


@dataclass(frozen=True, slots=True)
class TableProblem:
    """One thing that is wrong in a table. `line` counts from 1 as an editor does; None means the file as a whole."""

    line: int | None
    column: str | None
    code: str
    message: Words

    def as_json(self) -> dict[str, object]:
        return {"line": self.line, "column": self.column, "code": self.code, "message": str(self.message)}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a cell for each column of the table, and what is wrong with it. Blank cells are None."""

    line: int
    cells: tuple[Cell, ...]
    problems: tuple[TableProblem, ...] = ()


class Source(Protocol):
    """Raw rows of a file, before anybody knows which is the header."""

    def __iter__(self) -> Iterator["RawRow"]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class RawRow:
    """What a reader found on a line. `problem` stands for the cells where they cannot be read; `is_last` ends the reading."""

    line: int
    cells: Sequence[Cell] = ()
    problem: TableProblem | None = None
    is_last: bool = False


@dataclass
class Table:
    """A table that is read once, row by row.

    `columns` are the titles of the first row. `problems` concern the file as a whole; they are complete when the rows have
    been read. With a problem in the header there are no columns and no rows. A row that cannot be read is a Row with
    problems; when reading had to stop, its problem is that of the last Row, and `is_complete` is false.
    """

    source: Source
    limits: TableLimits
    columns: tuple[str, ...] = ()
    problems: list[TableProblem] = field(default_factory=list)
    is_complete: bool = True
    encoding: str = ""
    sheet: str = ""

    def __post_init__(self) -> None:
        self._raw = iter(self.source)
        self._width = 0
        self._has_blank_title = False
        self._read_header()

    def __iter__(self) -> Iterator[Row]:
        if not self.columns:
            return
        count = 0
        for raw in self._raw:
            if raw.problem is None and _is_blank(raw.cells):
                continue
            count += 1
            if count > self.limits.rows:
                self.is_complete = False
                too_many = _("The table has more than %(rows)s rows.") % {"rows": self.limits.rows}
                yield Row(raw.line, (), (TableProblem(raw.line, None, "too_many_rows", too_many),))
                break
            yield self._row(raw)
            if raw.is_last:
                self.is_complete = False
                break
        self.close()
        if not count:
            self.problems.append(TableProblem(None, None, "no_rows", _("There is no row below the header.")))

    def close(self) -> None:
        """Stop reading; called by itself at the end."""
        self.source.close()

    def _read_header(self) -> None:
        raw = next((row for row in self._raw if row.problem is not None or not _is_blank(row.cells)), None)
        if raw is None:
            self._refuse(None, "table_empty", _("The table is empty."))
        elif raw.problem is not None:
            self.problems.append(raw.problem)
            self.close()
        elif len(raw.cells) > self.limits.columns:
            most = _("The table has more than %(most)s columns.") % {"most": self.limits.columns}
            self._refuse(raw.line, "too_many_columns", most)
        else:
            titles = [header_title(cell) for cell in raw.cells]
            while titles and not titles[-1]:
                titles.pop()
            twice = [title for title, times in Counter(map(header_key, titles)).items() if title and times > 1]
            if twice:
                text = _("The column “%(title)s” appears more than once.") % {"title": quoted(twice[0])}
                self._refuse(raw.line, "header_duplicate", text)
            else:
                self.columns, self._width = tuple(titles), len(raw.cells)
                self._has_blank_title = "" in titles

    def _refuse(self, line: int | None, code: str, message: Words) -> None:
        self.problems.append(TableProblem(line, None, code, message))
        self.is_complete = False
        self.close()

    def _row(self, raw: RawRow) -> Row:
        if raw.problem is not None:
            return Row(raw.line, (), (raw.problem,))
        cells = [_blank_as_none(cell) for cell in raw.cells]
        width = len(self.columns)
        problems: list[TableProblem] = []
        if len(cells) != width or self._has_blank_title:
            problems += self._ragged(raw.line, cells)
            cells = (cells + [None] * width)[:width]
        for column, cell in zip(self.columns, cells, strict=True):
            if cell is not None and (not isinstance(cell, str) or len(cell) > _SHORT or _SUSPICIOUS.search(cell)):
                problems += cell_problems(raw.line, column, cell, self.limits)
        if _is_totals(cells):
            text = _("This looks like a row of totals. Remove it.")
            problems.append(TableProblem(raw.line, None, "totals_row", text))
        return Row(raw.line, tuple(cells), tuple(problems))

    def _ragged(self, line: int, cells: Sequence[Cell]) -> Iterator[TableProblem]:
        extra = [cell for cell in cells[len(self.columns) :] if cell is not None]
        if extra or len(cells) < len(self.columns):
            text = _("The row has %(cells)s cells and the header has %(columns)s.") % {
                "cells": len(cells),
                "columns": self._width,
            }
            yield TableProblem(line, None, "ragged_row", text)
        for title, cell in zip(self.columns, cells, strict=False):
            if not title and cell is not None:
                text = _("“%(value)s” stands in a column without a title.") % {"value": quoted(cell)}
                yield TableProblem(line, None, "value_without_header", text)


def header_title(cell: Cell) -> str:
    """A title as it is shown: composed, on one line, without invisible marks."""
    text = unicodedata.normalize("NFC", "" if cell is None else str(cell))
    return " ".join("".join(letter for letter in text if unicodedata.category(letter) != "Cf").split())


def header_key(title: str) -> str:
    """What two titles are compared by: “Order  ID”, “order_id” and “ORDER ID” are one column."""
    return header_title(title.replace("_", " ")).casefold()


def cell_problems(line: int, column: str, cell: Cell, limits: TableLimits) -> Iterator[TableProblem]:
    """What is wrong with one cell whatever column it stands in."""
    if isinstance(cell, bool) or cell is None:
        return
    if isinstance(cell, (int, Decimal)):
        if not Decimal(cell).is_finite() or not -_LARGEST_EXACT < cell < _LARGEST_EXACT:
            yield TableProblem(line, column, "mangled_number", _mangled(cell))
        return
    if not isinstance(cell, str):
        return
    if len(cell) > limits.cell:
        text = _("The cell has more than %(most)s characters.") % {"most": limits.cell}
        yield TableProblem(line, column, "cell_too_long", text)
    if "\0" in cell:
        yield TableProblem(line, column, "null_character", _("There is a null character in the cell."))
    if any("\udc80" <= letter <= "\udcff" or letter == "\ufffd" for letter in cell):
        text = _("“%(value)s” has letters in another encoding than the rest of the file.") % {"value": quoted(cell)}
        yield TableProblem(line, column, "broken_encoding", text)
    if _MANGLED.fullmatch(cell.strip()):
        yield TableProblem(line, column, "mangled_number", _mangled(cell))


def _mangled(cell: Cell) -> Words:
    return _("“%(value)s” was shortened by a spreadsheet program; digits are lost. Format the column as text.") % {
        "value": quoted(cell)
    }


def _is_totals(cells: Sequence[Cell]) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, str) and len(first) < 20 and first.strip().rstrip(":").casefold() in _TOTALS


def _is_blank(cells: Sequence[Cell]) -> bool:
    return all(_blank_as_none(cell) is None for cell in cells)


def _blank_as_none(cell: Cell) -> Cell:
    return None if cell == "" or (isinstance(cell, str) and cell.isspace()) else cell
