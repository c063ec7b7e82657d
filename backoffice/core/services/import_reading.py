"""From the file to rows of the session: read as a stream, written in batches, with what is wrong by line and column."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.documents.rows import Row, TableProblem
from backoffice.core.documents.sheets import read_table
from backoffice.core.files.storage import open_file
from backoffice.core.imports import Cell, ImportKind, Reading, SheetRow
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_cells import kept, storable, taken_up
from backoffice.core.services.master_writing import update_rows

BATCH: Final = 500
MOST_WAVES: Final = 50


def reading_of(session: ImportSession) -> Reading:
    """How the cells of this file are read."""
    return Reading("," if session.decimal_mark == "," else ".", session.clears)


def read_into_rows(session: ImportSession, kind: ImportKind, actor: Actor, told: Callable[[int], None]) -> None:
    """Write a row for each of the file's. What concerns the file as a whole is left on the session, not saved."""
    session.problems, session.is_readable, done = [], True, 0
    with open_file(session.file) as file, read_table(file, name=session.name) as table:
        for batch in _batches(table):
            rows = [_row_of(session, row) for row in batch]
            _set_keys(rows, session, kind, actor)
            ImportRow.objects.bulk_create(rows)
            done += len(rows)
            told(done)
        session.problems = [file_problem(problem) for problem in table.problems]
        session.is_readable = table.is_complete and bool(table.columns)
    mark_repeated(session)
    if kind.parents is not None:
        _set_waves(session, kind, actor)


def sheet_row(row: ImportRow, columns: Mapping[str, int]) -> SheetRow:
    """A row of the session as its kind reads it: the cells that are mapped."""
    cells: dict[str, Cell] = {
        name: taken_up(row.cells[place]) if place < len(row.cells) else None for name, place in columns.items()
    }
    return SheetRow(row.line, cells)


def key_of(text: str) -> str:
    """A natural key of any length as one that an index takes."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest() if text else ""


def problem_json(line: int, title: str | None, field: str | None, code: str, message: Any) -> dict[str, Any]:
    """One problem as it rests on a row."""
    return {"line": line, "column": title, "field": field, "code": code, "message": storable(str(message))}


def file_problem(problem: TableProblem) -> dict[str, Any]:
    """What is wrong with the file as a whole, as it rests on the session."""
    title = storable(problem.column) if problem.column is not None else None
    return {"line": problem.line, "column": title, "code": problem.code, "message": storable(str(problem.message))}


def _batches(rows: Any) -> Iterator[Sequence[Row]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _row_of(session: ImportSession, row: Row) -> ImportRow:
    problems = [
        problem_json(one.line or row.line, title, _field_of(session, title), one.code, one.message)
        for one in row.problems
        for title in (storable(one.column) if one.column is not None else None,)
    ]
    return ImportRow(
        session=session,
        line=row.line,
        cells=[kept(cell) for cell in row.cells],
        problems=problems,
        action=ImportRow.Action.ERROR if problems else "",
    )


def _field_of(session: ImportSession, title: str | None) -> str | None:
    return next((name for name, place in session.columns.items() if session.titles[place] == title), None)


def _set_keys(rows: Sequence[ImportRow], session: ImportSession, kind: ImportKind, actor: Actor) -> None:
    sheet = [sheet_row(row, session.columns) for row in rows]
    for row, key in zip(rows, kind.keys(sheet, actor), strict=True):
        row.key = key_of(key)


# Asked by itself: joined to the rows it was thought to be tiny by a database that had not counted the table yet.
_REPEATED: Final = """
SELECT key, (array_agg(line ORDER BY id))[1:6], count(*) FROM core_importrow
WHERE session_id = %s AND key <> '' GROUP BY key HAVING count(*) > 1
"""


def mark_repeated(session: ImportSession) -> None:
    """Refuse all rows that share their natural key with another row of the file, naming the lines.

    Who of a pair is right, nobody can know, so each of them says where the other one is.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REPEATED, [session.pk])
        twins = {key: (lines, count) for key, lines, count in cursor.fetchall()}
    if not twins:
        return
    for batch in _stored(session):
        rows = [row for row in batch if row.key in twins]
        for row in rows:
            lines, count = twins[row.key]
            shown = ", ".join(str(one) for one in lines) + (" …" if count > len(lines) else "")
            message = _("The same row is in the file more than once: lines %(lines)s.") % {"lines": shown}
            row.problems = [*row.problems, problem_json(row.line, None, None, "repeated_in_file", message)]
            row.action = ImportRow.Action.ERROR
        update_rows(rows, ["problems", "action"])


def _set_waves(session: ImportSession, kind: ImportKind, actor: Actor) -> None:
    """Rows that lie in other rows of the file come after them, in whatever order the file has them."""
    above: dict[str, str] = {}
    for batch in _stored(session):
        sheet = [sheet_row(row, session.columns) for row in batch]
        parents = kind.parents(sheet, actor) if kind.parents is not None else [""] * len(sheet)
        for row, parent in zip(batch, parents, strict=True):
            if row.key:
                above[row.key] = key_of(parent)
    waves: dict[str, int] = {}
    for key in above:
        depth, at = 0, above[key]
        while at in above and depth < MOST_WAVES:
            depth, at = depth + 1, above[at]
        waves[key] = depth
    for batch in _stored(session):
        moved = [row for row in batch if waves.get(row.key)]
        for row in moved:
            row.wave = waves[row.key]
        update_rows(moved, ["wave"])


def _stored(session: ImportSession) -> Iterator[Sequence[ImportRow]]:
    last = 0
    while batch := list(ImportRow.objects.filter(session=session, pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        yield batch
