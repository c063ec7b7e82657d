"""Addresses that exist in tests alone: views that do what no real one may do, to see what the doors make of it."""

import time
import uuid
from typing import Any

from django.db import connection
from django.http import Http404
from django.urls import include, path
from rest_framework.response import Response

from backoffice.core.acting import acting
from backoffice.core.api.doors import Door
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.errors import Busy, Conflict, Invalid, Missing, NotPermitted, Problem, Refused
from backoffice.core.locks import lock_one
from backoffice.core.models.companies import Company
from backoffice.core.models.people import Role
from backoffice.core.permissions import MEND_OUTBOX, VIEW_OUTBOX


class Adding(Door):
    """Adds a row that nothing but the idempotency key keeps from being added twice."""

    rights = {"post": ANYBODY}
    most_bytes = 1000

    def post(self, request: Any) -> Response:
        body = self.body_object()
        with acting(self.actor):
            time.sleep(0.05)
            role = Role.objects.create(code=f"r-{uuid.uuid4()}", name=str(body.get("name", ""))[:100])
            if body.get("then") == "refuse":
                raise Refused("no", "not today")
            if body.get("then") == "crash":
                raise ZeroDivisionError("our secret insides")
        return Response({"id": role.pk, "code": role.code}, status=201)

    def address_of(self, identity: int) -> str:
        return f"/t/roles/{identity}"


class Raising(Door):
    """Raises what its address names."""

    rights = {"get": ANYBODY}

    def get(self, request: Any, kind: str) -> Response:
        if kind == "data":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1::numeric(2, 0) * 1000::numeric(2, 0)")
        if kind == "integrity":
            Company.objects.create(code="A", name="x", base_currency="eur", country="DE")
        if kind == "timeout":
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 50; SELECT pg_sleep(1)")
        if kind == "locked":
            with acting(self.actor):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = 100")
                lock_one(Company.objects.all(), Company.objects.get().pk)
        raise _ERRORS[kind]


class Guarded(Door):
    """Asks for a right and for nothing else: no service behind it asks again."""

    rights = {"get": VIEW_OUTBOX, "post": MEND_OUTBOX}

    def get(self, request: Any) -> Response:
        return Response({"secret": 1})

    def post(self, request: Any) -> Response:
        return Response({"done": 1})


class Silent(Door):
    """Says nothing about rights."""

    def get(self, request: Any) -> Response:
        return Response({"secret": 1})


_ERRORS: dict[str, Exception] = {
    "invalid": Invalid("odd", "It is odd.", field="lines.2.quantity", hint="Make it even.", limit=4),
    "forbidden": NotPermitted("not_permitted", "No."),
    "missing": Missing("gone", "Gone."),
    "conflict": Conflict("old", "Old.", version=3, current={"name": "x"}),
    "refused": Refused("closed", "Closed.", problems=[Problem("a", "A", "a/b.~c"), Problem("b", "B")]),
    "busy": Busy("busy", "Busy."),
    "http404": Http404("secret"),
    "crash": ZeroDivisionError("our secret insides"),
}

urlpatterns = [
    path("t/roles", Adding.as_view()),
    path("t/raise/<str:kind>", Raising.as_view()),
    path("t/guarded", Guarded.as_view()),
    path("t/silent", Silent.as_view()),
    path("", include("backoffice.urls")),
]
