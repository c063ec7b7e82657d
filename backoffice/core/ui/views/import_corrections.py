"""The workbench of held rows: the queue at the left, one row at the right, and the next one by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.imports import ImportKind, import_named
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_cells import shown, taken_up
from backoffice.core.services.import_correcting import correct_row, reject_row
from backoffice.core.services.import_reading import reading_of
from backoffice.core.services.imports import import_of
from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.import_panels import held_rows
from backoffice.core.ui.pages.edits import carry_out_once, new_command

QUEUE = 50


class HeldRowsView(ConsolePage):
    """GET goes to the first row that is held, or back to the import when there is none."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(_next(import_of(key, self.actor), 0))


class HeldRowView(ConsolePage):
    """GET shows one held row; POST takes it as it was corrected, or gives it up, and goes on to the next."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: int, row_id: int) -> HttpResponse:
        session = import_of(key, self.actor)
        row = held_rows(session).filter(pk=row_id).first()
        if row is None:
            return HttpResponseRedirect(_next(session, row_id))
        return self._show(request, session, row)

    def post(self, request: HttpRequest, key: int, row_id: int) -> HttpResponse:
        """422 with the row and what is still wrong with it."""
        session = import_of(key, self.actor)
        row = held_rows(session).filter(pk=row_id).first()
        cells = {
            name.removeprefix("cell-"): request.POST.get(name, "") for name in request.POST if name.startswith("cell-")
        }

        def run() -> str:
            if request.POST.get("decision") == "reject":
                reject_row(session_id=session.pk, row_id=row_id, actor=self.actor)
            else:
                correct_row(session_id=session.pk, row_id=row_id, cells=cells, actor=self.actor)
            return _next(session, row_id)

        try:
            address = carry_out_once(request, self.actor, run)
        except DomainError as error:
            if row is None:
                messages.error(request, str(error.message))
                return HttpResponseRedirect(_next(session, row_id))
            status = error.status if error.status in (403, 409) else 422
            return self._show(request, session, row, cells, error, status)
        if request.POST.get("decision") == "reject":
            messages.info(request, _("The row is rejected."))
        else:
            messages.success(request, _("The row is taken."))
        return HttpResponseRedirect(address)

    def _show(
        self,
        request: HttpRequest,
        session: ImportSession,
        row: ImportRow,
        cells: dict[str, str] | None = None,
        error: DomainError | None = None,
        status: int = 200,
    ) -> HttpResponse:
        kind = import_named(session.kind)
        told = row.problems
        if error is not None:
            told = [{"field": one.field, "message": str(one.message)} for one in error.problems]
            told = told or [{"field": None, "message": str(error.message)}]
        fields = _fields(session, kind, row, cells, told)
        shown_fields = {field["name"] for field in fields}
        queue = held_rows(session)
        context = {
            "session": session,
            "row": row,
            "fields": fields,
            "others": [one["message"] for one in told if one["field"] not in shown_fields],
            "queue": [
                {
                    "row": one,
                    "url": reverse("core_import_held_row", args=[session.pk, one.pk]),
                    "active": one.pk == row.pk,
                }
                for one in queue[:QUEUE]
            ],
            "count": queue.count(),
            "next_url": _next(session, row.pk),
            "command": new_command(),
            "list_url": reverse("core_import_list"),
            "back_url": reverse("core_import_detail", args=[session.pk]),
            "reason": ""
            if self.actor.may(kind.right)
            else _("It needs the right “%(right)s”.") % {"right": kind.right},
        }
        return render(request, "core/imports/held.html", context, status=status)


def _fields(
    session: ImportSession, kind: ImportKind, row: ImportRow, cells: dict[str, str] | None, told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    reading = reading_of(session)
    found = []
    for field in kind.fields:
        place = session.columns.get(field.name)
        if place is None:
            continue
        value = shown(taken_up(row.cells[place]), reading) if place < len(row.cells) else ""
        problems = [one["message"] for one in told if one["field"] == field.name]
        sent = (cells or {}).get(field.name, value)
        found.append(
            {
                "name": field.name,
                "title": session.titles[place] or field.title,
                "value": sent,
                "problems": problems,
                "is_first": False,
            }
        )
    first = next((one for one in found if one["problems"]), found[0] if found else None)
    if first is not None:
        first["is_first"] = True
    return found


def _next(session: ImportSession, row_id: int) -> str:
    """The held row after this one, else the first, else the page of the import."""
    rows = held_rows(session)
    here = session.rows.filter(pk=row_id).first()
    after = rows.filter(line__gt=here.line).first() if here is not None else None
    found = after or rows.exclude(pk=row_id).first() or (rows.first() if here is None else None)
    if found is None:
        return reverse("core_import_detail", args=[session.pk])
    return reverse("core_import_held_row", args=[session.pk, found.pk])
