"""Imports as saved sessions: upload, say which column is which, check, apply, take back. Each step may be looked at first."""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import IO, Any, Final

from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.documents.sheets import read_table
from backoffice.core.errors import Invalid, Missing, Refused, Words
from backoffice.core.files.storage import store_upload
from backoffice.core.files.types import TABLES
from backoffice.core.imports import ImportKind, import_named
from backoffice.core.jobs import JobCancelled, JobRun, job, start_job
from backoffice.core.locks import lock_one
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.models.jobs import Job
from backoffice.core.permissions import VIEW_JOBS
from backoffice.core.services import import_running
from backoffice.core.services.import_cells import kept, storable
from backoffice.core.services.import_mapping import (
    checked_columns,
    checked_mark,
    fingerprint_of,
    guess_columns,
    known_mapping,
    remember_mapping,
)
from backoffice.core.services.import_reading import file_problem

CHECK_JOB: Final = "core.check_import"
APPLY_JOB: Final = "core.apply_import"
UNDO_JOB: Final = "core.undo_import"
SAMPLES: Final = 5
# Without a rule of its own a kind of file is read by whoever stored it.
FILE: Final = "core.import"
_LONGEST_SAMPLE: Final = 200
State, Policy = ImportSession.State, ImportSession.Policy


def own_imports(rows: Any, actor: Actor) -> Any:
    """Everybody sees the imports they began; who may see everybody's jobs sees everybody's imports."""
    if actor.may(VIEW_JOBS):
        return rows
    if actor.kind == "user" and actor.id is not None:
        return rows.filter(owner_id=actor.id)
    return rows.filter(owner=None, actor__kind=actor.kind, actor__id=actor.id)


def import_of(session_id: int, actor: Actor) -> ImportSession:
    """One that this actor may see. Missing for any other."""
    row: ImportSession | None = own_imports(ImportSession.objects.all(), actor).filter(pk=session_id).first()
    if row is None:
        raise Missing("not_found", _("There is no such import here."))
    return row


def begin_import(*, kind: str, file: IO[bytes], name: str, actor: Actor) -> ImportSession:
    """Keep the file, read its header and guess which column is which.

    Missing for a kind that is not there; Invalid as `check_upload` for what is no table. What is wrong inside the file stands
    on the session, which has then failed.
    """
    known = import_named(kind)
    actor.require(known.right)
    with acting(actor):
        stored = store_upload(file, name=name, kind=FILE, actor=actor, accept=TABLES)
        session = ImportSession(
            kind=kind,
            name=stored.name,
            file=stored,
            owner_id=actor.id if actor.kind == "user" else None,
            actor=actor.as_json(),
            language=get_language() or "en",
        )
        file.seek(0)
        with read_table(file, name=name) as table:
            session.titles = [storable(title) for title in table.columns]
            first = list(islice(table, SAMPLES))
            session.samples = [[_sample(cell) for cell in row.cells] for row in first]
            session.problems = [file_problem(problem) for problem in table.problems]
            session.is_readable = bool(table.columns) and bool(first)
        if not session.is_readable:
            session.state = State.FAILED
        _propose_columns(session, known, actor)
        session.save()
    return session


def _sample(cell: Any) -> Any:
    found = kept(cell)
    return found[:_LONGEST_SAMPLE] if isinstance(found, str) else found


def _propose_columns(session: ImportSession, kind: ImportKind, actor: Actor) -> None:
    session.fingerprint = fingerprint_of(session.titles)
    remembered = known_mapping(session.kind, session.fingerprint, actor)
    if remembered is None:
        session.columns = guess_columns(kind, session.titles)
        return
    names = {field.name for field in kind.fields}
    session.columns = {name: place for name, place in remembered.columns.items() if name in names}
    session.decimal_mark, session.clears = remembered.decimal_mark, remembered.clears


def map_and_check(
    *,
    session_id: int,
    columns: Mapping[str, Any],
    actor: Actor,
    decimal_mark: str = ".",
    clears: bool = False,
    name: str = "",
) -> ImportSession:
    """Say which column is which and have every row tried; nothing is changed. `name` is what the mapping is remembered by.

    Invalid names each field that is mapped wrongly. Refused once something was taken, or while a worker has the session.
    """
    with acting(actor):
        session, kind = _locked(session_id, actor)
        _refuse_unless(session, State.UPLOADED, State.CHECKED, State.FAILED, State.CANCELLED)
        _refuse_taken(session)
        if not session.titles:
            raise Refused("unreadable_file", _("This file cannot be read. Mend it and upload it anew."))
        session.columns = checked_columns(kind, session.titles, columns)
        session.decimal_mark, session.clears = checked_mark(decimal_mark), clears
        remember_mapping(session, actor, name)
        _hand_over(session, State.CHECKING, CHECK_JOB, _("Check: %(name)s"), actor)
    return session


def apply_import(*, session_id: int, policy: str, actor: Actor) -> ImportSession:
    """Take the rows, with bad ones treated by the policy. Refused when they would reject all, and while it is not checked.

    An import that stopped half-way goes on where it stopped, under the policy it began with.
    """
    with acting(actor):
        session, _kind = _locked(session_id, actor)
        _refuse_unless(session, State.CHECKED, State.FAILED, State.CANCELLED)
        if policy not in Policy.values:
            raise Invalid("unknown_policy", _("Say what to do with bad rows."), field="policy")
        if not session.rows.exclude(state=ImportRow.State.WAITING).exists():
            session.policy = policy
        reason = reason_against(session, session.policy)
        if reason:
            raise Refused("cannot_be_applied", reason)
        _hand_over(session, State.APPLYING, APPLY_JOB, _("Import: %(name)s"), actor)
    return session


def reason_against(session: ImportSession, policy: str) -> Words:
    """Why the rows cannot be taken under this policy; empty when they can."""
    if not session.is_readable:
        return _("The file could not be read to its end. Mend it and upload it anew.")
    known = sum(session.counts.get(action, 0) for action in ImportRow.Action.values)
    if not session.counts or known < session.counts["rows"]:
        return _("The file was not checked yet.")
    if session.counts["rows"] == session.counts["error"]:
        return _("There is no good row in the file.")
    if policy == Policy.REJECT_ALL and session.counts["error"]:
        return _("%(bad)s rows are bad, and the choice is to reject everything then.") % {
            "bad": session.counts["error"]
        }
    return ""


def undo_import(*, session_id: int, actor: Actor) -> ImportSession:
    """Take back every row that can be: new ones that nothing refers to, changed ones that nobody changed since."""
    with acting(actor):
        session, _kind = _locked(session_id, actor)
        _refuse_unless(session, State.DONE, State.FAILED, State.CANCELLED)
        if not session.rows.filter(state=ImportRow.State.DONE, action__in=["create", "change"]).exists():
            raise Refused("nothing_to_undo", _("This import changed nothing that could be taken back."))
        _hand_over(session, State.UNDOING, UNDO_JOB, _("Take back: %(name)s"), actor)
    return session


# --- what a worker does -------------------------------------------------------------------------------------------------


@job(CHECK_JOB, title=_("Check of an import"))
def check_job(run: JobRun, session_id: int) -> dict[str, Any] | None:
    """Try every row of the file."""
    return _work(run, session_id, State.CHECKING, import_running.check)


@job(APPLY_JOB, title=_("Import"))
def apply_job(run: JobRun, session_id: int) -> dict[str, Any] | None:
    """Take what waits."""
    return _work(run, session_id, State.APPLYING, import_running.apply)


@job(UNDO_JOB, title=_("Taking back of an import"))
def undo_job(run: JobRun, session_id: int) -> dict[str, Any] | None:
    """Take back what was taken."""
    return _work(run, session_id, State.UNDOING, import_running.take_back)


def _work(run: JobRun, session_id: int, state: str, step: Callable[..., None]) -> dict[str, Any] | None:
    session = ImportSession.objects.select_related("file").get(pk=session_id)
    kind = import_named(session.kind)
    run.actor.require(kind.right)
    if session.job_id != run.id:
        raise Refused("overtaken", _("Somebody has gone on with this import since; this job is no longer its."))
    # A job that failed may be run again from its own page.
    ImportSession.objects.filter(pk=session_id, job_id=run.id).update(state=state)
    try:
        with override(session.language):
            step(session, kind, run.actor, lambda done, total: run.progress(done, total))
    except JobCancelled:
        # Otherwise another worker has taken it over, and the state is that one's.
        if Job.objects.filter(pk=run.id, attempts=run.attempt, cancel_requested=True).exists():
            _end(session, run, State.CANCELLED)
        raise
    except Exception:
        _end(session, run, State.FAILED)
        raise
    _end(session, run, _state_after(session, state))
    return {name: count for name, count in session.counts.items() if count}


def _state_after(session: ImportSession, state: str) -> str:
    if state == State.CHECKING:
        return State.CHECKED if session.titles and session.is_readable else State.FAILED
    if (
        state == State.UNDOING
        and not session.rows.filter(state=ImportRow.State.DONE, action__in=["create", "change"]).exists()
    ):
        return State.UNDONE
    return State.DONE


def _end(session: ImportSession, run: JobRun, state: str) -> None:
    ImportSession.objects.filter(pk=session.pk, job_id=run.id).update(
        state=state,
        counts=import_running.counts_of(session),
        problems=session.problems,
        is_readable=session.is_readable,
        finished_at=clock.now(),
    )


# --- small parts --------------------------------------------------------------------------------------------------------


def locked_import(session_id: int, actor: Actor) -> tuple[ImportSession, ImportKind]:
    """The session under lock, with its kind. NotPermitted without the right of the kind."""
    return _locked(session_id, actor)


def _locked(session_id: int, actor: Actor) -> tuple[ImportSession, ImportKind]:
    session = lock_one(own_imports(ImportSession.objects.all(), actor), session_id)
    kind = import_named(session.kind)
    actor.require(kind.right)
    return session, kind


def _hand_over(session: ImportSession, state: str, kind: str, title: Words, actor: Actor) -> None:
    session.state, session.finished_at = state, None
    session.job = start_job(
        kind, actor=actor, params={"session_id": session.pk}, title=str(title) % {"name": session.name}
    )
    session.save()


def _refuse_unless(session: ImportSession, *states: str) -> None:
    if session.state not in states:
        raise Refused(
            "not_in_this_state",
            _("This cannot be done now: the import %(state)s.") % {"state": session.get_state_display()},
        )


def _refuse_taken(session: ImportSession) -> None:
    if session.rows.exclude(state=ImportRow.State.WAITING).exists():
        raise Refused(
            "already_taken",
            _("Rows of this file were taken already. Go on with it, or upload the file anew."),
        )
