"""What is done on the page of one row: a form where something is to be filled in, one service call, back to the page."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.core.errors import Conflict, DomainError, Missing, Refused
from backoffice.core.ui.console import is_fragment
from backoffice.core.ui.pages.edits import COMMAND, carry_out_once, new_command
from backoffice.core.ui.pages.forms import conflict_sentence
from backoffice.core.ui.pages.parts import RowAction
from backoffice.core.ui.pages.views import DeclaredPage


class ActView(DeclaredPage):
    """GET shows the action's form (into a dialog, when htmx asks); POST carries it out."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, key: int, code: str) -> HttpResponse:
        """Missing for an action without a form: there is nothing to show."""
        row, action = self._find(key, code)
        if action.form is None:
            raise Missing("not_found", _("There is nothing to fill in for this."))
        return self._show(request, row, action, self._form(row, action, None))

    def post(self, request: HttpRequest, key: int, code: str) -> HttpResponse:
        """Back to the row. 422 with the form when it was refused; without a form the refusal is a message on the row's page."""
        row, action = self._find(key, code)
        form = self._form(row, action, request.POST)
        if not form.is_valid():
            return self._show(request, row, action, form, status=422)
        item = _item(request)

        def run() -> str:
            return action.run(row, self.actor, form.cleaned_data, item) or self.pages.url("detail", row.pk)

        try:
            address = carry_out_once(request, self.actor, run)
        except DomainError as error:
            return self._refused(request, row, action, form, error)
        if action.done:
            messages.success(request, str(action.done))
        if "another" in request.POST and action.form is not None:
            address = (
                f"{self.pages.url('act', row.pk, code)}?item={item}" if item else self.pages.url("act", row.pk, code)
            )
        return HttpResponseRedirect(address)

    def _form(self, row: Any, action: RowAction, data: QueryDict | None) -> forms.BaseForm:
        if action.form is None:
            return forms.Form(data)
        return action.form(data, row=row, actor=self.actor) if action.needs_row else action.form(data)

    def _find(self, key: int, code: str) -> tuple[Any, RowAction]:
        row, action = self.row(key), self.pages.row_action_named(code)
        if action.right:
            self.actor.require(action.right)
        reason = action.reason(row, self.actor) if action.reason is not None else ""
        if reason:
            raise Refused("not_now", reason)
        return row, action

    def _refused(
        self, request: HttpRequest, row: Any, action: RowAction, form: forms.BaseForm, error: DomainError
    ) -> HttpResponse:
        if action.form is None:
            messages.error(request, _sentence(error))
            return HttpResponseRedirect(self.pages.url("detail", row.pk))
        if isinstance(error, Conflict) and error.code == "idempotency_key_reused":
            form.add_error(None, conflict_sentence())
            return self._show(request, row, action, form, status=409, command=new_command())
        for problem in error.problems:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem.message))
        if not error.problems:
            form.add_error(None, _sentence(error))
        return self._show(request, row, action, form, status=422 if error.status < 500 else error.status)

    def _show(
        self,
        request: HttpRequest,
        row: Any,
        action: RowAction,
        form: forms.BaseForm,
        status: int = 200,
        command: str = "",
    ) -> HttpResponse:
        context = self.context(
            row=row,
            action=action,
            form=form,
            item=_item(request),
            act_url=self.pages.url("act", row.pk, action.code),
            cancel_url=self.pages.url("detail", row.pk),
            command=command or request.POST.get(COMMAND) or new_command(),
        )
        is_part = is_fragment(request) and request.method == "GET"
        template = "core/pages/act_part.html" if is_part else "core/pages/act.html"
        response = render(request, template, context, status=status)
        if is_part:
            response["HX-Trigger"] = json.dumps({"openDialog": {"id": "act"}})
        return response


def _item(request: HttpRequest) -> int:
    text = request.POST.get("item") or request.GET.get("item") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Missing("not_found", _("There is no such line."))
    return int(text)


def _sentence(error: DomainError) -> str:
    return f"{error.message} {error.hint}" if error.hint else str(error.message)
