"""Making a key: a form, and the one page that ever shows the secret."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.permissions import MANAGE_KEYS
from backoffice.core.services.api_keys import MadeKey, make_key
from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.forms.api_keys import KeyForm
from backoffice.core.ui.pages.edits import COMMAND, carry_out_once, new_command


class MakeKeyView(ConsolePage):
    """GET shows the form; POST makes the key and answers with its secret, which is in no other answer."""

    http_method_names = ["get", "head", "post"]
    right = MANAGE_KEYS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, KeyForm(actor=self.actor))

    def post(self, request: HttpRequest) -> HttpResponse:
        """422 with the form when it was refused. The same form sent again leads to the key, without the secret."""
        form = KeyForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self._show(request, form, 422)
        made: list[MadeKey] = []

        def run() -> str:
            made.append(
                make_key(
                    name=form.cleaned_data["name"],
                    permissions=form.cleaned_data["permissions"],
                    limits=form.chosen(),
                    expires_at=form.expiry(),
                    actor=self.actor,
                )
            )
            return reverse("core_api_key_detail", args=[made[0].key.pk])

        try:
            address = carry_out_once(request, self.actor, run)
        except DomainError as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, str(problem.message))
            if not error.problems:
                form.add_error(None, str(error.message))
            return self._show(request, form, 422 if error.status < 500 else error.status)
        if not made:
            messages.info(request, _("This key was made a moment ago, and its secret was shown then. It is not kept."))
            return HttpResponseRedirect(address)
        context = {"made": made[0], "detail_url": address, "list_url": reverse("core_api_key_list")}
        response = render(request, "core/people/key_made.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def _show(self, request: HttpRequest, form: KeyForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "command": request.POST.get(COMMAND) or new_command(),
            "list_url": reverse("core_api_key_list"),
        }
        return render(request, "core/people/key_form.html", context, status=status)
