"""What every address of the API does around the work of its view.

1. Refuse what cannot be a proper request: a foreign charset, a packed body, no length.
2. Who calls? Credentials that do not hold are counted too, so that nobody guesses for long.
3. May it? May it now (rate)? Does the query string hold only what this address knows?
4. Carry out, once for each Idempotency-Key.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Final

from django.http import HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backoffice.core.actors import Actor
from backoffice.core.api import parsers
from backoffice.core.api.idempotency import carry_out_once
from backoffice.core.api.permissions import action_of
from backoffice.core.api.problems import BadParameter, Unsupported
from backoffice.core.api.rendering import OnlyJSON
from backoffice.core.errors import DomainError, Invalid
from backoffice.core.texts import quoted

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FIELDS: Final = "fields"


class LengthMissing(DomainError):
    """A body without Content-Length: the server could not tell its end from a cut-off connection."""

    status = 411


class Door(APIView):
    """Base of every view.

    `rights` names the right for each action (permissions.ANYBODY for every signed-in caller). `key_required` names the
    actions that are refused without an Idempotency-Key. `parameters` are the query parameters of each action.
    """

    rights: ClassVar[Mapping[str, str]] = {}
    key_required: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[Mapping[str, Collection[str]]] = {}
    most_bytes: ClassVar[int] = parsers.MOST_BYTES

    http_method_names = ["get", "head", "post", "patch", "put", "delete"]
    content_negotiation_class = OnlyJSON
    metadata_class = None
    rate_headers: Mapping[str, str] = {}

    @property
    def actor(self) -> Actor:
        """Who calls. Only for code that runs after the permission was checked."""
        found: Actor = self.request.actor  # type: ignore[attr-defined]  # what authentication adds
        return found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything that is asked before the work, cheapest first."""
        self.format_kwarg = None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version, request.versioning_scheme = None, None
        request._request.actor = None  # type: ignore[attr-defined]  # the session's actor counts only once it has proved itself
        _check_framing(request, self.most_bytes)
        try:
            self.perform_authentication(request)
        except Exception:
            self.check_throttles(request)
            raise
        self.check_throttles(request)
        self.check_permissions(request)
        self.check_parameters(request)
        self._carry_out_once(request)

    def check_parameters(self, request: Request) -> None:
        """BadParameter for what this address does not know: a filter with a typing error must not answer with everything."""
        known = self.known_parameters(action_of(self, str(request.method)))
        for name, values in request.query_params.lists():
            if name not in known:
                raise BadParameter(
                    "unknown_parameter",
                    format_lazy(_("There is no parameter “{name}” here."), name=quoted(name)),
                    field=quoted(name) or "=",
                    hint=format_lazy(_("Known are: {names}."), names=", ".join(sorted(known)) or "—"),
                )
            if len(values) > 1 and name not in self.repeatable_parameters():
                message = format_lazy(_("The parameter “{name}” is given more than once."), name=quoted(name))
                raise BadParameter("repeated_parameter", message, field=name)
            if any("\x00" in value for value in values):
                message = format_lazy(_("There is a null character in “{name}”."), name=quoted(name))
                raise BadParameter("null_character", message, field=name)

    def known_parameters(self, action: str | None) -> frozenset[str]:
        """The query parameters of an action."""
        return frozenset(self.parameters.get(action or "", ()))

    def repeatable_parameters(self) -> frozenset[str]:
        """Those that may be given several times."""
        return frozenset()

    def body_object(self) -> dict[str, Any]:
        """The body, which must be a JSON object."""
        body = self.body()
        if not isinstance(body, dict):
            raise Invalid("not_an_object", _("Send a JSON object, not %(kind)s.") % {"kind": _kind(body)})
        return body

    def body(self) -> Any:
        """The value of the body; Invalid when there is none."""
        if not self.request._request.body:
            raise Invalid("empty_body", _("The request has no body. Send a JSON object."))
        return self.request.data

    def no_body(self) -> None:
        """For commands that take nothing: an empty body or an empty object, and no field that would be ignored."""
        if self.request._request.body and self.body_object():
            raise Invalid("unexpected_body", _("This address takes no fields."))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Add where the caller stands with its rate, and that answers are not to be kept by anybody in between."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.rate_headers.items():
            finished[name] = value
        finished.setdefault("Cache-Control", "no-store")
        return finished

    def _carry_out_once(self, request: Request) -> None:
        """Put the idempotency key around the handler that DRF is about to call."""
        action = action_of(self, str(request.method))
        if request.method not in UNSAFE or action is None:
            return
        name = str(request.method).lower()
        handler: Callable[..., Response] = getattr(self, name)
        is_required = action in self.key_required

        def once(request: Request, *args: Any, **kwargs: Any) -> HttpResponse | Response:
            return carry_out_once(self, request, lambda: handler(request, *args, **kwargs), is_required=is_required)

        setattr(self, name, once)


def _check_framing(request: Request, most_bytes: int) -> None:
    """The envelope of a body, before a byte of it is read."""
    meta = request._request.META
    charset = request._request.content_params.get("charset", "utf-8") if request._request.content_params else "utf-8"
    if charset.strip('"').lower() not in ("utf-8", "utf8"):
        raise Unsupported(
            "unknown_charset",
            _("Only the charset UTF-8 is spoken here."),
            hint=_("JSON is always UTF-8; leave it out."),
        )
    if meta.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in ("", "identity"):
        raise Unsupported(
            "packed_body", _("Packed bodies are not taken. Send the body as it is, without Content-Encoding.")
        )
    if request.method not in UNSAFE:
        return
    length = str(meta.get("CONTENT_LENGTH") or "0")
    if "HTTP_TRANSFER_ENCODING" in meta or not (length.isascii() and length.isdigit() and len(length) < 16):
        raise LengthMissing("length_required", _("Send the body in one piece with its Content-Length."))
    if int(length) > most_bytes:
        raise parsers.TooLarge(
            "body_too_large",
            format_lazy(
                _("The body has {size} bytes; this address takes at most {limit}."), size=length, limit=most_bytes
            ),
            limit=most_bytes,
        )


def _kind(value: Any) -> str:
    names = {list: _("a list"), str: _("a text"), bool: _("a yes or no"), type(None): _("null")}
    return str(names.get(type(value), _("a number")))
