"""Bulk actions: look first, then carry out, then see what became of each row, and take it back where that is possible."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.core.errors import DomainError, Refused
from backoffice.core.jobs import start_job
from backoffice.core.keyset import Order, read_page
from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.services.bulk import begin_run, counts_of, give_to_job, run_of
from backoffice.core.ui.pages.columns import render as render_cell
from backoffice.core.ui.pages.edits import COMMAND, carry_out_once, new_command
from backoffice.core.ui.pages.parts import MOST_AT_ONCE, BulkAction
from backoffice.core.ui.pages.registry import link_to
from backoffice.core.ui.pages.selections import Selection, sample
from backoffice.core.ui.pages.views import DeclaredPage, back_to
from backoffice.core.ui.pages.work import BULK_JOB, form_of, perform

PREVIEWED: Final = 100
RESULTS: Final = 100
# Parts of what is posted that are not the action's own form.
OURS: Final = frozenset({"csrfmiddlewaretoken", "action", "scope", "ids", "last_id", "stage", "next", COMMAND})


class BulkView(DeclaredPage):
    """POST with stage=run carries out; without it, what would happen is shown and nothing is done."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """To the results; 422 with the preview when the action's form was refused."""
        action = self.pages.action_named(request.POST.get("action", ""))
        self.actor.require(action.right)
        selection = Selection.sent(self.pages, self.actor, request)
        if request.POST.get("stage") != "run":
            return self._preview(request, action, selection, self._form(action))
        data = {name: values for name, values in request.POST.lists() if name not in OURS}
        form = form_of(self.pages, action, self.actor, data)
        if not form.is_valid():
            return self._preview(request, action, selection, form, status=422)
        try:
            address = carry_out_once(request, self.actor, lambda: self._run(request, action, selection, data))
        except DomainError as error:
            form.add_error(None, str(error.message))
            return self._preview(request, action, selection, form, status=error.status)
        return HttpResponseRedirect(address)

    def _form(self, action: BulkAction) -> BaseForm:
        return form_of(self.pages, action, self.actor, None)

    def _run(self, request: HttpRequest, action: BulkAction, selection: Selection, data: Mapping[str, Any]) -> str:
        expected = selection.count()
        if not expected:
            raise Refused("nothing_left", _("None of these rows is there any more."))
        run = begin_run(
            page=self.pages.code,
            action=action.code,
            title=str(action.title),
            actor=self.actor,
            data=data,
            expected=expected,
            ids=selection.ids,
            query=selection.query,
            last_id=selection.last_id,
        )
        address = self.pages.url("bulk_result", run.pk)
        if expected > MOST_AT_ONCE:
            self._hand_over(run)
            return address
        perform(run, self.actor)
        # From the page of one row one comes back to that row, with the outcome as a message.
        if request.POST.get("next") and expected == 1:
            _tell(request, run)
            return back_to(request, address)
        return address

    def _hand_over(self, run: BulkRun) -> None:
        title = f"{run.title}: {self.pages.title}"
        give_to_job(run, start_job(BULK_JOB, actor=self.actor, params={"run_id": run.pk}, title=title))

    def _preview(
        self, request: HttpRequest, action: BulkAction, selection: Selection, form: BaseForm, status: int = 200
    ) -> HttpResponse:
        columns = [one for one in self.pages.columns_for(self.actor) if one.is_shown and one.kind != "picture"][:4]
        rows = sample(selection, columns, PREVIEWED)
        reasons = action.check(rows, self.actor) if action.check is not None and rows else {}
        count = selection.count()
        missing = len(selection.ids) - count if selection.ids is not None else 0
        context = self.context(
            action=action,
            form=form,
            has_fields=bool(form.fields),
            count=count,
            missing=missing,
            is_long=count > MOST_AT_ONCE,
            selection=selection,
            heads=[column.title for column in columns],
            lines=[
                {
                    "cells": [render_cell(column, row, self.actor, link_to) for column in columns],
                    "reason": reasons.get(row.pk, ""),
                }
                for row in rows
            ],
            refused=len(reasons),
            rest=count - len(rows),
            post_url=request.get_full_path(),
            next=request.POST.get("next", ""),
            cancel_url=back_to(request, f"{self.pages.url('list')}?{request.GET.urlencode()}"),
            command=request.POST.get(COMMAND) or new_command(),
            can_undo=action.undo is not None,
        )
        return render(request, "core/pages/bulk_preview.html", context, status=status)


class BulkResultView(DeclaredPage):
    """GET shows what became of each row: first those that were refused, and why."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """One's own runs only."""
        run = run_of(run_id=run_id, page=self.pages.code, actor=self.actor)
        if request.GET.get("part") == "progress":
            return self._progress(request, run)
        counts = counts_of(run)
        wanted = request.GET.get("result", "")
        results = [one for one in ("refused", "done", "unchanged") if counts[one]]
        chosen = wanted if wanted in results else next(iter(results), "")
        outcomes = BulkOutcome.objects.filter(run=run, result=chosen)
        page = read_page(
            outcomes,
            Order("pk"),
            size=RESULTS,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        undone = BulkRun.objects.filter(undo_of=run).first()
        labels = dict(BulkOutcome.Result.choices)
        context = self.context(
            run=run,
            counts=counts,
            summary=summary(counts),
            tabs=[
                {"title": labels[one], "url": f"?result={one}", "active": one == chosen, "count": counts[one]}
                for one in results
            ],
            outcomes=[{"row": one, "url": self.pages.url("detail", one.row_id)} for one in page.rows],
            previous_url=f"?result={chosen}&before={page.previous}" if page.previous else "",
            next_url=f"?result={chosen}&after={page.next}" if page.next else "",
            shown=len(page.rows),
            total=counts.get(chosen, 0),
            undone_url=self.pages.url("bulk_result", undone.pk) if undone is not None else "",
            can_undo=self._can_undo(run, counts) and undone is None,
            undo_url=self.pages.url("bulk_undo", run.pk),
            command=new_command(),
        )
        return render(request, "core/pages/bulk_result.html", context)

    def _progress(self, request: HttpRequest, run: BulkRun) -> HttpResponse:
        """The bar alone; when the job is over, the whole page anew."""
        response = render(request, "core/pages/bulk_progress.html", self.context(run=run))
        if run.job is None or run.job.is_over:
            response["HX-Refresh"] = "true"
        return response

    def _can_undo(self, run: BulkRun, counts: Mapping[str, int]) -> bool:
        if run.undo_of_id is not None or run.finished_at is None or not counts["done"]:
            return False
        action = self.pages.action_named(run.action)
        return action.undo is not None and self.actor.may(action.right)


class BulkUndoView(DeclaredPage):
    """POST takes a finished run back, row by row."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """To the results of the undoing, which has refusals of its own. Refused while it still runs, and a second time."""
        first = run_of(run_id=run_id, page=self.pages.code, actor=self.actor)
        action = self.pages.action_named(first.action)
        self.actor.require(action.right)
        if action.undo is None or first.undo_of_id is not None:
            raise Refused("cannot_be_undone", _("This cannot be taken back."))
        if first.finished_at is None:
            raise Refused("still_running", _("This is still under way. Cancel its job, or wait for its end."))

        def run() -> str:
            back = begin_run(
                page=self.pages.code,
                action=action.code,
                title=_("Undo: %(title)s") % {"title": first.title},
                actor=self.actor,
                data={},
                expected=counts_of(first)["done"],
                undo_of=first.pk,
            )
            if back.expected > MOST_AT_ONCE:
                title = f"{back.title}: {self.pages.title}"
                give_to_job(back, start_job(BULK_JOB, actor=self.actor, params={"run_id": back.pk}, title=title))
            else:
                perform(back, self.actor)
            return self.pages.url("bulk_result", back.pk)

        return HttpResponseRedirect(carry_out_once(request, self.actor, run))


def summary(counts: Mapping[str, int]) -> str:
    """“988 done, 12 refused”."""
    parts = []
    if counts["done"]:
        parts.append(ngettext("%(n)s row done", "%(n)s rows done", counts["done"]) % {"n": counts["done"]})
    if counts["refused"]:
        parts.append(ngettext("%(n)s refused", "%(n)s refused", counts["refused"]) % {"n": counts["refused"]})
    if counts["unchanged"]:
        parts.append(
            ngettext("%(n)s was so already", "%(n)s were so already", counts["unchanged"]) % {"n": counts["unchanged"]}
        )
    return ", ".join(parts)


def _tell(request: HttpRequest, run: BulkRun) -> None:
    outcome = run.outcomes.first()
    if outcome is None:
        return
    if outcome.result == BulkOutcome.Result.REFUSED:
        messages.error(request, outcome.message)
    elif outcome.result == BulkOutcome.Result.UNCHANGED:
        messages.info(request, _("%(name)s was so already.") % {"name": outcome.label})
    else:
        messages.success(request, _("%(title)s: %(name)s") % {"title": run.title, "name": outcome.label})
