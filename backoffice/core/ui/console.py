"""What every page of the console begins with: somebody is signed in and has the right that the page names."""

from typing import Any, ClassVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View

from backoffice.core.actors import Actor


class ConsolePage(View):
    """A page for people who are signed in. `right` is what it takes to open it; without one everybody may."""

    right: ClassVar[str] = ""
    actor: Actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask who comes before anything is looked at."""
        actor = cast("Actor | None", getattr(request, "actor", None))
        if not actor:
            return signed_out(request)
        self.actor = actor
        if self.required_right:
            actor.require(self.required_right)
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    @property
    def required_right(self) -> str:
        """The right that the page takes; declared pages find theirs in the declaration."""
        return self.right


def signed_out(request: HttpRequest) -> HttpResponse:
    """The log-in page, and back to this one; a fragment answers 401 so that the page around it can say what happened."""
    if is_fragment(request):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted)


def is_target(request: HttpRequest, *targets: str) -> bool:
    """Whether htmx will put the answer into one of these elements."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx and htmx.target in targets)
