"""One's own account: how the pages look, what one may do, where one is signed in."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError
from backoffice.core.models.people import User
from backoffice.core.selectors.access import (
    areas_of,
    has_second_factor,
    lacks_second_factor,
    narrowed,
    needs_second_factor,
    rights_of,
)
from backoffice.core.selectors.people import limits_of
from backoffice.core.selectors.sessions import sessions_of
from backoffice.core.services.accounts import change_own_profile
from backoffice.core.services.sign_in import end_session, sign_out_everywhere
from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.forms.profile import ProfileForm
from backoffice.core.ui.pages.edits import version_of


class ProfileView(ConsolePage):
    """GET shows it; POST saves name, language, zone and appearance."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        user = cast(User, request.user)
        initial = {name: getattr(user, name) for name in ProfileForm.base_fields}
        return self._show(request, ProfileForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        """422 with the form when it was refused, 409 when it was saved elsewhere meanwhile."""
        form = ProfileForm(request.POST)
        if not form.is_valid():
            return self._show(request, form, 422)
        try:
            change_own_profile(values=form.cleaned_data, version=version_of(request.POST), actor=self.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
            return self._show(request, form, error.status if error.status == 409 else 422)
        messages.success(request, _("Your profile is saved."))
        return HttpResponseRedirect(reverse("core_profile"))

    def _show(self, request: HttpRequest, form: ProfileForm, status: int = 200) -> HttpResponse:
        # Read anew: the account of the request is as old as the request, and this page says what is.
        user = User.objects.get(pk=cast(User, request.user).pk)
        held = rights_of(user)
        roles = [role.title for role in user.roles.filter(is_active=True)]
        context = {
            "form": form,
            "account": user,
            "roles": roles,
            "one_role": len(roles) < 2,
            "areas": areas_of(held),
            "count": len(held),
            "narrowed": narrowed(limits_of(user)),
            "has_factor": has_second_factor(user),
            "needs_factor": needs_second_factor(user),
            "lacks_factor": lacks_second_factor(user),
            "sessions": sessions_of(user, request.session.session_key),
        }
        return render(request, "core/people/profile.html", context, status=status)


class EndSessionsView(ConsolePage):
    """POST ends one of one's own sessions (`session`), or all but this one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Back to the profile; what is over already is said there."""
        user_id, reference = cast(User, request.user).pk, request.POST.get("session", "")
        try:
            if reference:
                end_session(user_id=user_id, reference=reference, actor=self.actor)
                messages.success(request, _("That session is over."))
            else:
                count = sign_out_everywhere(user_id=user_id, actor=self.actor, keep=request.session.session_key)
                messages.success(request, _("Sessions elsewhere that are over now: %(count)s.") % {"count": count})
        except DomainError as error:
            messages.error(request, str(error.message))
        return HttpResponseRedirect(f"{reverse('core_profile')}#sessions")
