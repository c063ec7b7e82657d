"""Rows of a CSV file, whoever wrote it: any of the usual encodings, delimiters and line ends, and damage said by line."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import IO, Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.encodings import Encoding
from backoffice.core.documents.rows import RawRow, TableLimits, TableProblem

DELIMITERS: Final = (",", ";", "\t", "|")
SAMPLE: Final = 64_000
SAMPLE_ROWS: Final = 30

_LONGER_THAN_ANY_LINE: Final = 10_000_000
csv.field_size_limit(_LONGER_THAN_ANY_LINE)  # ours, in `_Lines`, are lower and have better words


class CsvSource:
    """Reads a binary file. `delimiter` is found out unless given. Closing leaves the file open."""

    def __init__(
        self, file: IO[bytes], encoding: Encoding, limits: TableLimits, *, delimiter: str | None = None
    ) -> None:
        errors = "surrogateescape" if encoding.is_mixed else "replace"
        # newline="": every kind of line end ends a line here and stays what it is inside of quotes.
        self._text = io.TextIOWrapper(file, encoding=encoding.name, errors=errors, newline="")
        self._limits = limits
        self._is_open = True
        self._lines = _Lines(self._text, limits)
        sample = self._text.read(SAMPLE)
        self._text.seek(0)
        self.delimiter = delimiter or _announced(sample) or sniff_delimiter(sample)
        self._skip_first = _announced(sample) is not None

    def __iter__(self) -> Iterator[RawRow]:
        reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        if self._skip_first:
            next(reader, None)
        while True:
            start = self._lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except _TooLong as error:
                yield RawRow(start, problem=error.problem, is_last=True)
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    yield RawRow(start, problem=_unterminated(start), is_last=True)
                    return
                yield RawRow(start, problem=_broken_quotes(start))
            else:
                yield RawRow(start, cells)

    def close(self) -> None:
        """Give the file back to whoever opened it."""
        if self._is_open:
            self._is_open = False
            self._text.detach()


class _TooLong(Exception):
    def __init__(self, problem: TableProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _Lines:
    """Lines for the csv module, counted and bounded: a quote that nobody closes must not swallow the rest of the file."""

    def __init__(self, text: io.TextIOWrapper, limits: TableLimits) -> None:
        self._text, self._limits = text, limits
        self._read, self._start = 0, 1

    def begin(self) -> int:
        """A row begins; returns its line number."""
        self._start = self._read + 1
        return self._start

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self._read - self._start >= self._limits.cell_lines:
            raise _TooLong(_unterminated(self._start))
        line = self._text.readline(self._limits.line + 1)
        if not line:
            raise StopIteration
        self._read += 1
        if len(line) > self._limits.line:
            text = _("The line has more than %(most)s characters.") % {"most": self._limits.line}
            raise _TooLong(TableProblem(self._read, None, "line_too_long", text))
        return line


def sniff_delimiter(sample: str) -> str:
    """The delimiter under which most of the first rows have as many cells as the header, and more than one."""
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        widths = _widths(sample, delimiter)
        if not widths:
            continue
        header = widths[0]
        agreeing = sum(width == header for width in widths) / len(widths)
        most_common = Counter(widths).most_common(1)[0][0]
        score = (agreeing if header > 1 and most_common > 1 else 0.0, header)
        if score > best_score and header > 1:
            best, best_score = delimiter, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if row:
                widths.append(len(row))
            if len(widths) == SAMPLE_ROWS:
                break
    except csv.Error:
        return widths
    # The sample may end in the middle of a row.
    return widths[:-1] if len(sample) >= SAMPLE and 1 < len(widths) < SAMPLE_ROWS else widths


def _announced(sample: str) -> str | None:
    """Excel's own way to say it: a first line `sep=;`."""
    first = sample[:8].splitlines()[0] if sample else ""
    return first[4] if len(first) == 5 and first.lower().startswith("sep=") and first[4] in DELIMITERS else None


def _unterminated(line: int) -> TableProblem:
    text = _("A quotation mark is opened on this line and never closed. Nothing behind it was read.")
    return TableProblem(line, None, "unterminated_quote", text)


def _broken_quotes(line: int) -> TableProblem:
    text = _("The quotation marks on this line do not fit together. Write a mark inside a quoted cell twice.")
    return TableProblem(line, None, "broken_quotes", text)
