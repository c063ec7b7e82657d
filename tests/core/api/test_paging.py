"""Pages by key: whole while others insert and delete, both ways, and no cursor but our own."""

import base64
from typing import Any
from urllib.parse import unquote

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backoffice.core.clock import FrozenClock
from backoffice.core.models.companies import Company
from inventory.models import Brand
from inventory.permissions import VIEW_CATALOG
from tests.support.api import body_of, program, refused

pytestmark = pytest.mark.django_db
PATH = "/api/v1/brands"


@pytest.fixture
def reader(db: None) -> APIClient:
    return program(VIEW_CATALOG)


def brands(*names: str) -> list[Brand]:
    return [Brand.objects.create(code=f"B{Brand.objects.count() + 1}", name=name) for name in names]


def walk(reader: APIClient, query: dict[str, Any], way: str = "next", start: str | None = None) -> list[str]:
    """The names on all pages from the first on, along one of the two links."""
    names: list[str] = []
    told = body_of(reader.get(start) if start else reader.get(PATH, query))
    while True:
        page = [row["name"] for row in told["results"]]
        names = names + page if way == "next" else page + names
        if told[way] is None:
            return names
        told = body_of(reader.get(told[way]))


@pytest.mark.parametrize("ordering", ["id", "-id", "name", "-name", "updated_at", "-updated_at"])
def test_all_pages_together_are_the_list_both_ways(reader: APIClient, ordering: str) -> None:
    brands(*"cabbageade")
    query = {"page_size": 3, "ordering": ordering}
    whole = [row["name"] for row in body_of(reader.get(PATH, {"ordering": ordering}))["results"]]
    assert len(whole) == 10
    assert walk(reader, query) == whole
    last = body_of(reader.get(PATH, query))
    while last["next"]:
        last = body_of(reader.get(last["next"]))
    assert walk(reader, {}, "previous", start=last["previous"]) + [row["name"] for row in last["results"]] == whole


def test_a_row_that_is_inserted_or_deleted_meanwhile_moves_no_other(reader: APIClient) -> None:
    rows = brands("b", "d", "f", "h", "j", "l")
    told = body_of(reader.get(PATH, {"page_size": 2, "ordering": "name"}))
    assert [row["name"] for row in told["results"]] == ["b", "d"]
    brands("a", "c", "g", "z")
    rows[1].delete()
    seen = walk(reader, {}, start=told["next"])
    assert seen == ["f", "g", "h", "j", "l", "z"]


def test_equal_values_are_told_apart_by_their_key(reader: APIClient) -> None:
    brands(*["same"] * 7)
    seen = []
    told = body_of(reader.get(PATH, {"page_size": 2, "ordering": "name"}))
    while True:
        seen += [row["id"] for row in told["results"]]
        if told["next"] is None:
            break
        told = body_of(reader.get(told["next"]))
    assert seen == sorted(seen)
    assert len(set(seen)) == 7


def test_the_links_keep_the_rest_of_the_query(reader: APIClient) -> None:
    brands("x1", "x2", "x3", "y")
    told = body_of(reader.get(PATH, {"page_size": 2, "q": "x", "fields": "name"}))
    assert told["previous"] is None
    assert body_of(reader.get(told["next"]))["results"] == [{"name": "x3"}]


def test_counts_only_when_it_is_asked_for(reader: APIClient) -> None:
    brands("a", "b", "c")
    with CaptureQueriesContext(connection) as queries:
        assert "count" not in body_of(reader.get(PATH))
    assert not any("COUNT(" in query["sql"] for query in queries)
    for kind in ("exact", "estimate"):
        told = body_of(reader.get(PATH, {"count": kind, "page_size": 1, "q": "a"}))
        assert (told["count"], told["count_is_exact"]) == (1, True)


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        ("page_size", "0", "too_small"),
        ("page_size", "201", "too_large"),
        ("page_size", "-1", "too_small"),
        ("page_size", "x", "not_a_number"),
        ("page_size", "1e2", "exponent"),
        ("page_size", "", "blank"),
        ("page_size", "٣", "foreign_digits"),
        ("count", "1", "unknown_choice"),
        ("ordering", "", "unknown_ordering"),
        ("ordering", "password", "unknown_ordering"),
        ("ordering", "--name", "unknown_ordering"),
        ("ordering", "name,id", "unknown_ordering"),
        ("ordering", "products__name", "unknown_ordering"),
        ("ordering", "?", "unknown_ordering"),
        ("ordering", "name\x00", "null_character"),
        ("fields", "", "unknown_field"),
        ("fields", "id,,name", "unknown_field"),
        ("fields", "id__", "unknown_field"),
    ],
)
def test_refuses_a_page_that_cannot_be(reader: APIClient, parameter: str, value: str, code: str) -> None:
    told = refused(reader.get(PATH, {parameter: value}), 400, code)
    assert [(item["in"], item["field"]) for item in told["errors"]] == [("query", parameter)]


def test_refuses_every_cursor_but_its_own(reader: APIClient) -> None:
    brands(*"abcdef")
    Company.objects.create(code="A", name="A", base_currency="EUR", country="DE")
    own = body_of(reader.get(PATH, {"page_size": 2, "ordering": "name"}))["next"].split("cursor=")[1].split("&")[0]
    own = unquote(own)
    assert reader.get(PATH, {"ordering": "name", "cursor": own}).status_code == 200
    inner = base64.urlsafe_b64encode(b'["name","a",1]').decode().rstrip("=")
    hostile = {
        "empty": "",
        "noise": "x" * 50,
        "long": "x" * 100_000,
        "cut off": own[:-1],
        "changed": ("b" if own[0] == "a" else "a") + own[1:],
        "unsigned": "a" + inner,
        "signed for another purpose": Signer(salt="other").sign("a" + inner),
        "null": own + "\x00",
        "letters": "курсор",
        "json": '["name", "a", 1]',
        "sql": "1' OR '1'='1",
    }
    for name, cursor in hostile.items():
        told = refused(reader.get(PATH, {"ordering": "name", "cursor": cursor}), 400)
        assert told["code"] in ("bad_cursor", "null_character"), name
    # Its own, for another order or at another address.
    for path, query in ((PATH, {"ordering": "-name"}), (PATH, {}), ("/api/v1/categories", {"ordering": "name"})):
        refused(reader.get(path, {**query, "cursor": own}), 400, "bad_cursor")


def test_changed_since_shows_what_was_touched_at_or_after_a_moment(reader: APIClient, clock: FrozenClock) -> None:
    first, second = brands("a", "b")
    clock.advance(minutes=5)
    second.name = "b2"
    second.save()
    moment = clock.moment.isoformat()
    rows = body_of(reader.get(PATH, {"changed_since": moment, "ordering": "updated_at"}))["results"]
    assert [row["name"] for row in rows] == ["b2"]
    clock.advance(minutes=5)
    first.save()
    rows = body_of(reader.get(PATH, {"changed_since": moment, "ordering": "updated_at"}))["results"]
    assert [row["name"] for row in rows] == ["b2", "a"]
    assert body_of(reader.get(PATH, {"changed_since": "2026-03-02T11:00:00+01:00"}))["results"] == []


def test_a_list_whose_rows_know_no_change_takes_no_changed_since(reader: APIClient) -> None:
    refused(reader.get("/api/v1/jobs", {"changed_since": "2026-03-02T00:00:00Z"}), 400, "unknown_parameter")
