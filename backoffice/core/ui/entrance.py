"""What every request passes at the door: where it comes from, and what its person must do before anything else."""

from collections.abc import Callable
from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.middleware import request_id
from backoffice.core.models.people import User
from backoffice.core.origin import coming_from, origin_of
from backoffice.core.selectors.access import lacks_second_factor
from backoffice.core.sessions import SessionStore

Answer = Callable[[HttpRequest], HttpResponse]
_OPEN: Final = ("/account/", "/static/", "/health")


class OriginMiddleware:
    """`current_origin()` for the time of the request. Stands before the sessions, which remember it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            # The default adapter counts trusted proxies; ours then reads what is set here.
            ip = DefaultAccountAdapter.get_client_ip(DefaultAccountAdapter(), request)
        except PermissionDenied:
            ip = None
        user_agent = request.headers.get("User-Agent", "")
        with coming_from(origin_of(ip=ip, user_agent=user_agent, request_id=request_id(request))):
            return self.get_response(request)


class DutyMiddleware:
    """Leads people who must set a password or a second factor to the page for it, and to no other."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return self.get_response(request)
        if isinstance(request.session, SessionStore):
            request.session.mark_seen()
        if request.path.startswith(_OPEN):
            return self.get_response(request)
        if user.must_set_password:
            return _sent_to(request, "account_change_password", _("Set a password of your own first."))
        if lacks_second_factor(user):
            return _sent_to(
                request,
                "mfa_index",
                _("One of your roles needs a second factor. Add an authenticator app or a passkey."),
            )
        return self.get_response(request)


def _sent_to(request: HttpRequest, url_name: str, why: str) -> HttpResponse:
    """The way to the page; programs that borrow the session are told in their own words."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            {"type": "about:blank", "title": why, "status": 403, "code": "account_duty", "detail": why},
            status=403,
            content_type="application/problem+json",
        )
    # The page says why it came up.
    url = f"{reverse(url_name)}?duty=1"
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
