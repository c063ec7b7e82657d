"""What the OpenAPI document says beside what views and serializers say themselves: keys, rights, refusals, sign-in."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from backoffice.core.api import bulk, filters
from backoffice.core.api.doors import FIELDS, UNSAFE
from backoffice.core.api.fields import StrictField
from backoffice.core.api.idempotency import HEADER, REPLAYED
from backoffice.core.api.permissions import ANYBODY, action_of
from backoffice.core.api.problems import MEDIA_TYPE
from backoffice.core.api.serializers import ProblemSerializer

_USUAL: Final = frozenset({"list", "retrieve", "create", "partial_update"})
_EVERYWHERE: Final = {
    400: "Something in the request cannot be understood; `errors` names each place.",
    401: "No credentials, or such as do not hold.",
    403: "The right that this needs is missing.",
    415: "The request names a charset other than UTF-8, is packed, or its body is not JSON.",
    429: "Too many requests; `Retry-After` says when the next one is answered.",
    503: "Somebody else is working on the same rows, or a part of the installation is down. Send it again.",
}
_OF_ONE_ROW: Final = {404: "There is no such row, or none within reach."}
_OF_WRITES: Final = {
    404: "There is no such row, or none within reach.",
    409: "An older version was edited, a name is taken, or the Idempotency-Key was used for another request.",
    411: "The body has no Content-Length.",
    413: "The body is too large.",
    422: "Understood and permitted, but against a rule of the business.",
}
_EXAMPLE: Final = {
    "type": "urn:backoffice:problem:invalid",
    "title": "Not valid",
    "status": 400,
    "code": "invalid",
    "detail": "Some fields need attention.",
    "hint": "",
    "errors": [{"code": "required", "in": "body", "field": "/code", "message": "This field is required."}],
    "facts": {},
    "request_id": "5f0c5a0e-9d0e-4b6e-9a55-3a0d3e6b8a10",
}


class BackofficeSchema(AutoSchema):
    """Adds to every operation what the doors do around it."""

    view: Any
    method: str
    path: str

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular asks without arguments
        """The words of the view, and the right that it asks for."""
        words = super().get_description()
        if self.view.rights:
            right = self.view.rights.get(action_of(self.view, self.method))
            words += "\n\n" + ("For every signed-in caller." if right == ANYBODY else f"Needs the right `{right}`.")
        return words.strip()

    def get_operation_id(self) -> str:
        """`products_list` for what every view set has; `jobs_cancel` and `products_bulk_change` for what is its own."""
        action = action_of(self.view, self.method)
        if action is None or action in _USUAL or len(self._tokenize_path()) < 2:
            return str(super().get_operation_id())
        return "_".join([*self._tokenize_path()[:-1], action]).replace("-", "_")

    def get_override_parameters(self) -> list[Any]:
        """The idempotency key of writes, and what lists and details take in the query."""
        action = action_of(self.view, self.method)
        found: list[Any] = []
        if self.method in UNSAFE:
            found.append(_KEY_REQUIRED if action in self.view.key_required else _KEY)
            found.append(_REPLAYED)
        known = self.view.known_parameters(action)
        if FIELDS in known:
            found.append(_FIELDS)
        if filters.CHANGED_SINCE in known:
            found.append(_CHANGED_SINCE)
        return found

    def get_request_serializer(self) -> Any:
        """The envelope of bulk requests; otherwise the serializer of the view."""
        action = action_of(self.view, self.method)
        if action not in ("bulk_create", "bulk_change"):
            return super().get_request_serializer()
        row = self.view.get_serializer(partial=action == "bulk_change")
        component = self.resolve_serializer(row, "request")
        items: dict[str, Any] = component.ref
        if action == "bulk_change":
            key = {"type": "integer", "minimum": 1}
            named = {"type": "object", "required": ["id", "version"], "properties": {"id": key, "version": key}}
            items = {"allOf": [component.ref, named]}
        policies = {"type": "string", "enum": list(self.view.policies), "default": "reject_all"}
        rows = {"type": "array", "minItems": 1, "maxItems": bulk.MOST_ROWS, "items": items}
        properties = {"error_policy": policies, "rows": rows}
        return {"application/json": {"type": "object", "required": ["rows"], "properties": properties}}

    def get_response_serializers(self) -> Any:
        """The envelope of bulk answers; otherwise the serializer of the view."""
        action = action_of(self.view, self.method)
        if action in ("bulk_create", "bulk_change"):
            return bulk.BulkAnswerSerializer
        return super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        """The answers by their status, and every refusal as problem details, also where a view names its answers itself."""
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        refusals = dict(_EVERYWHERE)
        if "{" in self.path:
            refusals |= _OF_ONE_ROW
        if self.method in UNSAFE:
            refusals |= _OF_WRITES
        for status, words in sorted(refusals.items()):
            examples = (
                [OpenApiExample("A field is missing", value=_EXAMPLE, status_codes=["400"])] if status == 400 else []
            )
            answer = OpenApiResponse(ProblemSerializer, description=words, examples=examples)
            told: Any = self._get_response_for_code(answer, str(status), (MEDIA_TYPE,), direction)  # type: ignore[no-untyped-call]  # no types
            bodies[str(status)] = told
        return bodies

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> Any:
        """Our own fields, which Django REST framework's mapping does not know."""
        if not isinstance(field, StrictField):
            return super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]  # no types
        schema = dict(field.shape())
        if field.allow_null:
            schema["nullable"] = True
        if field.read_only:
            schema["readOnly"] = True
        words = field.help_text or ""
        if words:
            schema["description"] = str(words)
        return schema


_KEY_WORDS: Final = (
    "Sent with a write, makes a repeat harmless: the same key and the same body get the first answer, byte for byte; "
    "another body under the same key is refused with 409. Keys belong to the credential and are kept for 90 days."
)
_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 255}
_KEY: Final = OpenApiParameter(HEADER, _TEXT, OpenApiParameter.HEADER, description=_KEY_WORDS)
_KEY_REQUIRED: Final = OpenApiParameter(HEADER, _TEXT, OpenApiParameter.HEADER, required=True, description=_KEY_WORDS)
_REPLAYED: Final = OpenApiParameter(
    REPLAYED,
    str,
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="`true` on an answer that was given before.",
)
_FIELDS: Final = OpenApiParameter(FIELDS, str, description="Only these fields, by comma: `id,name`.")
_CHANGED_SINCE: Final = OpenApiParameter(
    filters.CHANGED_SINCE,
    {"type": "string", "format": "date-time"},
    description=filters.CHANGED_SINCE_WORDS,
)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself by a hook without types
    target_class = "backoffice.core.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = "An API key (`bo_…`), made in the console under People → API keys. It is shown once."
        return {"type": "http", "scheme": "bearer", "description": words}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # as above
    target_class = "backoffice.core.api.authentication.ConsoleAuthentication"
    name = "consoleSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        words = "The session of a person signed in to the console. Writes also need the header `X-CSRFToken`."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": words}
