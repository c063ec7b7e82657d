"""Tables in: one way to read a CSV file or a workbook that somebody uploaded.

`read_table` checks the file, finds out how it is written and gives its rows one by one with their line numbers. What is
wrong comes as data with line and column, so that an import can show a person every problem at once. Memory stays below a
hundred megabytes whatever the size.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from backoffice.core.documents.csv_source import CsvSource
from backoffice.core.documents.encodings import Encoding, detect_encoding
from backoffice.core.documents.rows import Row, Table, TableLimits, TableProblem
from backoffice.core.documents.xlsx_source import XlsxSource
from backoffice.core.files.types import TABLES, XLSX
from backoffice.core.files.uploads import check_upload

__all__ = ["Row", "Table", "TableLimits", "TableProblem", "read_table"]


@contextmanager
def read_table(
    file: IO[bytes],
    *,
    name: str,
    limits: TableLimits | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str = "",
) -> Iterator[Table]:
    """The table in a seekable binary file, as long as the block lasts. The file stays open.

    `encoding`, `delimiter` and `sheet` are what a person chose where they know better than we can. Raises Invalid as
    `check_upload` does when the file is neither CSV nor XLSX or not safe to read; problems inside are data.
    """
    limits = limits or TableLimits()
    kind = check_upload(file, name=name, accept=TABLES)
    if kind is XLSX:
        workbook = XlsxSource(file, limits, sheet=sheet)
        table = Table(workbook, limits, sheet=workbook.sheet, problems=workbook.problems, encoding="xlsx")
    else:
        found = Encoding(encoding) if encoding else detect_encoding(file)
        table = Table(CsvSource(file, found, limits, delimiter=delimiter), limits, encoding=found.name)
    try:
        yield table
    finally:
        table.close()
