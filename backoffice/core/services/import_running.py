"""The three steps that a worker does: check (changes nothing), apply, take back. Each can die and be taken up again.

Rows are carried out in batches. A batch of the apply step is one transaction that also marks its rows, so whoever takes the
step up again finds out from the rows what is done. Where one bad row rejects all, the whole step is one transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, NotPermitted, Problem, Refused
from backoffice.core.imports import DoneRow, ImportKind, RowResult
from backoffice.core.locks import lock_one
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_reading import BATCH, problem_json, read_into_rows, reading_of, sheet_row
from backoffice.core.services.master_writing import update_rows

Told: TypeAlias = Callable[[int, int | None], None]
RESULT_COLUMNS: Final = ("action", "state", "problems", "label", "row_id", "version", "before")
State, Action = ImportRow.State, ImportRow.Action


# --- check ------------------------------------------------------------------------------------------------------------


def check(session: ImportSession, kind: ImportKind, actor: Actor, told: Told) -> None:
    """Read the file and try every row without leaving a trace but the prediction. From the start, however often."""
    ImportRow.objects.filter(session=session).delete()
    read_into_rows(session, kind, actor, lambda done: told(done, None))
    total = ImportRow.objects.filter(session=session).count()
    if kind.parents is None:
        _try_in_parts(session, kind, actor, lambda done: told(done, total))
    else:
        with telling_beside(told) as beside:
            _try_as_one(session, kind, actor, lambda done: beside(done, total))
    session.counts = counts_of(session)


def _try_in_parts(session: ImportSession, kind: ImportKind, actor: Actor, told: Callable[[int], None]) -> None:
    done = 0
    for batch in _batches(session, state=State.WAITING, action=""):
        with transaction.atomic():
            results = carry_out(session, kind, batch, actor)
            transaction.set_rollback(True)
        _predict(session, batch, results)
        done += len(batch)
        told(done)


def _try_as_one(session: ImportSession, kind: ImportKind, actor: Actor, told: Callable[[int], None]) -> None:
    """Rows that refer to one another can be tried only beside each other, so nothing is rolled back in between."""
    tried: list[tuple[Sequence[ImportRow], list[RowResult]]] = []
    done = 0
    with transaction.atomic():
        for batch in _batches(session, state=State.WAITING, action=""):
            tried.append((batch, carry_out(session, kind, batch, actor)))
            done += len(batch)
            told(done)
        transaction.set_rollback(True)
    for rows, results in tried:
        _predict(session, rows, results)


def _predict(session: ImportSession, rows: Sequence[ImportRow], results: Sequence[RowResult]) -> None:
    for row, result in zip(rows, results, strict=True):
        row.action, row.label = result.action, result.label[:200]
        row.problems = problems_json(session, row, result.problems)
        # A row that was made only to be rolled back has no key worth keeping.
        row.row_id = result.row_id if result.action in ("change", "same") else None
    update_rows(rows, ["action", "label", "problems", "row_id"])


# --- apply ------------------------------------------------------------------------------------------------------------


def apply(session: ImportSession, kind: ImportKind, actor: Actor, told: Told) -> None:
    """Carry out what waits. Refused, and nothing is done, when one row is bad and the policy is to reject all."""
    total = session.rows.count()
    if session.policy == ImportSession.Policy.REJECT_ALL:
        with telling_beside(told) as beside, transaction.atomic():
            _apply_waiting(session, kind, actor, lambda done: beside(done, total))
    else:
        bad = State.HELD if session.policy == ImportSession.Policy.HOLD_ROWS else State.REFUSED
        ImportRow.objects.filter(session=session, action=Action.ERROR, state=State.WAITING).update(state=bad)
        _apply_waiting(session, kind, actor, lambda done: told(done, total))
    session.counts = counts_of(session)


def _apply_waiting(session: ImportSession, kind: ImportKind, actor: Actor, told: Callable[[int], None]) -> None:
    done = session.rows.exclude(state=State.WAITING).count()
    told(done)
    while True:
        with acting(actor, session.name):
            # Two workers can be here when one was thought dead: the second waits, and then finds the rows done.
            lock_one(ImportSession.objects.all(), session.pk)
            batch = next(_batches(session, state=State.WAITING), [])
            if batch:
                apply_batch(session, kind, batch, actor)
        if not batch:
            return
        done += len(batch)
        told(done)


def apply_batch(session: ImportSession, kind: ImportKind, rows: Sequence[ImportRow], actor: Actor) -> None:
    """Carry these rows out and write down what became of each; inside the caller's transaction."""
    results = carry_out(session, kind, rows, actor)
    bad = {"reject_rows": State.REFUSED, "hold_rows": State.HELD}.get(session.policy)
    for row, result in zip(rows, results, strict=True):
        if result.action == "error":
            if bad is None:
                raise _rejects_all(row, result)
            row.state = bad
        else:
            row.state = State.DONE
            row.row_id, row.version, row.label = result.row_id, result.version, result.label[:200]
            row.before = dict(result.before) if result.before is not None else None
        row.action, row.problems = result.action, problems_json(session, row, result.problems)
    update_rows(rows, RESULT_COLUMNS)


def _rejects_all(row: ImportRow, result: RowResult) -> Refused:
    first = result.problems[0]
    return Refused(
        "row_refused",
        _("Line %(line)s would not do any more, so nothing was taken: %(why)s")
        % {"line": row.line, "why": first.message},
        hint=_("Check the file again."),
        line=row.line,
    )


# --- taking back --------------------------------------------------------------------------------------------------------


def take_back(session: ImportSession, kind: ImportKind, actor: Actor, told: Told) -> None:
    """Undo what was done, last rows first. Rows that cannot be undone stay done, with the reason."""
    open_rows = session.rows.filter(state=State.DONE, action__in=[Action.CREATE, Action.CHANGE])
    total, done, last = open_rows.count(), 0, None
    told(0, total)
    while True:
        with acting(actor, session.name):
            lock_one(ImportSession.objects.all(), session.pk)
            batch = _batch_before(open_rows.order_by("-wave", "-pk"), last)
            if batch:
                _undo_batch(session, kind, batch, actor)
        if not batch:
            break
        last = (batch[-1].wave, batch[-1].pk)
        done += len(batch)
        told(done, total)
    session.counts = counts_of(session)


def _batch_before(rows: Any, last: tuple[int, int] | None) -> list[ImportRow]:
    """The batch that comes after `last` when one goes backwards; what was refused is not tried for ever."""
    if last is None:
        return _one_wave(list(rows[:BATCH]))
    wave, key = last
    same = list(rows.filter(wave=wave, pk__lt=key)[:BATCH])
    return same or _one_wave(list(rows.filter(wave__lt=wave)[:BATCH]))


def _undo_batch(session: ImportSession, kind: ImportKind, rows: Sequence[ImportRow], actor: Actor) -> None:
    done = [
        DoneRow("create" if row.action == "create" else "change", row.row_id or 0, row.version, row.before)
        for row in rows
    ]
    refused = kind.undo(done, actor)
    for place, row in enumerate(rows):
        problem = refused.get(place)
        row.problems = problems_json(session, row, [problem] if problem is not None else [])
        row.state = State.DONE if problem is not None else State.UNDONE
    update_rows(rows, ["state", "problems"])


# --- rows -------------------------------------------------------------------------------------------------------------


def carry_out(session: ImportSession, kind: ImportKind, rows: Sequence[ImportRow], actor: Actor) -> list[RowResult]:
    """What the kind answers for these rows. What refuses a batch as a whole is found out row by row."""
    sheet = [sheet_row(row, session.columns) for row in rows]
    try:
        with transaction.atomic():
            return kind.apply(sheet, reading_of(session), actor)
    except NotPermitted as error:
        return [RowResult(problems=[Problem(error.code, error.message)]) for _row in rows]
    except DomainError as error:
        if len(rows) == 1:
            return [RowResult(problems=error.problems or [Problem(error.code, error.message, error.field)])]
        half = len(rows) // 2
        return [*carry_out(session, kind, rows[:half], actor), *carry_out(session, kind, rows[half:], actor)]


def counts_of(session: ImportSession) -> dict[str, int]:
    """How many rows there are, by what they do and by what became of them."""
    found = {"rows": 0, **dict.fromkeys(Action.values, 0), **dict.fromkeys(State.values, 0)}
    for action, state, count in session.rows.order_by().values_list("action", "state").annotate(Count("pk")):
        found["rows"] += count
        found[state] += count
        if action:
            found[action] += count
    return found


def problems_json(session: ImportSession, row: ImportRow, problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems of fields, with the titles that the columns have in the file, in their order."""
    found = []
    last = len(session.titles)
    for problem in sorted(problems, key=lambda one: session.columns.get(one.field or "", last)):
        name = (problem.field or "").partition(".")[0] or None
        place = session.columns.get(name) if name is not None else None
        title = session.titles[place] if place is not None else None
        found.append(problem_json(row.line, title, name, problem.code, problem.message))
    return found


def _batches(session: ImportSession, **wanted: Any) -> Iterator[list[ImportRow]]:
    """The rows that want it, in their order; no batch holds rows of two waves."""
    rows = session.rows.filter(**wanted).order_by("wave", "pk")
    wave, key = 0, 0
    while True:
        # Two questions, each a range of an index; asked as one it would be a walk over all that is done already.
        batch = list(rows.filter(wave=wave, pk__gt=key)[:BATCH]) or _one_wave(list(rows.filter(wave__gt=wave)[:BATCH]))
        if not batch:
            return
        wave, key = batch[-1].wave, batch[-1].pk
        yield batch


def _one_wave(rows: list[ImportRow]) -> list[ImportRow]:
    return [row for row in rows if row.wave == rows[0].wave]


@contextmanager
def telling_beside(told: Told) -> Iterator[Told]:
    """Progress that can be seen, and cancelled, while one long transaction goes on: told over a connection of its own."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="progress") as beside:
        try:
            yield lambda done, total: beside.submit(told, done, total).result()
        finally:
            beside.submit(lambda: connection.close()).result()  # that thread's own, not the one seen from here
