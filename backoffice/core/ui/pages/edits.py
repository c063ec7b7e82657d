"""Adding and changing a row: one form, one service call, saved at most once however often the button is pressed."""

import json
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.core import commands
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, DomainError
from backoffice.core.ui.pages.conflicts import conflict_context, kept_of
from backoffice.core.ui.pages.forms import RowForm, conflict_sentence
from backoffice.core.ui.pages.views import DeclaredPage

# Parts of a form that are not what it says: a repeat may differ in them and is still the same command.
NOT_SAID: Final = frozenset({"csrfmiddlewaretoken", "command", "next"})
COMMAND: Final = "command"


def new_command() -> str:
    """The id under which a form is carried out once."""
    return str(uuid.uuid4())


def carry_out_once(request: HttpRequest, actor: Actor, run: Callable[[], str]) -> str:
    """Run it, or answer the address that it answered the first time this form was sent. Errors pass through, unremembered."""
    key = request.POST.get(COMMAND, "")
    if not key:
        return run()
    answer = commands.once(
        scope=actor.credential,
        key=f"form:{key[:200]}",
        body=commands.fingerprint(str(request.method), request.path, said(request.POST)),
        run=lambda: commands.Answer(302, json.dumps(run()).encode()),
    )
    return str(json.loads(answer.body))


def said(sent: QueryDict) -> str:
    """What a form says, in one spelling."""
    return json.dumps(sorted((name, values) for name, values in sent.lists() if name not in NOT_SAID))


class AddView(DeclaredPage):
    """GET shows an empty form, filled with what the address names; POST makes the row."""

    http_method_names = ["get", "head", "post"]

    @property
    def required_right(self) -> str:
        return self.pages.master.edit

    def get(self, request: HttpRequest) -> HttpResponse:
        form = RowForm(self.pages, self.actor, initial={name: value for name, value in request.GET.items() if value})
        return self._show(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """To the new row, or back to an empty form when several are added; 422 with the form when it was refused."""
        form = RowForm(self.pages, self.actor, data=request.POST)
        if not form.is_valid():
            return self._show(request, form, status=422)

        def run() -> str:
            row = self.pages.create(master=self.pages.master, values=form.cleaned_data, actor=self.actor)
            return self.pages.url("detail", row.pk)

        try:
            address = carry_out_once(request, self.actor, run)
        except DomainError as error:
            return self._refused(request, form, error)
        messages.success(request, _("The new %(thing)s is saved.") % {"thing": self.pages.thing})
        if "another" in request.POST:
            address = request.get_full_path()
        return HttpResponseRedirect(address)

    def _refused(self, request: HttpRequest, form: RowForm, error: DomainError) -> HttpResponse:
        if isinstance(error, Conflict) and error.code == "idempotency_key_reused":
            form.add_error(None, conflict_sentence())
            return self._show(request, form, status=409, command=new_command())
        form.take(error)
        return self._show(request, form, status=422 if error.status < 500 else error.status)

    def _show(self, request: HttpRequest, form: RowForm, status: int = 200, command: str = "") -> HttpResponse:
        context = self.context(
            form=form,
            row=None,
            command=command or request.POST.get(COMMAND) or new_command(),
            cancel_url=self.pages.url("list"),
        )
        return render(request, "core/pages/form.html", context, status=status)


class EditView(DeclaredPage):
    """GET shows the row's form; POST changes it, unless somebody else did meanwhile: then both versions are shown."""

    http_method_names = ["get", "head", "post"]

    @property
    def required_right(self) -> str:
        return self.pages.master.edit

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        row = self.row(key)
        return self._show(request, RowForm(self.pages, self.actor, row), row, version=row.version)

    def post(self, request: HttpRequest, key: int) -> HttpResponse:
        """To the row; 422 with the form when it was refused, 409 with both versions when it was changed meanwhile."""
        row = self.row(key)
        form = RowForm(self.pages, self.actor, row, request.POST)
        version = version_of(request.POST)
        if not form.is_valid():
            return self._show(request, form, row, version=version, status=422)
        kept = kept_of(request.POST)
        values = {name: value for name, value in form.cleaned_data.items() if name not in kept}

        def run() -> str:
            self.pages.change(master=self.pages.master, row_id=row.pk, values=values, version=version, actor=self.actor)
            return self.pages.url("detail", row.pk)

        try:
            address = carry_out_once(request, self.actor, run)
        except Conflict as error:
            return self._conflict(request, form, key, error, version)
        except DomainError as error:
            form.take(error)
            return self._show(request, form, row, version=version, status=422 if error.status < 500 else error.status)
        messages.success(request, _("“%(name)s” is saved.") % {"name": row})
        return HttpResponseRedirect(address)

    def _conflict(
        self, request: HttpRequest, form: RowForm, key: int, error: Conflict, version: int | None
    ) -> HttpResponse:
        row = self.row(key)
        if error.code == "edited_meanwhile":
            context = self.context(row=row, command=new_command(), **conflict_context(form, request.POST, row, version))
            return render(request, "core/pages/conflict.html", context, status=409)
        if error.code == "idempotency_key_reused":
            form.add_error(None, conflict_sentence())
            return self._show(request, form, row, version=version, status=409, command=new_command())
        form.take(error)
        return self._show(request, form, row, version=version, status=409)

    def _show(
        self,
        request: HttpRequest,
        form: RowForm,
        row: Any,
        *,
        version: int | None,
        status: int = 200,
        command: str = "",
    ) -> HttpResponse:
        context = self.context(
            form=form,
            row=row,
            version=version,
            command=command or request.POST.get(COMMAND) or new_command(),
            cancel_url=self.pages.url("detail", row.pk),
        )
        return render(request, "core/pages/form.html", context, status=status)


def version_of(sent: QueryDict) -> int | None:
    """The version that the form was filled from. A damaged one counts as version 0, which no row has: nobody's change is
    overwritten because a field was lost."""
    text = sent.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
