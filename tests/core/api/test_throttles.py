"""So many requests a minute for each credential, and for each address without one; and none refused for a lost counter."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings
from redis.exceptions import ConnectionError as BrokerGone
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from backoffice.core.api import throttles
from backoffice.core.permissions import VIEW_JOBS
from tests.support.api import holder_of, program, refused

pytestmark = pytest.mark.django_db
WHOAMI = "/api/v1/whoami"


@pytest.fixture(autouse=True)
def rates(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three a minute for credentials, two for nobody, in a minute that does not end."""
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {"credential": "3/min", "anonymous": "2/min"},
    }
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_015.0)
    cache.clear()
    assert api_settings.DEFAULT_THROTTLE_RATES["credential"] == "3/min"
    yield
    cache.clear()


def standing(response: Any) -> tuple[str, str, str]:
    return response["RateLimit-Limit"], response["RateLimit-Remaining"], response["RateLimit-Reset"]


def test_every_answer_says_where_the_caller_stands_and_the_fourth_is_refused() -> None:
    client = program(VIEW_JOBS)
    assert [standing(client.get(WHOAMI)) for _ in range(3)] == [("3", "2", "45"), ("3", "1", "45"), ("3", "0", "45")]
    response = client.get(WHOAMI)
    told = refused(response, 429, "too_many_requests")
    assert (standing(response), response["Retry-After"]) == (("3", "0", "45"), "45")
    assert "45" in told["detail"]


def test_a_refused_request_counts_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = program(VIEW_JOBS)
    for _ in range(3):
        refused(client.post("/api/v1/jobs/1/cancel"), 404)
    refused(client.post("/api/v1/jobs/1/cancel"), 429)
    monkeypatch.setattr(throttles.time, "time", lambda: 1_800_000_060.0)
    assert standing(client.get(WHOAMI)) == ("3", "2", "60")


def test_callers_do_not_use_up_one_anothers_rate() -> None:
    first, second = program(VIEW_JOBS), program(VIEW_JOBS, name="Other")
    for _ in range(4):
        first.get(WHOAMI)
    refused(first.get(WHOAMI), 429)
    assert second.get(WHOAMI).status_code == 200


def test_guessing_keys_is_counted_by_address() -> None:
    for number in range(2):
        refused(holder_of(f"bo_guess{number}").get(WHOAMI), 401, "bad_key")
    refused(holder_of("bo_guess3").get(WHOAMI), 429)
    refused(APIClient().get(WHOAMI), 429)
    refused(APIClient(REMOTE_ADDR="10.0.0.9").get(WHOAMI), 401)


def test_one_ipv6_customer_is_one_caller() -> None:
    for tail in ("1", "2:3:4:5"):
        refused(
            APIClient(REMOTE_ADDR=f"2001:db8:1:2::{tail}" if ":" not in tail else f"2001:db8:1:2:{tail}").get(WHOAMI),
            401,
        )
    refused(APIClient(REMOTE_ADDR="2001:db8:1:2:ffff::1").get(WHOAMI), 429)
    refused(APIClient(REMOTE_ADDR="2001:db8:1:3::1").get(WHOAMI), 401)
    assert throttles.network_of("::ffff:10.0.0.1") != throttles.network_of("::ffff:10.0.0.2")
    assert throttles.network_of("nonsense") == "unknown"


@pytest.mark.parametrize("error", [BrokerGone("no broker"), TimeoutError(), OSError("reset")], ids=str)
def test_without_the_cache_requests_are_answered_uncounted(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def gone(*_arguments: Any, **_options: Any) -> None:
        raise error

    client = program(VIEW_JOBS)
    monkeypatch.setattr(throttles.cache, "add", gone)
    for _ in range(5):
        response = client.get(WHOAMI)
        assert response.status_code == 200
        assert "RateLimit-Limit" not in response


@override_settings(
    CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
)
def test_a_real_cache_that_is_not_there_refuses_nobody() -> None:
    assert program(VIEW_JOBS).get(WHOAMI).status_code == 200


def test_a_rate_that_cannot_be_read_is_loud() -> None:
    for text in ("600", "600/fortnight", "0/min", "-1/min", "x/min"):
        with pytest.raises(ValueError, match="rate"):
            throttles._rate(text)
    assert [throttles._rate(text) for text in ("600/min", "5/s", "7/hour", "9/day", None)] == [
        (600, 60), (5, 1), (7, 3600), (9, 86400), None,
    ]  # fmt: skip
