"""Who calls: a program with its key in the Authorization header, or a signed-in person with the session of the console."""

import re
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from backoffice.core.actors import Actor
from backoffice.core.api.problems import BadParameter
from backoffice.core.errors import NotPermitted
from backoffice.core.middleware import request_id
from backoffice.core.models.people import ApiKey, User
from backoffice.core.origin import current_origin
from backoffice.core.selectors.people import actor_of_key, actor_of_user
from backoffice.core.services.api_keys import authenticate_key

KEY_BEGINS: Final = "bo_"
_CREDENTIALS = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]{1,200})\Z", re.IGNORECASE)
_PARAMETERS_OF_KEYS: Final = frozenset({"api_key", "apikey", "access_token", "token", "key", "authorization", "secret"})


class Program:
    """Stands in `request.user` for the holder of an API key, which is nobody's account."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return self.key.name


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer bo_…`. A key anywhere else is refused, because addresses end up in logs."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The program and its key; None without the header; 401 for credentials that do not hold."""
        plain_request: HttpRequest = request._request
        refuse_key_in_address(plain_request)
        header = plain_request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        match = _CREDENTIALS.match(header)
        if match is None:
            raise AuthenticationFailed(
                _("The Authorization header must read “Bearer” and an API key."), code="bad_authorization_header"
            )
        key = authenticate_key(match[1], address_of(plain_request))
        if key is None:
            raise AuthenticationFailed(_("This API key is not valid, has expired, or was revoked."), code="bad_key")
        _remember(plain_request, actor_of_key(key, request_id(plain_request)))
        return Program(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ConsoleAuthentication(BaseAuthentication):
    """The session of the console, for its own pages. Writes need the CSRF token, as forms do."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person; None when nobody is signed in; 403 for a write without the token."""
        plain_request: HttpRequest = request._request
        user = getattr(plain_request, "user", None)
        if not isinstance(user, User) or not user.is_active:
            return None
        reason = CSRFCheck(_nothing).process_view(plain_request, _nothing, (), {})
        if reason is not None:
            raise NotPermitted(
                "csrf",
                _("The request lacks the token that shows it comes from our own pages."),
                hint=_("Programs should use an API key; pages send the header X-CSRFToken."),
            )
        _remember(plain_request, actor_of_user(user, request_id(plain_request)))
        return user, None


def _nothing(request: HttpRequest) -> HttpResponse:
    """What Django's check wants to stand in front of, and never calls."""
    return HttpResponse()


def refuse_key_in_address(request: HttpRequest) -> None:
    """BadParameter when the query string carries what is, or is named like, a key."""
    for name, values in request.GET.lists():
        if name.lower() in _PARAMETERS_OF_KEYS or any(value.startswith(KEY_BEGINS) for value in values):
            raise BadParameter(
                "key_in_address",
                _("An API key must not stand in the address, where logs and proxies keep it."),
                field=name[:40],
                hint=_("Send it in the header “Authorization: Bearer …”. If it was a real key, revoke it now."),
            )


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from, as far as trusted proxies tell it."""
    return current_origin().ip or request.META.get("REMOTE_ADDR") or None


def _remember(request: HttpRequest, actor: Actor) -> None:
    request.actor = actor  # type: ignore[attr-defined]  # what ActorMiddleware declares
