"""The OpenAPI document: made from the addresses of the running server, served to whoever is signed in."""

from functools import lru_cache
from typing import Any

import yaml
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from backoffice.core.api.doors import Door
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.problems import MEDIA_TYPE


def openapi_document() -> dict[str, Any]:
    """The document in English, as plain values, freshly made (about half a second)."""
    with translation.override("en"):
        made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # drf-spectacular carries no types
        return _with_shared_refusals(dict(_plain(made)))


def _with_shared_refusals(document: dict[str, Any]) -> dict[str, Any]:
    """Say once what a 404 means, and not at every address."""
    shared: dict[str, Any] = {}
    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation.get("responses", {}).items():
                if MEDIA_TYPE in response.get("content", {}):
                    shared[f"Problem{status}"] = response
                    operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    document["components"]["responses"] = dict(sorted(shared.items()))
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
