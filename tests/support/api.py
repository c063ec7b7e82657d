"""Callers of the API: programs with a key of their own, people with the session of the console, and nobody."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.test import APIClient

from backoffice.core.actors import Actor
from backoffice.core.models.people import Role, User
from backoffice.core.permissions import EVERYTHING
from backoffice.core.services.api_keys import MadeKey, make_key
from tests.support.conformance import check_answer

JSON = "application/json"
PROBLEM = "application/problem+json"


def administrator() -> Actor:
    """A person with a row, who may do everything: keys remember who made them."""
    user = User.objects.filter(email="root@example.com").first()
    user = user or User.objects.create_user("root@example.com", None, name="Root", is_superuser=True)
    return Actor("user", user.pk, user.name, frozenset({EVERYTHING}), request_id="test")


def make_program(*rights: str, limits: Mapping[str, list[int]] | None = None, name: str = "Program") -> MadeKey:
    """A key with these rights and limits."""
    return make_key(name=name, permissions=rights, limits=limits, expires_at=None, actor=administrator())


def program(*rights: str, limits: Mapping[str, list[int]] | None = None, name: str = "Program") -> APIClient:
    """A client that sends a key with these rights."""
    return holder_of(make_program(*rights, limits=limits, name=name).secret)


class CheckedClient(APIClient):
    """A client whose every answer is held against the OpenAPI document."""

    def request(self, **environ: Any) -> Any:
        response = super().request(**environ)
        is_partial = "fields=" in environ.get("QUERY_STRING", "")
        check_answer(environ["REQUEST_METHOD"], environ["PATH_INFO"], response, is_partial=is_partial)
        return response


def holder_of(secret: str) -> APIClient:
    """A client that sends this key."""
    client = CheckedClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def person(*rights: str, csrf: bool = False) -> APIClient:
    """A client with the session of a new person who has these rights."""
    count = User.objects.count()
    role = Role.objects.create(code=f"role-{count}", name=f"Role {count}", permissions=sorted(rights))
    user = User.objects.create_user(f"person-{count}@example.com", None, name=f"Person {count}")
    user.roles.add(role)
    client = CheckedClient(enforce_csrf_checks=csrf)
    client.force_login(user)
    return client


def send_raw(client: APIClient, method: str, path: str, body: bytes, content_type: str = JSON, **headers: str) -> Any:
    """A request with exactly these bytes."""
    return client.generic(method.upper(), path, body, content_type=content_type, **headers)


def body_of(response: Any) -> Any:
    """The JSON of an answer."""
    return json.loads(response.content)


def refused(response: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem details of an answer, after seeing that they are complete and of this status (and code)."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"] == PROBLEM
    told: dict[str, Any] = body_of(response)
    assert set(told) == {"type", "title", "status", "code", "detail", "hint", "errors", "facts", "request_id"}
    assert told["status"] == status
    assert told["type"] == f"urn:backoffice:problem:{told['code']}"
    assert told["detail"]
    if code is not None:
        codes = {told["code"], *(item["code"] for item in told["errors"])}
        assert code in codes, told
    return told
