"""What every request of the console passes: who acts, in which language and zone, and how a refusal is shown."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Busy, DomainError
from backoffice.core.models.people import User
from backoffice.core.selectors.people import actor_of_user
from backoffice.core.ui.errors import render_refusal

Answer = Callable[[HttpRequest], HttpResponse]
LOCK_NOT_HAD = {"55P03", "40P01", "40001", "57014"}


def request_id(request: HttpRequest) -> str:
    """The id of this request in logs, in the history of rows and in error answers."""
    return str(structlog.contextvars.get_contextvars().get("request_id", "") or request.headers.get("X-Request-ID", ""))


class ActorMiddleware:
    """`request.actor`: the signed-in person with its rights of this moment, or None. Read from the database at first use."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def load() -> Actor | None:
            user = request.user
            if isinstance(user, AnonymousUser) or not user.is_authenticated:
                return None
            return actor_of_user(user, request_id(request))

        request.actor = SimpleLazyObject(load)  # type: ignore[attr-defined]  # what this middleware adds
        return self.get_response(request)


class PlaceMiddleware:
    """Language and time zone of the person, where the person has chosen them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            try:
                timezone.activate(ZoneInfo(user.time_zone))
            except (ZoneInfoNotFoundError, ValueError):
                timezone.activate(ZoneInfo("UTC"))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class ProblemMiddleware:
    """Turns what services raise into a page (or a fragment for htmx) that says what, why and what to do."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            return render_refusal(request, error)
        if isinstance(error, OperationalError) and getattr(error.__cause__, "pgcode", "") in LOCK_NOT_HAD:
            return render_refusal(request, Busy("busy", _("Somebody else is working on this at the moment.")))
        return None
