"""Reading a table and telling what came of it in a few words."""

from io import BytesIO

from backoffice.core.documents.rows import Cell
from backoffice.core.documents.sheets import Row, read_table

Found = tuple[tuple[str, ...], list[Row], list[tuple[int | None, str | None, str]]]


def read(data: bytes, name: str = "list.csv", **options: object) -> Found:
    """Columns, rows, and every problem as (line, column, code) in the order of the lines."""
    with read_table(BytesIO(data), name=name, **options) as table:
        rows = list(table)
        problems = [*table.problems, *(problem for row in rows for problem in row.problems)]
        for problem in problems:
            assert str(problem.message).endswith(".")
    return table.columns, rows, [(problem.line, problem.column, problem.code) for problem in problems]


def cells(rows: list[Row]) -> list[tuple[Cell, ...]]:
    return [row.cells for row in rows]
