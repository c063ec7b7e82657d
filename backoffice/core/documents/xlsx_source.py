"""Rows of a workbook, read by a child process with limits (`sheet_child`)."""

import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents import sheet_child
from backoffice.core.documents.rows import Cell, RawRow, TableLimits, TableProblem
from backoffice.core.errors import Words

MEMORY: Final = 800 * 1024 * 1024
SECONDS: Final = 60
LONGEST_LINE: Final = 60_000_000

_ROOT: Final = Path(__file__).resolve().parents[3]


class XlsxSource:
    """Reads one sheet: the one named, or the first visible. Rows come as they are asked for."""

    def __init__(self, file: IO[bytes], limits: TableLimits, *, sheet: str = "", seconds: int = SECONDS) -> None:
        self._limits = limits
        self._seconds = seconds
        # The child opens it by name, and an upload may have none. The system removes it when we close it or end.
        self._copy = NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  (closed in `close`)
        shutil.copyfileobj(file, self._copy)
        self._copy.flush()
        command = [sys.executable, "-P", "-m", sheet_child.__name__, self._copy.name, str(MEMORY), str(seconds), sheet]
        self._child = subprocess.Popen(  # noqa: S603  (no shell; the sheet's name is one argument and no option)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"},
            cwd="/",
        )
        self.sheet = ""
        self.sheets: list[str] = []
        self.problems: list[TableProblem] = []
        self._odd: dict[int, tuple[int, str]] = {}
        self._failure = self._read_head()

    def __iter__(self) -> Iterator[RawRow]:
        if self._failure is not None:
            yield RawRow(1, problem=self._failure, is_last=True)
            return
        assert self._child.stdout is not None
        line = 0
        for text in self._child.stdout:
            line, cells = json.loads(text)
            if line in self._odd:
                yield RawRow(line, problem=_odd_problem(line, *self._odd[line]))
            else:
                yield RawRow(line, [_cell(cell) for cell in cells])
        # The used range of a sheet ends with its last value, and these cells have none.
        for behind in sorted(number for number in self._odd if number > line):
            yield RawRow(behind, problem=_odd_problem(behind, *self._odd[behind]))
        if self._child.wait() != 0:
            yield RawRow(1, problem=_too_heavy(), is_last=True)

    def close(self) -> None:
        """End the child, whatever it does."""
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._copy.close()

    def _read_head(self) -> TableProblem | None:
        assert self._child.stdout is not None
        readable = select.select([self._child.stdout], [], [], self._seconds + 5)[0]
        text = self._child.stdout.readline() if readable else b""
        if not text:
            return _too_heavy()
        head: dict[str, Any] = json.loads(text)
        self.sheets = head["sheets"]
        if "error" in head:
            message: Words = _("The workbook has no such sheet. Its visible sheets: %(sheets)s.") % {
                "sheets": ", ".join(self.sheets[:20]) or "–"
            }
            return TableProblem(None, None, "sheet_missing", message)
        if head["width"] > self._limits.columns:
            message = _("The table has more than %(most)s columns.") % {"most": self._limits.columns}
            return TableProblem(None, None, "too_many_columns", message)
        self.sheet = head["sheet"]
        self._odd = {row: (number, code) for row, number, code in reversed(head["odd"])}
        for first, _last in head["merged"]:
            message = _("Cells are merged here; a table needs each value in its own cell.")
            self.problems.append(TableProblem(first, None, "merged_cells", message))
        return None


_READERS: Final[dict[str, Callable[[str], Cell]]] = {
    "n": Decimal,
    "m": datetime.fromisoformat,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
}


def _cell(cell: Any) -> Cell:
    if isinstance(cell, list):
        tag, text = cell
        return _READERS[tag](text)
    value: Cell = cell
    return value


def _odd_problem(line: int, number: int, code: str) -> TableProblem:
    messages: dict[str, Words] = {
        "error_value": _("A cell holds an error such as #N/A or #DIV/0!."),
        "formula_without_value": _("A cell holds a formula without its result. Open and save the file in Excel."),
    }
    return TableProblem(line, column_letters(number), code, messages[code])


def column_letters(number: int) -> str:
    """1 is A, 26 is Z, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _too_heavy() -> TableProblem:
    text = _("The workbook is damaged, or it needs too much memory or time. Save the table as CSV and upload that.")
    return TableProblem(None, None, "workbook_too_heavy", text)
