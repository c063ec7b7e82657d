"""Guesses that are sent side by side do not all slip through before the first one is counted."""

import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from backoffice.core.models.security import SecurityEvent
from backoffice.core.services import sign_in
from tests.core.people.conftest import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


@pytest.fixture(autouse=True)
def slow_hash(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.core.people.conftest.SlowHasher"]
    cache.clear()


def guess_side_by_side() -> dict[str, int]:
    make_user("sam@example.com", password=PASSWORD)
    gate = threading.Barrier(AT_ONCE)

    def guess() -> None:
        try:
            client = Client()
            gate.wait()
            client.post("/account/login/", {"login": "sam@example.com", "password": "wrong wrong wrong"})
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {kind: SecurityEvent.objects.filter(kind=kind).count() for kind in ("sign_in_failed", "locked_out")}


def test_five_are_heard_and_the_rest_is_turned_away() -> None:
    assert guess_side_by_side() == {"sign_in_failed": 5, "locked_out": AT_ONCE - 5}


def test_control_without_the_lock_more_would_be_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "hold_the_door", lambda typed: None)
    assert guess_side_by_side()["sign_in_failed"] > 5
