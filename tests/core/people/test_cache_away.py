"""People sign in, and are locked out, while the cache is away."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from backoffice.core.clock import FrozenClock
from backoffice.core.models.people import User
from tests.core.people.conftest import PASSWORD


@pytest.fixture(autouse=True)
def dead_cache(settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "backoffice.core.caches.ForgivingRedisCache",
            # Nobody listens on this port.
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    from backoffice.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS


def test_every_operation_is_a_miss() -> None:
    cache = caches["default"]
    cache.set("a", 1, 10)
    assert (cache.get("a"), cache.get("a", 7), "a" in cache, cache.delete("a"), cache.touch("a")) == (
        None,
        7,
        False,
        False,
        False,
    )
    assert (cache.add("a", 1), cache.incr("a"), cache.get_many(["a"]), cache.set_many({"a": 1})) == (True, 1, {}, ["a"])
    cache.delete_many(["a"])


def test_one_can_sign_in(stranger: User) -> None:
    browser = Client()
    answer = browser.post("/account/login/", {"login": stranger.email, "password": PASSWORD})
    assert answer.status_code == 302
    assert browser.session["_auth_user_id"] == str(stranger.pk)


def test_the_door_is_locked_all_the_same(stranger: User, clock: FrozenClock) -> None:
    for _ in range(5):
        Client().post("/account/login/", {"login": stranger.email, "password": "wrong wrong wrong"})
    browser = Client()
    browser.post("/account/login/", {"login": stranger.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session
