"""Error pages of the console: the same words as the API's, with a way back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Busy, DomainError, NotPermitted


def render_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page for a refusal; for htmx the fragment that goes into the toasts, with the status beside it."""
    context = {"error": error, "problems": error.problems}
    partial = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "core/problem_fragment.html" if partial else "core/problem.html"
    response = render(request, template, context, status=error.status)
    if partial:
        response["HX-Retarget"] = "#toasts"
        response["HX-Reswap"] = "beforeend"
    if isinstance(error, Busy):
        response["Retry-After"] = str(error.retry_after)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's own page says nothing that helps; ours says what to do."""
    return render_refusal(
        request,
        NotPermitted(
            "csrf",
            _("This page was open for too long, or was opened from another site, so nothing was saved."),
            hint=_("Load the page again and repeat what you did."),
            reason=reason,
        ),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: the database may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)
