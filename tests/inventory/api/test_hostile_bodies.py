"""The bodies of reliability 9.1, by their numbers, against a real address: a clear 4xx, and nothing changed."""

import gzip
import io
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from inventory.models import Brand
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from tests.support.api import program, refused, send_raw

pytestmark = pytest.mark.django_db
PATH = "/api/v1/brands"
GOOD = b'{"code": "B1", "name": "Brand"}'


@pytest.fixture
def editor(db: None) -> APIClient:
    return program(VIEW_CATALOG, EDIT_CATALOG)


def with_name(text: str) -> bytes:
    return b'{"code": "B1", "name": ' + text.encode() + b"}"


@pytest.mark.parametrize(
    ("number", "raw", "status", "code"),
    [
        (1, b'{"code":' * 100_000 + b"1" + b"}" * 100_000, 400, "too_deep"),
        (2, with_name("[" * 900 + "]" * 900), 400, "too_deep"),
        (3, with_name("NaN"), 400, "not_finite"),
        (3, with_name("-Infinity"), 400, "not_finite"),
        (4, b'{"code": "B1", "name": "a", "name": "b"}', 400, "repeated_name"),
        (5, with_name("1" * 5000), 400, "too_many_digits"),
        (6, b'{"code": "B1", "name": "\xff\xfe"}', 400, "not_utf8"),
        (7, GOOD.decode().encode("utf-16"), 400, "byte_order_mark"),
        (7, GOOD.decode().encode("utf-16-be"), 400, "not_json"),
        (8, b"", 400, "empty_body"),
        (10, with_name('"\\ud800"'), 400, "broken_character"),
        (11, b'{"code": "B1", "name": "x", "attributes": {"a": "\\u0000"}}', 400, "null_character"),
        (12, with_name('"a\\u0000b"'), 400, "null_character"),
        (13, b"[" + GOOD + b"]", 400, "not_an_object"),
        (13, b'"text"', 400, "not_an_object"),
        (13, b"null", 400, "not_an_object"),
        (13, b"7", 400, "not_an_object"),
        (13, b"true", 400, "not_an_object"),
        (14, b" " * (2 * 1024 * 1024), 400, "empty_body"),
        (14, b" " * (10 * 1024 * 1024), 413, "body_too_large"),
        (15, b"{" + b",".join(b'"%d":1' % number for number in range(210_000)) + b"}", 400, "too_many_values"),
        (16, b'{"code": "B1", "name": "x", "__proto__": {"is_admin": true}}', 400, "unknown_field"),
        (16, b'{"code": "B1", "name": "x", "__class__": "Brand"}', 400, "unknown_field"),
        (17, b"code=B1&name=Brand", 400, "not_json"),
    ],
    ids=lambda value: str(value)[:16],
)
def test_a_hostile_body_is_refused_and_changes_nothing(
    editor: APIClient, number: int, raw: bytes, status: int, code: str
) -> None:
    path = PATH if len(raw) != 10 * 1024 * 1024 else PATH + "/bulk"
    refused(send_raw(editor, "post", path, raw, headers={"X-Row": str(number)}), status, code)
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (9, "application/json; charset=utf-16", "unknown_charset"),
        (9, "application/json; charset=nonsense", "unknown_charset"),
        (9, "application/json; charset=bz2", "unknown_charset"),
        (17, "application/x-www-form-urlencoded", "unsupported_media_type"),
        (17, "multipart/form-data; boundary=x", "unsupported_media_type"),
        (17, "text/plain", "unsupported_media_type"),
        (17, "text/json", "unsupported_media_type"),
        (17, "application/xml", "unsupported_media_type"),
        (17, "application/merge-patch+json", "unsupported_media_type"),
        (17, "*/*", "unsupported_media_type"),
        (17, "", "unsupported_media_type"),
        (17, "application/json, text/html", "unsupported_media_type"),
    ],
)
def test_a_body_of_another_kind_is_415(editor: APIClient, number: int, kind: str, code: str) -> None:
    refused(send_raw(editor, "post", PATH, GOOD, kind, headers={"X-Row": str(number)}), 415, code)
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    "kind", ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8", "application/json;"]
)
def test_json_is_taken_however_its_name_is_spelt(editor: APIClient, kind: str) -> None:
    assert send_raw(editor, "post", PATH, GOOD, kind).status_code == 201


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, gzip", "x"])
def test_18_a_packed_body_is_refused_unread(editor: APIClient, coding: str) -> None:
    bomb = gzip.compress(b" " * (50 * 1024 * 1024))
    told = refused(send_raw(editor, "post", PATH, bomb, headers={"Content-Encoding": coding}), 415, "packed_body")
    assert told["hint"] is not None
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    "framing",
    [
        {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_TRANSFER_ENCODING": "identity"},
        {"CONTENT_LENGTH": "31, 31"},
        {"CONTENT_LENGTH": "-31"},
        {"CONTENT_LENGTH": "+31"},
        {"CONTENT_LENGTH": "3_1"},
        {"CONTENT_LENGTH": "٣١"},
        {"CONTENT_LENGTH": "abc"},
        {"CONTENT_LENGTH": "9" * 30},
    ],
    ids=lambda framing: str(framing)[:40],
)
def test_19_a_length_that_is_unclear_is_refused(editor: APIClient, framing: dict[str, str]) -> None:
    refused(editor.generic("POST", PATH, GOOD, content_type="application/json", **framing), 411, "length_required")
    assert Brand.objects.count() == 0


def test_19_a_body_that_ends_too_soon_is_not_json_or_half_of_it(editor: APIClient) -> None:
    refused(editor.generic("POST", PATH, GOOD, content_type="application/json", CONTENT_LENGTH="10"), 400, "not_json")
    refused(editor.generic("POST", PATH, GOOD, content_type="application/json", CONTENT_LENGTH="0"), 400, "empty_body")
    cut_off = {"CONTENT_LENGTH": "99", "wsgi.input": io.BytesIO(GOOD[:-1])}
    refused(editor.generic("POST", PATH, GOOD, content_type="application/json", **cut_off), 400, "not_json")
    assert Brand.objects.count() == 0


@pytest.mark.parametrize("method", ["post", "patch"])
@pytest.mark.parametrize("tail", ["", "/bulk", "/1/activate"])
def test_no_address_answers_500_to_noise(editor: APIClient, method: str, tail: str) -> None:
    made = Brand.objects.create(code="B0", name="There")
    tail = tail.replace("1", str(made.pk))
    noise: list[Any] = [
        b"\x00" * 100,
        b"{}",
        b"[]",
        b"0",
        b'""',
        b"{" * 50,
        bytes(range(256)),
        json.dumps({"rows": [[]]}).encode(),
    ]
    for raw in noise:
        response = send_raw(editor, method, PATH + tail, raw, headers={"Idempotency-Key": "k"})
        assert response.status_code in (200, 400, 404, 405, 409), (raw, response.content)
    assert list(Brand.objects.values_list("code", "name", "version")) == [("B0", "There", 1)]
