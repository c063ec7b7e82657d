"""Holds every answer that a test gets against the OpenAPI document: its status, its kind and its shape must be told there."""

import json
import re
from functools import lru_cache
from typing import Any

from jsonschema import Draft4Validator
from jsonschema.validators import validator_for

from backoffice.core.api.openapi import served_document

PREFIX = "/api/v1/"


def check_answer(method: str, path: str, response: Any, *, is_partial: bool = False) -> None:
    """AssertionError when the answer is one that the document does not promise. Addresses that are none are left out."""
    operation = _operation(method.lower(), path) if path.startswith(PREFIX) else None
    if operation is None:
        return
    status = str(response.status_code)
    promised = operation["responses"]
    assert status in promised, f"{method} {path} answered {status}, which the OpenAPI document does not know"
    told = _resolved(promised[status])
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    if "content" not in told:
        assert response.content == b"", f"{method} {path}: {status} has a body"
        return
    assert kind in told["content"], f"{method} {path}: {kind} instead of {list(told['content'])}"
    errors = _validator(operation["operationId"], status, kind).iter_errors(json.loads(response.content))
    # Whoever asks for some fields gets those and no others.
    wrong = next((error for error in errors if not (is_partial and error.validator == "required")), None)
    assert wrong is None, f"{method} {path} {status}: {list(wrong.path)} {wrong.message[:300]}"


@lru_cache(maxsize=1)
def _routes() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """The addresses of the document as patterns, those without variables first."""
    found = []
    for template, item in sorted(served_document()["paths"].items(), key=lambda pair: "{" in pair[0]):
        # Keys are digits; what is scanned may be anything, slashes included.
        pattern = template.replace("{id}", "[0-9]{1,19}").replace("{code}", ".+")
        found.append((re.compile(pattern + r"\Z"), item))
    return found


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for pattern, item in _routes():
        if pattern.match(path):
            found: dict[str, Any] | None = item.get(method)
            return found
    return None


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    if reference is None:
        return part
    _root, _components, group, name = reference.split("/")
    found: dict[str, Any] = served_document()["components"][group][name]
    return found


@lru_cache(maxsize=512)
def _validator(operation_id: str, status: str, kind: str) -> Any:
    operation = next(one for _, item in _routes() for one in item.values() if one.get("operationId") == operation_id)
    schema = _resolved(operation["responses"][status])["content"][kind]["schema"]
    whole = {**_with_null(schema), "components": {"schemas": _schemas()}}
    return validator_for(whole, default=Draft4Validator)(whole)


@lru_cache(maxsize=1)
def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = _with_null(served_document()["components"]["schemas"])
    return found


def _with_null(value: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a second type; an object has no members but those it names."""
    if isinstance(value, list):
        return [_with_null(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _with_null(item) for name, item in value.items() if name != "nullable"}
    if plain.get("type") == "object" and "properties" in plain:
        plain.setdefault("additionalProperties", False)
    if value.get("nullable") is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain
