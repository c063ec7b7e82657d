"""People in front of the console: a browser-less client with a session, and what it reads off a page."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.core.models.people import AccessLimit, Role, User
from backoffice.core.permissions import EVERYTHING

HTMX = {"HX-Request": "true"}


def signed_in(*rights: str, limits: Mapping[str, list[int]] | None = None, csrf: bool = False) -> Client:
    """A client with the session of a new person who has these rights (everything, where none are named) and limits."""
    count = User.objects.count()
    user = User.objects.create_user(f"person-{count}@example.com", None, name=f"Person {count}")
    user.roles.add(
        Role.objects.create(code=f"role-{count}", name=f"Role {count}", permissions=sorted(rights or (EVERYTHING,)))
    )
    for kind, ids in (limits or {}).items():
        for identity in ids:
            AccessLimit.objects.create(user=user, kind=kind, object_id=identity)
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(user)
    client.user = user  # type: ignore[attr-defined]  # whose session it is, for tests that ask
    return client


def text_of(response: Any) -> str:
    """The page as it would be read: without tags, entities and runs of spaces."""
    body = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def keys_of(response: Any) -> list[int]:
    """The keys of the rows that a list shows, in their order."""
    return [int(key) for key in re.findall(r'name="ids" value="(\d+)"', response.content.decode())]


def hidden(response: Any, name: str) -> str:
    """The value of the first hidden field of that name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    assert found is not None, f"no hidden field {name}"
    return unescape(found.group(1))


def link_to(response: Any, words: str) -> str:
    """The address of the pager's link with this rel."""
    found = re.search(rf'rel="{words}" href="([^"]*)"', response.content.decode())
    return unescape(found.group(1)) if found else ""


def queries_of(client: Client, address: str) -> tuple[HttpResponse, int]:
    """The page and how many statements it took."""
    with CaptureQueriesContext(connection) as captured:
        response: Any = client.get(address)
    return response, len(captured)
