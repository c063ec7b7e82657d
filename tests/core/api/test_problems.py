"""Whatever goes wrong is told in one shape, with a code, and without our insides."""

import threading

import pytest
from django.db import connection, transaction

from backoffice.core.api.problems import plain, pointer
from backoffice.core.locks import lock_one
from backoffice.core.models.companies import Company
from backoffice.core.permissions import VIEW_JOBS
from tests.support.api import body_of, program, refused, send_raw

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.api.doors_for_tests")]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("invalid", 400, "odd"),
        ("forbidden", 403, "not_permitted"),
        ("missing", 404, "gone"),
        ("http404", 404, "not_found"),
        ("conflict", 409, "old"),
        ("refused", 422, "closed"),
        ("busy", 503, "busy"),
        ("data", 400, "value_not_storable"),
        ("integrity", 409, "constraint"),
        ("timeout", 503, "busy"),
    ],
)
def test_every_refusal_has_its_status_and_code(kind: str, status: int, code: str) -> None:
    client = program(VIEW_JOBS)
    with transaction.atomic():
        response = client.get(f"/t/raise/{kind}")
        transaction.set_rollback(True)  # some of them break the transaction that the test itself runs in
    assert refused(response, status)["code"] == code
    assert ("Retry-After" in response) == (status == 503)
    assert b"secret" not in response.content


def test_places_are_json_pointers_and_facts_are_plain() -> None:
    client = program(VIEW_JOBS)
    told = refused(client.get("/t/raise/invalid"), 400, "odd")
    assert told["errors"] == [{"code": "odd", "in": "body", "field": "/lines/2/quantity", "message": "It is odd."}]
    assert (told["hint"], told["facts"], told["title"]) == ("Make it even.", {"limit": 4}, "Not valid")
    told = refused(client.get("/t/raise/refused"), 422)
    assert [item["field"] for item in told["errors"]] == ["/a~1b/~0c", ""]
    assert refused(client.get("/t/raise/conflict"), 409)["facts"] == {"version": 3, "current": {"name": "x"}}


def test_our_own_mistake_says_its_request_id_and_nothing_of_our_insides() -> None:
    client = program(VIEW_JOBS)
    client.raise_request_exception = False
    response = client.get("/t/raise/crash")
    told = refused(response, 500, "internal_error")
    assert len(told["request_id"]) == 36
    for word in (b"secret", b"ZeroDivision", b"Traceback", b"/work"):
        assert word not in response.content


def test_sentences_are_in_the_language_of_the_request() -> None:
    client = program(VIEW_JOBS)
    for language in ("en", "he", "fr", "pl"):
        told = refused(client.get("/api/v1/jobs/999", headers={"Accept-Language": language}), 404)
        assert told["detail"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "", "application/problem+json", "nonsense"])
def test_answers_json_whatever_the_caller_says_it_accepts(accept: str) -> None:
    client = program(VIEW_JOBS)
    assert body_of(client.get("/api/v1/whoami", headers={"Accept": accept}))["kind"] == "key"
    refused(client.get("/api/v1/jobs/999", headers={"Accept": accept}), 404)


@pytest.mark.parametrize("method", ["put", "delete", "options", "trace", "head", "patch"])
def test_a_method_that_is_not_there_is_405_and_names_those_that_are(method: str) -> None:
    response = send_raw(program(VIEW_JOBS), method, "/api/v1/whoami", b"{}")
    if method == "head":
        assert (response.status_code, response.content) == (200, b"")
        return
    assert refused(response, 405)["code"] == "method_not_allowed"
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    ["/api/v1/", "/api/v1/nonsense", "/api/v1/jobs/", "/api/v1/jobs/x", "/api/v1/jobs/-1", "/api/v1/jobs/1e3", "/api/v1/jobs/٣",
     "/api/v1/jobs/%00", "/api/v1/jobs/1.json", "/api/v1/../jobs", "/api/v1/jobs/" + "9" * 20],
)  # fmt: skip
def test_an_unknown_address_is_a_problem_too(path: str) -> None:
    client = program(VIEW_JOBS)
    refused(client.get(path), 404, "unknown_address")
    refused(send_raw(client, "post", path, b"{}"), 404, "unknown_address")


@pytest.mark.parametrize(
    "query", ["%ff=%fe", "a=%00", "=", "&&&", "a[]=1", "__class__=1", "id__in=1,2", "ordering=id&ordering=id"]
)
def test_an_odd_query_is_refused_and_never_ignored(query: str) -> None:
    response = program(VIEW_JOBS).get(f"/api/v1/jobs?{query}")
    if query == "&&&":
        assert response.status_code == 200
    else:
        assert refused(response, 400)["errors"][0]["in"] == "query"


def test_too_many_parameters_and_a_strange_charset_are_refused() -> None:
    client = program(VIEW_JOBS)
    refused(client.get("/api/v1/jobs?" + "&".join(f"a{number}=1" for number in range(6000))), 400)
    # Django itself stumbles over some of these when there is a query: see tests/core/test_framing.py.
    for charset in ("hex", "base64", "utf-16", "nonsense", "idna", "rot13", '"'):
        response = send_raw(client, "get", "/api/v1/jobs", b"", f"application/json; charset={charset}")
        refused(response, 415, "unknown_charset")


def test_pointers_and_facts_by_themselves() -> None:
    assert [pointer(text) for text in (None, "", "a", "a.0.b", "a/b~c")] == ["", "", "/a", "/a/0/b", "/a~1b~0c"]
    assert plain({"a": (1, True, None, {2})}) == {"a": [1, True, None, [2]]}


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_busy_and_says_when_to_come_back() -> None:
    company = Company.objects.create(code="A", name="A", base_currency="EUR", country="DE")
    client = program(VIEW_JOBS)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_one(Company.objects.all(), company.pk)
            held.set()
            done.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(10)
        response = client.get("/t/raise/locked")
    finally:
        done.set()
        holder.join()
    assert refused(response, 503)["code"] == "busy"
    assert response["Retry-After"] == "2"


def test_a_body_larger_than_the_address_takes_is_413_before_it_is_read() -> None:
    client = program(VIEW_JOBS)
    told = refused(send_raw(client, "post", "/t/roles", b'{"name": "' + b"x" * 1000 + b'"}'), 413, "body_too_large")
    assert told["facts"] == {"limit": 1000}
