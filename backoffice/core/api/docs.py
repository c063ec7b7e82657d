"""The pages that explain the API, made from the OpenAPI document in the look of the console: nothing is fetched from afar."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.core.api.openapi import served_document

_METHODS: Final = ("get", "post", "patch", "put", "delete")
_TONES: Final = {"get": "info", "post": "success", "patch": "warning", "put": "warning", "delete": "danger"}
_DEEPEST: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One field, parameter or header, as a row of a table. `indent` is how deep it lies."""

    name: str
    kind: str
    is_required: bool
    words: str
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One status that an operation may answer with."""

    status: str
    words: str
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    tone: str
    path: str
    words: str
    parameters: tuple[Line, ...]
    body: tuple[Line, ...]
    replies: tuple[Reply, ...]


@login_required
def docs_page(request: HttpRequest) -> HttpResponse:
    """How to call the API at all, and its subjects."""
    return render(request, "core/api/docs.html", {"tags": _tags(), "document": served_document()["info"]})


@login_required
def subject_page(request: HttpRequest, tag: str) -> HttpResponse:
    """Every operation of one subject."""
    found = list(operations_of(served_document(), tag))
    if not found:
        raise Http404
    return render(request, "core/api/subject.html", {"tag": tag, "tags": _tags(), "operations": found})


def _tags() -> dict[str, int]:
    """The subjects, each with the number of its operations."""
    found: dict[str, int] = {}
    for _path, _method, operation in _all_operations(served_document()):
        for tag in operation.get("tags", []):
            found[tag] = found.get(tag, 0) + 1
    return dict(sorted(found.items()))


def _all_operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def operations_of(document: Mapping[str, Any], tag: str) -> Iterator[Operation]:
    """The operations of one subject, ready to be shown."""
    for path, method, operation in _all_operations(document):
        if tag in operation.get("tags", []):
            yield Operation(
                anchor=operation["operationId"],
                method=method.upper(),
                tone=_TONES[method],
                path=path,
                words=_plain_words(operation.get("description", "")),
                parameters=tuple(_parameter(_resolved(document, one)) for one in operation.get("parameters", [])),
                body=tuple(_body(document, operation.get("requestBody", {}))),
                replies=tuple(_replies(document, operation["responses"])),
            )


def _plain_words(text: str) -> str:
    """The document writes names in back quotes, as Markdown does; a page needs no such marks."""
    return text.replace("`", "")


def _parameter(parameter: Mapping[str, Any]) -> Line:
    kind = f"{_kind(parameter.get('schema', {}))} · {parameter['in']}"
    words = _plain_words(parameter.get("description", ""))
    return Line(parameter["name"], kind, bool(parameter.get("required")), words)


def _body(document: Mapping[str, Any], holder: Mapping[str, Any]) -> Iterator[Line]:
    for content in holder.get("content", {}).values():
        yield from _lines(document, content.get("schema", {}))


def _replies(document: Mapping[str, Any], responses: Mapping[str, Any]) -> Iterator[Reply]:
    for status, told in responses.items():
        response = _resolved(document, told)
        schema: Mapping[str, Any] = next((one.get("schema", {}) for one in response.get("content", {}).values()), {})
        is_refusal = status >= "400"
        lines = () if is_refusal else tuple(_lines(document, schema))
        yield Reply(status, _plain_words(response.get("description", "")), _kind(schema), lines)


def _lines(document: Mapping[str, Any], schema: Mapping[str, Any], indent: int = 0) -> Iterator[Line]:
    """The fields of an object one by one, with those of the objects inside it."""
    schema = _resolved(document, schema)
    for part in schema.get("allOf", []):
        yield from _lines(document, part, indent)
    if schema.get("type") == "array":
        yield from _lines(document, schema.get("items", {}), indent)
    needed = schema.get("required", [])
    for name, inner in schema.get("properties", {}).items():
        words = inner.get("description", "") or _resolved(document, inner).get("description", "")
        yield Line(name, _kind(inner), name in needed, _plain_words(words), indent)
        if indent < _DEEPEST:
            yield from _lines(document, inner, indent + 1)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    _root, group, name = reference.rsplit("/", 2)
    found: Mapping[str, Any] = document["components"][group][name]
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    """What kind of value it is, in few words."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "allOf" in schema:
        return " + ".join(_kind(part) for part in schema["allOf"])
    if schema.get("type") == "array":
        return f"{_kind(schema.get('items', {}))}[]"
    words = str(schema.get("format") or schema.get("type") or "")
    if "enum" in schema:
        words = " | ".join(str(value) for value in schema["enum"] if value != "")
    bounds = [str(schema[name]) for name in ("minimum", "maximum") if name in schema]
    text = f"{words} {' … '.join(bounds)}".strip()
    return f"{text} | null" if schema.get("nullable") else text
