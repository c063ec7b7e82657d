"""Held rows of an import, one by one: mended and taken, or given up. And all bad rows as a file with the reasons."""

from collections.abc import Iterator, Mapping
from typing import IO

from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.documents.tables import write_csv
from backoffice.core.errors import Invalid, Problem, Refused
from backoffice.core.imports import ImportKind
from backoffice.core.locks import lock_one
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_cells import kept, shown, taken_up
from backoffice.core.services.import_reading import key_of, reading_of, sheet_row
from backoffice.core.services.import_running import apply_batch, counts_of
from backoffice.core.services.imports import locked_import
from backoffice.core.texts import quoted

MOST_CELL = 32_767
BAD = (ImportRow.State.HELD, ImportRow.State.REFUSED)


def correct_row(*, session_id: int, row_id: int, cells: Mapping[str, str], actor: Actor) -> ImportRow:
    """Put other cells into a held row, by the names of fields, and take it. Cells that are not named stay.

    Invalid, with a problem for each field, when it still would not do; then nothing has changed, not even the cells.
    """
    with acting(actor):
        session, kind, row = _held(session_id, row_id, actor)
        _put(session, row, cells)
        row.key = key_of(kind.keys([sheet_row(row, session.columns)], actor)[0])
        twin = _twin(session, row)
        if twin is not None:
            message = _("Line %(line)s of this file is the same row.") % {"line": twin}
            raise Invalid("repeated_in_file", message)
        apply_batch(session, kind, [row], actor)
        if row.state != ImportRow.State.DONE:
            problems = [Problem(one["code"], one["message"], one["field"]) for one in row.problems]
            raise Invalid("row_refused", _("The row would not do yet."), problems=problems)
        row.save(update_fields=["cells", "key"])
        _count(session)
    return row


def reject_row(*, session_id: int, row_id: int, actor: Actor) -> ImportRow:
    """Give up a held row: it is not taken, and stays among the rejected ones with its reasons."""
    with acting(actor):
        session, _kind, row = _held(session_id, row_id, actor)
        row.state = ImportRow.State.REFUSED
        row.save(update_fields=["state"])
        _count(session)
    return row


def bad_rows_file(session: ImportSession, file: IO[bytes]) -> int:
    """All bad rows as they came, with line and reasons behind them, as CSV. Returns how many."""
    header = [*session.titles, _("Line"), _("What is wrong")]
    return write_csv(file, header, _bad_rows(session))


def _bad_rows(session: ImportSession) -> Iterator[list[str | int]]:
    reading = reading_of(session)
    rows = session.rows.filter(action=ImportRow.Action.ERROR).order_by("line", "pk")
    for row in rows.iterator(chunk_size=500):
        cells = [shown(taken_up(cell), reading) for cell in row.cells]
        cells += [""] * (len(session.titles) - len(cells))
        yield [*cells, row.line, " ".join(map(sentence, row.problems))]


def sentence(problem: Mapping[str, str | None]) -> str:
    """One problem of a row as it is read: the column, then what is wrong."""
    return f"{problem['column']}: {problem['message']}" if problem["column"] else str(problem["message"])


def _held(session_id: int, row_id: int, actor: Actor) -> tuple[ImportSession, ImportKind, ImportRow]:
    session, kind = locked_import(session_id, actor)
    if session.is_busy:
        raise Refused("import_is_busy", _("This import is under way. Wait for its end."))
    row = lock_one(ImportRow.objects.filter(session=session), row_id)
    if row.state != ImportRow.State.HELD:
        raise Refused("row_not_held", _("This row is not held: it %(state)s.") % {"state": row.get_state_display()})
    return session, kind, row


def _put(session: ImportSession, row: ImportRow, cells: Mapping[str, str]) -> None:
    reading = reading_of(session)
    row.cells = [*row.cells, *[None] * (len(session.titles) - len(row.cells))]
    for name, text in cells.items():
        place = session.columns.get(name)
        if place is None:
            message = _("The column “%(name)s” is not read in this import.") % {"name": quoted(name)}
            raise Invalid("unknown_field", message, field=quoted(name))
        if len(text) > MOST_CELL:
            raise Invalid("cell_too_long", _("The cell is too long."), field=name)
        # What nobody touched stays what it was: a number of a workbook is more exact than its spelling.
        if text.strip() != shown(taken_up(row.cells[place]), reading):
            row.cells[place] = kept(text)


def _twin(session: ImportSession, row: ImportRow) -> int | None:
    if not row.key:
        return None
    taken = session.rows.filter(key=row.key, state=ImportRow.State.DONE).exclude(pk=row.pk)
    return taken.values_list("line", flat=True).first()


def _count(session: ImportSession) -> None:
    session.counts = counts_of(session)
    session.save(update_fields=["counts"])
