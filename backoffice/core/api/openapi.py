"""The OpenAPI document: made from the addresses of the running server, served to whoever is signed in."""

from functools import lru_cache
from typing import Any, Final

import yaml
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from backoffice.core.api import filters, paging
from backoffice.core.api.doors import FIELDS, Door
from backoffice.core.api.idempotency import HEADER
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.problems import MEDIA_TYPE

# Parameters that are the same wherever they occur, and their names among the components.
_SHARED: Final = {
    HEADER: "IdempotencyKey",
    paging.CURSOR: "Cursor",
    paging.SIZE: "PageSize",
    paging.COUNT: "Count",
    FIELDS: "Fields",
    filters.CHANGED_SINCE: "ChangedSince",
}


def openapi_document() -> dict[str, Any]:
    """The document in English, as plain values, freshly made (about half a second)."""
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # drf-spectacular carries no types
        return _with_shared_parts(dict(_plain(made)))


def _with_shared_parts(document: dict[str, Any]) -> dict[str, Any]:
    """Say once what a 404 means and what a cursor is, and not at every address."""
    responses: dict[str, Any] = {}
    parameters: dict[str, Any] = {}
    for operation in (operation for item in document["paths"].values() for operation in item.values()):
        for status, response in operation["responses"].items():
            if MEDIA_TYPE in response.get("content", {}):
                responses[f"Problem{status}"] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
        for place, parameter in enumerate(operation.get("parameters", [])):
            if parameter["name"] in _SHARED:
                name = _SHARED[parameter["name"]] + ("Required" if parameter.get("required") else "")
                parameters[name] = parameter
                operation["parameters"][place] = {"$ref": f"#/components/parameters/{name}"}
    document["components"]["parameters"] = dict(sorted(parameters.items()))
    document["components"]["responses"] = dict(sorted(responses.items()))
    return document


def as_yaml(document: dict[str, Any]) -> str:
    """The document as the file in the tree: in its own order, one statement a line."""
    text: str = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return text


@lru_cache(maxsize=1)
def served_document() -> dict[str, Any]:
    """The document of this process; it cannot change while the process runs."""
    return openapi_document()


class OpenAPIView(Door):
    """The document itself, for tools that make clients."""

    rights = {"get": ANYBODY}

    @extend_schema(exclude=True)
    def get(self, request: Any) -> Response:
        """OpenAPI 3, as JSON."""
        return Response(served_document())


def _plain(value: Any) -> Any:
    """Lazy words, tuples and dictionaries of a kind of their own as JSON's values."""
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or (isinstance(value, bool | int | float | str) and type(value) in (bool, int, float, str)):
        return value
    return str(value)
