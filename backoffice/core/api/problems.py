"""Every refusal of the API as problem details (RFC 9457): a code for programs, a sentence for people, the place at fault.

    {"type": "urn:backoffice:problem:too_small", "title": "Not valid", "status": 400, "code": "too_small",
     "detail": "…", "hint": "…", "request_id": "…", "facts": {},
     "errors": [{"code": "too_small", "in": "body", "field": "/lines/2/quantity", "message": "…"}]}

`field` is a JSON pointer into the body, or the name of a parameter or header. What nobody foresaw is a 500 that says its
request id and nothing about our insides.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from backoffice.core.errors import Busy, Conflict, DomainError, Invalid, Missing, NotPermitted, Problem, Words
from backoffice.core.middleware import LOCK_NOT_HAD, request_id

log = structlog.get_logger(__name__)
MEDIA_TYPE: Final = "application/problem+json"
_HEADERS: Final = frozenset({"Idempotency-Key", "Authorization", "Content-Length", "Content-Type"})

TITLES: Final[Mapping[int, Words]] = {
    400: _("Not valid"),
    401: _("Not signed in"),
    403: _("Not permitted"),
    404: _("Not found"),
    405: _("Method not allowed"),
    409: _("Conflict"),
    411: _("Length required"),
    413: _("Too large"),
    415: _("Unsupported media type"),
    422: _("Refused"),
    429: _("Too many requests"),
    500: _("Internal error"),
    503: _("Busy"),
}


class BadParameter(Invalid):
    """A query parameter is unknown, repeated or cannot be read. `field` is its name."""

    place: ClassVar[str] = "query"


class Unsupported(DomainError):
    """The body comes in a form that is not spoken here."""

    status = 415


class Throttled(DomainError):
    """Too many requests within a minute."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(
            "too_many_requests",
            _("Too many requests. The next one is answered in %(seconds)s seconds.") % {"seconds": wait},
            hint=_("Wait, and send fewer at a time: lists take up to 200 rows a page, bulk calls up to 1,000 rows."),
        )
        self.retry_after = wait


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to whatever a view raised. Set as EXCEPTION_HANDLER."""
    request: HttpRequest = context["request"]._request
    refusal = _translated(error)
    if refusal is None:
        # Whoever listens to this signal writes it down: the log, error reporters, the test client.
        got_request_exception.send(sender=type(context["view"]), request=request)
        refusal = ServerFault()
    body = problem(refusal, request_id=request_id(request))
    response = Response(body, status=body["status"], content_type=MEDIA_TYPE)
    wait = getattr(refusal, "retry_after", None)
    if wait is not None:
        response["Retry-After"] = str(wait)
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


class ServerFault(DomainError):
    """Our mistake. It stands in the log under the request id."""

    status = 500

    def __init__(self) -> None:
        super().__init__(
            "internal_error",
            _("Something went wrong on our side."),
            hint=_("Send the same request with the same Idempotency-Key again. If it stays, report the request id."),
        )


class _Other(DomainError):
    """A refusal of the framework, with its own status."""

    def __init__(self, status: int, code: str, message: Words, **rest: Any) -> None:
        super().__init__(code, message, **rest)
        self.status = status  # type: ignore[misc]  # a class attribute everywhere else


def problem(refusal: DomainError, *, request_id: str = "") -> dict[str, Any]:
    """The members of the answer, all of them plain values in the language of the request."""
    place = getattr(refusal, "place", "body")
    return {
        "type": f"urn:backoffice:problem:{refusal.code}",
        "title": str(TITLES.get(refusal.status, _("Not valid"))),
        "status": refusal.status,
        "code": refusal.code,
        "detail": str(refusal.message),
        "hint": str(refusal.hint or ""),
        "errors": [
            {
                "code": item.code,
                "in": "header" if item.field in _HEADERS else place,
                "field": pointer(item.field) if place == "body" and item.field not in _HEADERS else item.field or "",
                "message": str(item.message),
            }
            for item in refusal.problems
        ],
        "facts": plain(dict(refusal.facts)),
        "request_id": request_id,
    }


def pointer(field: str | None) -> str:
    """`lines.2.quantity` as a JSON pointer: `/lines/2/quantity`; the whole body is the empty pointer."""
    if not field:
        return ""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in field.split("."))


def plain(value: Any) -> Any:
    """Facts as JSON can carry them: numbers exact, moments in ISO 8601, sentences in the language of the request."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _translated(error: Exception) -> DomainError | None:
    """The refusal that says what this error says; None for what nobody foresaw."""
    if isinstance(error, DomainError):
        return error
    for kind, translate in _TRANSLATIONS:
        if isinstance(error, kind):
            return translate(error)
    return None


def from_validation(error: exceptions.ValidationError) -> DomainError:
    """A serializer's errors as one refusal."""
    problems = list(_flattened(error.detail, ""))
    return Invalid("invalid", _("Some fields need attention."), problems=problems)


def _flattened(detail: Any, path: str) -> Iterator[Problem]:
    """DRF's nested messages one by one. A list holds either messages of one field, or one entry for each row."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flattened(
                inner, path if name == "non_field_errors" else f"{path}.{name}" if path else str(name)
            )
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _flattened(inner, (f"{path}.{place}" if path else str(place)) if nested else path)
    else:
        yield Problem(str(getattr(detail, "code", "invalid")), str(detail), path or None)


def _framework(error: exceptions.APIException) -> DomainError:
    code = error.get_codes()
    known = {
        "parse_error": "not_json",
        "not_authenticated": "not_signed_in",
        "authentication_failed": "bad_credentials",
        "permission_denied": "not_permitted",
        "unsupported_media_type": "unsupported_media_type",
    }
    name = str(code) if isinstance(code, str) else "invalid"
    hints = {
        "not_authenticated": _("Send the header “Authorization: Bearer” with an API key, or sign in to the console."),
        "unsupported_media_type": _("Send JSON in UTF-8 with “Content-Type: application/json”."),
    }
    return _Other(error.status_code, known.get(name, name), str(error.detail), hint=hints.get(name))


def _database(error: Exception) -> DomainError:
    if getattr(error.__cause__, "pgcode", "") in LOCK_NOT_HAD:
        return Busy("busy", _("Somebody else is working on this at the moment."), hint=_("Send the request again."))
    log.error("database_unreachable", error=str(error))
    refusal = Busy("database_unreachable", _("The database cannot be reached at the moment."))
    refusal.retry_after = 10
    return refusal


def _constraint(error: Exception) -> DomainError:
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    log.error("constraint_reached_the_door", constraint=name)
    message = _("This breaks the rule “%(rule)s”.") % {"rule": name.replace("_", " ")}
    return Conflict("constraint", message, constraint=name)


def _not_storable(error: Exception) -> DomainError:
    log.warning("value_not_storable", error=str(error))
    return Invalid("value_not_storable", _("A value is outside of what can be stored or searched for."))


def _too_big(error: Exception) -> DomainError:
    return _Other(413, "body_too_large", _("The body is larger than this address takes."))


def _unreadable(error: Exception) -> DomainError:
    return Invalid("bad_request", _("The request cannot be read."))


_TRANSLATIONS: tuple[tuple[type[Exception], Callable[[Any], DomainError]], ...] = (
    (exceptions.ValidationError, from_validation),
    (exceptions.APIException, _framework),
    (Http404, lambda error: Missing("not_found", _("There is no such thing here."))),
    (PermissionDenied, lambda error: NotPermitted("not_permitted", _("You may not do this."))),
    (RequestDataTooBig, _too_big),
    (SuspiciousOperation, _unreadable),
    (BadRequest, _unreadable),
    (UnreadablePostError, _unreadable),
    (OperationalError, _database),
    (InterfaceError, _database),
    (IntegrityError, _constraint),
    (DataError, _not_storable),
)
