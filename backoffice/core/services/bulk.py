"""Carrying out one action on many rows: in batches, each its own transaction, with what became of every row.

A batch that is refused as a whole is tried again row by row, so that the rows that can be done are done and each other one
keeps its own reason. What is written down is also what makes a second attempt safe: rows that have an outcome are skipped.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import DomainError, Missing, NotPermitted, Refused
from backoffice.core.locks import lock_one
from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.models.jobs import Job

BATCH: Final = 200
Labels: TypeAlias = Mapping[int, str]
Work: TypeAlias = Callable[[Sequence[int]], BulkAnswer]


class Progress(Protocol):
    """How far it is, for whoever watches."""

    def __call__(self, done: int, total: int | None = None) -> None: ...


def begin_run(
    *,
    page: str,
    action: str,
    title: str,
    actor: Actor,
    data: Mapping[str, Any],
    expected: int,
    ids: Sequence[int] | None = None,
    query: str = "",
    last_id: int = 0,
    undo_of: int | None = None,
) -> BulkRun:
    """Write down what is about to be done. `ids` for a selection; `query` and `last_id` for everything that matches.

    Refused when it would take back something that was taken back already, NotPermitted when that was somebody else's.
    """
    with acting(actor, title):
        if undo_of is not None:
            first = lock_one(BulkRun.objects.all(), undo_of)
            if actor.kind != "user" or first.owner_id != actor.id:
                raise NotPermitted("not_yours", _("Only the person who did this can take it back."))
            if BulkRun.objects.filter(undo_of=first).exists():
                raise Refused("undone_already", _("This was taken back already."))
        return BulkRun.objects.create(
            page=page,
            action=action,
            title=title[:200],
            owner_id=actor.id if actor.kind == "user" else None,
            actor=actor.as_json(),
            data=dict(data),
            query=query,
            ids=None if ids is None else sorted(set(ids)),
            last_id=last_id,
            expected=expected,
            undo_of_id=undo_of,
        )


def give_to_job(run: BulkRun, job: Job) -> None:
    """Remember which job carries it out."""
    run.job = job
    run.save(update_fields=["job"])


def carry_out(
    *, run: BulkRun, batches: Iterable[Labels], work: Work, actor: Actor, progress: Progress | None = None
) -> BulkRun:
    """Do it, batch by batch (each a mapping of keys to names), and write down what became of each row."""
    done = run.outcomes.count()
    for batch in batches:
        known = set(run.outcomes.filter(row_id__in=batch).values_list("row_id", flat=True))
        fresh = {key: name for key, name in batch.items() if key not in known}
        if fresh:
            _do_batch(run, fresh, work, actor)
            done += len(fresh)
        if progress is not None:
            progress(done, max(done, run.expected))
    run.finished_at = clock.now()
    run.save(update_fields=["finished_at"])
    return run


def _do_batch(run: BulkRun, rows: Labels, work: Work, actor: Actor) -> None:
    """All of them in one transaction; when that is refused as a whole, each in its own."""
    try:
        with acting(actor, run.title):
            _write_down(run, rows, work(list(rows)))
    except DomainError as error:
        if len(rows) == 1:
            _write_down(run, rows, BulkAnswer(refused=dict.fromkeys(rows, error)))
            return
        for key, name in rows.items():
            _do_batch(run, {key: name}, work, actor)


def _write_down(run: BulkRun, rows: Labels, answer: BulkAnswer) -> None:
    result = BulkOutcome.Result
    outcomes = []
    for key, name in rows.items():
        outcome = BulkOutcome(run=run, row_id=key, label=name[:200], result=result.UNCHANGED)
        if key in answer.changed:
            outcome.result, outcome.before = result.DONE, answer.changed[key]
        elif key in answer.refused:
            error = answer.refused[key]
            outcome.result, outcome.code, outcome.message = result.REFUSED, error.code[:60], str(error.message)
        outcomes.append(outcome)
    BulkOutcome.objects.bulk_create(outcomes)


def run_of(*, run_id: int, page: str, actor: Actor) -> BulkRun:
    """One's own run on this list. Missing for anybody else's."""
    run = BulkRun.objects.select_related("job").filter(pk=run_id, page=page, owner_id=actor.id or 0).first()
    if run is None:
        raise Missing("not_found", _("There is no such bulk action of yours."))
    return run


def counts_of(run: BulkRun) -> dict[str, int]:
    """How many rows came out how, by result."""
    found = dict.fromkeys(BulkOutcome.Result.values, 0)
    found.update(run.outcomes.order_by().values_list("result").annotate(Count("id")))
    return found
