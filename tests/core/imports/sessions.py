"""Imports for tests: a file as text, taken through its steps by the real jobs."""

from io import BytesIO
from typing import Any

from backoffice.core.actors import Actor
from backoffice.core.jobs import run_job
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.imports import apply_import, begin_import, map_and_check, undo_import


def begun(kind: str, text: str | bytes, actor: Actor, name: str = "file.csv") -> ImportSession:
    """Uploaded, its columns guessed."""
    data = text.encode() if isinstance(text, str) else text
    return begin_import(kind=kind, file=BytesIO(data), name=name, actor=actor)


def checked(kind: str, text: str | bytes, actor: Actor, **how: Any) -> ImportSession:
    """Uploaded and checked with the guessed columns, or with those given."""
    name = how.pop("file_name", "file.csv")
    session = begun(kind, text, actor, name)
    sent = {"columns": session.columns, "decimal_mark": session.decimal_mark, **how}
    return worked(map_and_check(session_id=session.pk, actor=actor, **sent))


def applied(session: ImportSession, policy: str, actor: Actor) -> ImportSession:
    """Taken by the worker."""
    return worked(apply_import(session_id=session.pk, policy=policy, actor=actor))


def undone(session: ImportSession, actor: Actor) -> ImportSession:
    """Taken back by the worker."""
    return worked(undo_import(session_id=session.pk, actor=actor))


def worked(session: ImportSession) -> ImportSession:
    """The session after its job."""
    assert session.job is not None
    run_job(session.job.pk)
    return again(session)


def again(session: ImportSession) -> ImportSession:
    """The session as it is now."""
    return ImportSession.objects.select_related("job").get(pk=session.pk)


def counted(session: ImportSession) -> dict[str, int]:
    """Its counts without those that are zero."""
    return {name: count for name, count in session.counts.items() if count}


def problems(session: ImportSession) -> list[tuple[int, str | None, str]]:
    """Line, column and code of everything that is wrong with its rows."""
    rows = ImportRow.objects.filter(session=session).order_by("line")
    return [(one["line"], one["column"], one["code"]) for row in rows for one in row.problems]
