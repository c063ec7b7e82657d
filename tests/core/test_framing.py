"""What comes in front of Django: a charset that is none, and the bare 500 that it would be without us."""

import json
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

from backoffice.core.framing import OneCharset

pytestmark = pytest.mark.django_db
MANY = "&".join(f"a{number}=1" for number in range(6000))


def call(application: Any, content_type: str, query: str) -> tuple[str, dict[str, str], bytes]:
    environ = RequestFactory().get("/api/v1/whoami").environ
    environ["QUERY_STRING"], environ["CONTENT_TYPE"] = query, content_type
    told: list[Any] = []
    body = b"".join(application(environ, lambda status, headers: told.extend((status, dict(headers)))))
    return told[0], told[1], body


@pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "idna", "utf-16", "latin-1", "nonsense", "", '"utf-7"'])
@pytest.mark.parametrize("query", ["", "a=%41&b=1"])
def test_refuses_every_charset_but_utf_8(charset: str, query: str) -> None:
    status, headers, body = call(OneCharset(get_wsgi_application()), f"application/json; charset={charset}", query)
    assert (status[:3], headers["Content-Type"]) == ("415", "application/problem+json")
    assert json.loads(body)["code"] == "unknown_charset"


@pytest.mark.parametrize(
    "kind", ["", "application/json", "application/json; charset=utf-8", 'text/plain;Charset="UTF8"']
)
def test_lets_utf_8_through_and_answers_too_many_parameters_politely(kind: str) -> None:
    for query, wanted in (("", "401"), (MANY, "400")):
        status, headers, _body = call(OneCharset(get_wsgi_application()), kind, query)
        assert (status[:3], headers["Content-Type"]) == (wanted, "application/problem+json")


@pytest.mark.parametrize(("charset", "query"), [("hex", "a=1"), ("idna", "a=%41"), ("utf-8", MANY)])
def test_without_it_django_stumbles(charset: str, query: str) -> None:
    with pytest.raises(Exception, match=r"encoding|handling|parameters"):
        call(get_wsgi_application(), f"application/json; charset={charset}", query)
