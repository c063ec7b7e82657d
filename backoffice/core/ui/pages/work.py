"""What a worker does for lists: bulk actions on many rows, and large exports. Each can die and be taken up by another."""

import tempfile
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from django.forms import BaseForm, Form
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing
from backoffice.core.files.storage import store_file
from backoffice.core.jobs import JobRun, job
from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.models.jobs import Job
from backoffice.core.services.bulk import BATCH, Labels, Progress, carry_out
from backoffice.core.ui.pages.parts import BulkAction
from backoffice.core.ui.pages.registry import pages_named
from backoffice.core.ui.pages.selections import Selection
from backoffice.core.ui.pages.tables import CONTENT_TYPES, export_into

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages

BULK_JOB: Final = "core.bulk"
EXPORT_JOB: Final = "core.export"
# Without a rule of its own a kind of file is read by whoever stored it.
EXPORT_FILE: Final = "core.export"


def form_of(pages: "ModelPages", action: BulkAction, actor: Actor, data: Mapping[str, Any] | None) -> BaseForm:
    """The form of an action over what was kept of it; an empty one for actions that ask for nothing."""
    sent = None if data is None else _posted(data)
    if action.form is None:
        return Form(sent)
    if action.needs_pages:
        return action.form(sent, pages=pages, actor=actor)
    return action.form(sent)


def perform(run: BulkRun, actor: Actor, progress: Progress | None = None) -> BulkRun:
    """Carry out a run that was begun, here and now."""
    pages = pages_named(run.page)
    action = pages.action_named(run.action)
    if run.undo_of_id is not None:
        return _take_back(run, action, actor, progress)
    form = form_of(pages, action, actor, run.data)
    form.is_valid()
    ids = None if run.ids is None else tuple(run.ids)
    selection = Selection(pages, actor, ids, run.query, run.last_id)
    return carry_out(
        run=run,
        batches=selection.batches(),
        work=lambda keys: action.run(keys, actor, form.cleaned_data),
        actor=actor,
        progress=progress,
    )


def _take_back(run: BulkRun, action: BulkAction, actor: Actor, progress: Progress | None) -> BulkRun:
    undo = action.undo
    if undo is None:
        raise Missing("not_found", _("This cannot be taken back."))

    def batches() -> Iterator[Labels]:
        last = 0
        while True:
            done = BulkOutcome.objects.filter(run_id=run.undo_of_id, result=BulkOutcome.Result.DONE, pk__gt=last)
            some = list(done.order_by("pk")[:BATCH])
            if not some:
                return
            kept.clear()
            kept.update({one.row_id: one.before for one in some})
            yield {one.row_id: one.label for one in some}
            last = some[-1].pk

    kept: dict[int, Any] = {}
    return carry_out(
        run=run,
        batches=batches(),
        work=lambda keys: undo({key: kept[key] for key in keys}, actor),
        actor=actor,
        progress=progress,
    )


@job(BULK_JOB, title=_("Bulk action"))
def bulk_job(run: JobRun, run_id: int) -> dict[str, Any]:
    """A run of more than 200 rows. Rows that have an outcome are not touched a second time."""
    bulk = BulkRun.objects.get(pk=run_id)
    perform(bulk, run.actor, progress=run.progress)
    return {"run": run_id, "url": pages_named(bulk.page).url("bulk_result", run_id)}


@job(EXPORT_JOB, title=_("Export"))
def export_job(
    run: JobRun, page: str, query: str, columns: list[str], kind: str, language: str, zone: str
) -> dict[str, Any]:
    """A list as a file, with the rights that its owner had at the start."""
    pages = pages_named(page)
    with translation.override(language), tempfile.TemporaryFile() as file:
        count = export_into(file, pages, run.actor, query, columns, kind, zone=zone, progress=run.progress)
        file.seek(0)
        stored = store_file(
            file,
            name=f"{pages.slug}.{kind}",
            kind=EXPORT_FILE,
            content_type=CONTENT_TYPES[kind],
            actor=run.actor,
        )
    return {"file": stored, "rows": count}


def job_address(row: Job) -> str:
    """The page of a job."""
    return reverse("core_job_detail", args=[row.pk])


def _posted(data: Mapping[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, list(values))
    return query
