"""Refusals that never reach a view (an unknown address, a broken query, a host of another name) as problem details too."""

import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from backoffice.core.api import problems
from backoffice.core.errors import DomainError, Invalid, Missing, NotPermitted
from backoffice.core.middleware import request_id

PREFIX = "/api/v1/"


class ProblemEdge:
    """Puts problem details in the place of every HTML page with an error status under /api/v1/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if response.status_code < 400 or not request.path.startswith(PREFIX) or kind.startswith("application/"):
            return response
        body = problems.problem(_refusal(response.status_code), request_id=request_id(request))
        replaced = HttpResponse(json.dumps(body), status=body["status"], content_type=problems.MEDIA_TYPE)
        replaced["Cache-Control"] = "no-store"
        return replaced


def _refusal(status: int) -> DomainError:
    if status == 404:
        return Missing(
            "unknown_address",
            _("There is nothing at this address."),
            hint=_("Addresses have no slash at the end. All of them stand in /api/v1/openapi.json."),
        )
    if status == 403:
        return NotPermitted("not_permitted", _("You may not do this."))
    if status >= 500:
        return problems.ServerFault()
    return Invalid("bad_request", _("The request cannot be read."))
