"""Pages of imports that are no list and no detail: a new one, its columns, its progress, its files."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core import commands
from backoffice.core.actors import Actor
from backoffice.core.documents.tables import write_csv
from backoffice.core.errors import DomainError, Missing
from backoffice.core.imports import ImportKind, import_named, imports_for
from backoffice.core.models.imports import DecimalMark, ImportSession
from backoffice.core.services.import_cells import shown, taken_up
from backoffice.core.services.import_correcting import bad_rows_file
from backoffice.core.services.import_reading import reading_of
from backoffice.core.services.imports import begin_import, import_of, map_and_check
from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.job_cards import job_card
from backoffice.core.ui.pages.edits import COMMAND, carry_out_once, new_command, said

CSV = "text/csv; charset=utf-8"


class NewImportForm(forms.Form):
    """What is imported, and from which file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is in the file"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A CSV file in any of the usual ways of writing, or an Excel workbook (.xlsx)."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )

    def __init__(self, *args: Any, kinds: list[ImportKind], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.title) for kind in kinds]


class NewImportView(ConsolePage):
    """GET asks for kind and file; POST begins the import and goes on to its columns."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = imports_for(self.actor)
        form = NewImportForm(kinds=kinds, initial={"kind": request.GET.get("kind", "")})
        return self._show(request, form, kinds)

    def post(self, request: HttpRequest) -> HttpResponse:
        """422 with the form for what is no table; NotPermitted without the right of the kind."""
        kinds = imports_for(self.actor)
        form = NewImportForm(request.POST, request.FILES, kinds=kinds)
        if not form.is_valid():
            return self._show(request, form, kinds, status=422)
        file = form.cleaned_data["file"]

        def run() -> str:
            session = begin_import(
                kind=form.cleaned_data["kind"], file=file, name=file.name or "file", actor=self.actor
            )
            page = "core_import_columns" if session.is_readable else "core_import_detail"
            return reverse(page, args=[session.pk])

        try:
            address = self._once(request, file, run)
        except DomainError as error:
            form.add_error(
                "file" if error.field == "file" else None,
                " ".join(filter(None, (str(error.message), str(error.hint or "")))),
            )
            return self._show(request, form, kinds, status=error.status if error.status in (409, 403) else 422)
        return HttpResponseRedirect(address)

    def _once(self, request: HttpRequest, file: Any, run: Callable[[], str]) -> str:
        """As any form is carried out once; another file under the same command is another request."""
        key = request.POST.get(COMMAND, "")
        if not key:
            return run()
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        answer = commands.once(
            scope=self.actor.credential,
            key=f"form:{key[:200]}",
            body=commands.fingerprint("POST", request.path, said(request.POST), digest),
            run=lambda: commands.Answer(302, json.dumps(run()).encode()),
        )
        return str(json.loads(answer.body))

    def _show(
        self, request: HttpRequest, form: NewImportForm, kinds: list[ImportKind], status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "kinds": kinds, "command": new_command(), "list_url": reverse("core_import_list")}
        return render(request, "core/imports/new.html", context, status=status)


class TemplateView(ConsolePage):
    """An empty file of one kind, with the titles that are read without asking."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, kind: str) -> FileResponse:
        """Missing for a kind there is not; NotPermitted without its right."""
        known = import_named(kind)
        self.actor.require(known.right)
        file = BytesIO()
        write_csv(file, [field.title for field in known.fields], [])
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{known.code}.csv", content_type=CSV)


class ColumnsView(ConsolePage):
    """GET asks which column is which; POST has every row tried."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        session, kind = _session(key, self.actor)
        return self._show(request, session, kind)

    def post(self, request: HttpRequest, key: int) -> HttpResponse:
        """422 with a problem beside each column that cannot be so."""
        session, kind = _session(key, self.actor)
        sent = request.POST

        def run() -> str:
            map_and_check(
                session_id=session.pk,
                columns=_columns(sent),
                decimal_mark=sent.get("decimal_mark", ""),
                clears=sent.get("clears") == "on",
                name=sent.get("name", "").strip()[:150],
                actor=self.actor,
            )
            return reverse("core_import_detail", args=[session.pk])

        try:
            return HttpResponseRedirect(carry_out_once(request, self.actor, run))
        except DomainError as error:
            status = error.status if error.status in (403, 404, 409) else 422
            return self._show(request, session, kind, error=error, status=status)

    def _show(
        self,
        request: HttpRequest,
        session: ImportSession,
        kind: ImportKind,
        error: DomainError | None = None,
        status: int = 200,
    ) -> HttpResponse:
        is_sent = request.method == "POST"
        chosen = _columns(request.POST) if is_sent else session.columns
        told = {problem.field: problem.message for problem in error.problems} if error is not None else {}
        reading = reading_of(session)
        fields = [
            {
                "field": field,
                "place": chosen.get(field.name),
                "error": told.pop(field.name, ""),
                "samples": _samples(session, chosen.get(field.name), reading),
            }
            for field in kind.fields
        ]
        context = {
            "session": session,
            "kind": kind,
            "fields": fields,
            "columns": list(enumerate(session.titles)),
            "marks": DecimalMark.choices,
            "mark": request.POST.get("decimal_mark", "") if is_sent else session.decimal_mark,
            "clears": request.POST.get("clears") == "on" if is_sent else session.clears,
            "name": request.POST.get("name", "") if is_sent else "",
            "error": error,
            "others": list(told.values()),
            "unused": [title for place, title in enumerate(session.titles) if place not in chosen.values() and title],
            "command": new_command(),
            "list_url": reverse("core_import_list"),
            "back_url": reverse("core_import_detail", args=[session.pk]),
        }
        return render(request, "core/imports/columns.html", context, status=status)


class ProgressView(ConsolePage):
    """The bar alone, asked for while a worker has the session; when it is over, the whole page is loaded once more."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        session = import_of(key, self.actor)
        job = session.job
        part = {
            "row": session,
            "job": job_card(job) if job is not None else None,
            "progress_url": reverse("core_import_progress", args=[session.pk]),
        }
        response = render(request, "core/imports/progress.html", {"part": part})
        if job is None or job.is_over:
            response["HX-Refresh"] = "true"
        return response


class BadRowsView(ConsolePage):
    """The bad rows as a CSV file, as they came, each with its reasons."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: int) -> FileResponse:
        session = import_of(key, self.actor)
        file = tempfile.TemporaryFile()  # noqa: SIM115  (the answer closes it when it is sent)
        if not bad_rows_file(session, file):
            file.close()
            raise Missing("no_bad_rows", _("This import has no bad rows."))
        file.seek(0)
        stem = session.name.rpartition(".")[0] or session.name
        return FileResponse(file, as_attachment=True, filename=f"{stem}-{_('bad rows')}.csv", content_type=CSV)


def _session(key: int, actor: Actor) -> tuple[ImportSession, ImportKind]:
    session = import_of(key, actor)
    kind = import_named(session.kind)
    actor.require(kind.right)
    return session, kind


def _columns(sent: QueryDict) -> dict[str, Any]:
    """Field → place, from the boxes `column-NAME`. What is no number stays text and is refused by the service."""
    found: dict[str, Any] = {}
    for name in sent:
        text = sent.get(name, "")
        if name.startswith("column-") and text:
            is_place = text.isascii() and text.isdecimal() and len(text) < 6
            found[name.removeprefix("column-")] = int(text) if is_place else text
    return found


def _samples(session: ImportSession, place: Any, reading: Any) -> list[str]:
    if not isinstance(place, int):
        return []
    return [shown(taken_up(row[place]), reading)[:60] for row in session.samples if place < len(row)]
