"""The door: who gets in, who is locked out, and that nobody can find out who has an account."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from backoffice.core import outbox
from backoffice.core.clock import FrozenClock
from backoffice.core.models.messages import Message
from backoffice.core.models.people import Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.services.messages import opened_body
from tests.core.people.conftest import PASSWORD, make_user

LOGIN = "/account/login/"
NEUTRAL = "The email address and/or password you specified are not correct."


@pytest.fixture(autouse=True)
def fresh_cache(db: None) -> None:
    cache.clear()


def attempt(email: str, password: str, *, ip: str = "192.0.2.1", browser: Client | None = None) -> HttpResponse:
    client = browser or Client()
    return client.post(
        LOGIN, {"login": email, "password": password}, REMOTE_ADDR=ip, HTTP_USER_AGENT="Firefox " + "x" * 300
    )


def words(response: HttpResponse) -> list[str]:
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


def log() -> list[tuple[str, str | None, str | None]]:
    rows = SecurityEvent.objects.select_related("user").exclude(kind="role_changed").order_by("pk")
    return [(row.kind, row.user.email if row.user else None, row.ip) for row in rows]


def test_lets_in_by_mail_address_whatever_its_case(stranger: User) -> None:
    browser = Client()
    answer = attempt(" SAM@Example.com ", PASSWORD, browser=browser)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.session["_auth_user_id"] == str(stranger.pk)
    row = SecurityEvent.objects.exclude(kind="role_changed").get()
    assert (row.kind, row.user, row.ip, row.facts) == ("signed_in", stranger, "192.0.2.1", {"by": ["password"]})
    assert len(row.user_agent) == 200


def test_the_session_gets_a_new_key_at_the_door(stranger: User) -> None:
    browser = Client()
    browser.get(LOGIN)
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    browser.cookies[django_settings.SESSION_COOKIE_NAME] = before
    attempt(stranger.email, PASSWORD, browser=browser)
    after = browser.session.session_key
    assert after != before
    assert not Session.objects.filter(pk=before).exists()


def test_a_stranger_to_the_house_cannot_sign_up() -> None:
    assert Client().get("/account/signup/").status_code == 404
    assert Client().get("/account/email/").status_code == 404
    assert "sign up" not in Client().get(LOGIN).content.decode().lower()


def test_wrong_and_unknown_are_told_the_same(stranger: User) -> None:
    known, unknown = attempt(stranger.email, "wrong wrong wrong"), attempt("nobody@example.com", "wrong wrong wrong")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert words(known) == words(unknown) == [NEUTRAL]
    assert log() == [
        ("sign_in_failed", "sam@example.com", "192.0.2.1"),
        ("sign_in_failed", None, "192.0.2.1"),
    ]


def test_an_unknown_address_is_kept_as_a_hash_only() -> None:
    attempt("my secret password@example.com".replace(" ", "-"), "x")
    row = SecurityEvent.objects.get()
    assert len(row.subject) == 64
    assert "secret" not in f"{row.subject}{row.facts}{row.user_agent}"


@pytest.mark.parametrize("email", ["sam@example.com", "nobody@example.com"])
def test_five_failures_lock_the_door_even_for_the_right_password(
    stranger: User, clock: FrozenClock, email: str
) -> None:
    for _ in range(5):
        assert words(attempt(email, "wrong wrong wrong")) == [NEUTRAL]
        clock.advance(seconds=10)
    # 08:00:00 was the first failure, so the door opens at 08:05.
    refusal = "There were too many failures. Signing in is possible again at 8:05 a.m.."
    browser = Client()
    assert words(attempt(email, PASSWORD, browser=browser)) == [refusal]
    assert "_auth_user_id" not in browser.session
    assert [kind for kind, _, _ in log()] == ["sign_in_failed"] * 5 + ["locked_out"]


def test_the_lock_holds_for_one_account_at_one_address(stranger: User, member: User, clock: FrozenClock) -> None:
    for _ in range(5):
        attempt(stranger.email, "wrong wrong wrong")
    assert attempt(stranger.email, PASSWORD).status_code == 200
    assert attempt(member.email, PASSWORD).status_code == 302
    assert attempt(stranger.email, PASSWORD, ip="198.51.100.7").status_code == 302


def test_the_lock_opens_after_five_minutes(stranger: User, clock: FrozenClock) -> None:
    for _ in range(5):
        attempt(stranger.email, "wrong wrong wrong")
    clock.advance(minutes=5, seconds=-1)
    assert attempt(stranger.email, PASSWORD).status_code == 200
    clock.advance(seconds=1)
    assert attempt(stranger.email, PASSWORD).status_code == 302


def test_neighbours_in_one_ipv6_network_count_as_one(stranger: User, clock: FrozenClock) -> None:
    for number in range(5):
        attempt(stranger.email, "wrong wrong wrong", ip=f"2001:db8:1:2::{number + 1}")
    assert attempt(stranger.email, PASSWORD, ip="2001:db8:1:2:ffff::9").status_code == 200
    assert attempt(stranger.email, PASSWORD, ip="2001:db8:1:3::1").status_code == 302


def test_guessing_from_many_addresses_is_locked_too(stranger: User, clock: FrozenClock) -> None:
    for number in range(100):
        attempt(stranger.email, "wrong wrong wrong", ip=f"198.51.100.{number}")
    assert attempt(stranger.email, PASSWORD, ip="203.0.113.9").status_code == 200
    clock.advance(hours=1)
    assert attempt(stranger.email, PASSWORD, ip="203.0.113.9").status_code == 302


def test_forwarded_addresses_of_strangers_are_not_believed(stranger: User, clock: FrozenClock) -> None:
    for number in range(5):
        Client().post(
            LOGIN,
            {"login": stranger.email, "password": "wrong wrong wrong"},
            REMOTE_ADDR="192.0.2.1",
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
        )
    assert attempt(stranger.email, PASSWORD).status_code == 200


def test_the_last_address_of_a_trusted_proxy_is_believed(stranger: User, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    Client().post(
        LOGIN,
        {"login": stranger.email, "password": PASSWORD},
        REMOTE_ADDR="10.0.0.1",
        HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.5",
    )
    assert log() == [("signed_in", "sam@example.com", "203.0.113.5")]


@pytest.mark.parametrize("forwarded", ["rubbish", "", ",,,", "1.2.3.4, <script>"])
def test_a_broken_forwarded_address_breaks_nothing(stranger: User, settings: Any, forwarded: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answer = Client().post(
        LOGIN,
        {"login": stranger.email, "password": PASSWORD},
        REMOTE_ADDR="10.0.0.1",
        HTTP_X_FORWARDED_FOR=forwarded,
    )
    assert answer.status_code == 302


def test_the_limits_of_allauth_are_on_in_real_installations(stranger: User, settings: Any) -> None:
    from backoffice.settings import base

    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    answers = [attempt(f"user{number}@example.com", "wrong wrong wrong") for number in range(31)]
    assert words(answers[29]) == [NEUTRAL]
    assert words(answers[30]) != [NEUTRAL]
    assert log()[-1][0] == "locked_out"


def test_somebody_who_is_switched_off_does_not_get_in(roles: dict[str, Role]) -> None:
    user = make_user("off@example.com", is_active=False)
    browser = Client()
    answer = attempt(user.email, PASSWORD, browser=browser)
    assert answer.status_code == 302
    assert "_auth_user_id" not in browser.session
    assert log() == [("sign_in_failed", "off@example.com", "192.0.2.1")]
    assert words(attempt(user.email, "wrong wrong wrong")) == [NEUTRAL]


def test_somebody_switched_off_in_the_middle_is_out_on_the_next_request(
    stranger: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(stranger)
    assert browser.get("/account/password/change/").status_code == 200
    # By hand in the database, past the service that would also end the sessions.
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert browser.get("/account/password/change/").status_code == 302


def test_a_new_password_ends_all_sessions(stranger: User, signed_in: Callable[[User], Client]) -> None:
    here, there = signed_in(stranger), signed_in(stranger)
    new = "nine green bottles hanging"
    wrong = here.post(
        "/account/password/change/", {"oldpassword": "wrong wrong wrong", "password1": new, "password2": new}
    )
    assert wrong.status_code == 200
    answer = here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302
    assert Session.objects.filter(user=stranger).count() == 0
    for browser in (here, there):
        assert browser.get("/account/password/change/").status_code == 302
    assert attempt(stranger.email, PASSWORD).status_code == 200
    assert attempt(stranger.email, new).status_code == 302
    assert ("password_changed", "sam@example.com", "127.0.0.1") in log()
    notice = Message.objects.get(kind="core.account_notice")
    assert notice.recipient == "sam@example.com"
    assert "The password of your account was changed." in notice.body


def test_signing_out_is_by_post_and_ends_the_session(stranger: User, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(stranger)
    assert browser.get("/account/logout/").status_code == 200
    assert browser.get("/account/password/change/").status_code == 200
    browser.post("/account/logout/")
    assert browser.get("/account/password/change/").status_code == 302
    assert [kind for kind, _, _ in log()] == ["signed_out"]
    assert Session.objects.filter(user=stranger).count() == 0


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_does_not_lead_to_another_site_after_signing_in(stranger: User, target: str) -> None:
    answer = Client().post(f"{LOGIN}?next={target}", {"login": stranger.email, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"login": "", "password": ""},
        {"login": "x" * 10_000, "password": "y" * 10_000},
        {"login": "a@b.example\x00", "password": "x\x00"},
        {"login": "' OR 1=1 --", "password": "x"},
        {"login": "💥@example.com", "password": "💥"},
    ],
)
def test_rubbish_at_the_door_is_refused_politely(fields: dict[str, str]) -> None:
    assert Client().post(LOGIN, fields).status_code == 200
    assert Session.objects.filter(user__isnull=False).count() == 0


# --- asking for a new password --------------------------------------------------------------------------------------


def test_a_forgotten_password_is_answered_alike_and_mailed_to_those_who_have_an_account(stranger: User) -> None:
    make_user("off@example.com", is_active=False)
    answers = [
        Client().post("/account/password/reset/", {"email": email})
        for email in ("SAM@example.com", "nobody@example.com", "off@example.com")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/account/password/reset/done/")}
    assert Message.objects.count() == 0
    outbox.drain()
    message = Message.objects.get()
    assert (message.kind, message.recipient) == ("core.password_link", "sam@example.com")
    assert [row for row in log() if row[0] == "password_link_sent"] == [("password_link_sent", "sam@example.com", None)]


def test_the_link_never_takes_the_host_of_a_request(stranger: User, settings: Any) -> None:
    settings.PUBLIC_URL = "https://shop.example.com"
    Client().post("/account/password/reset/", {"email": stranger.email}, HTTP_HOST="evil.example")
    outbox.drain()
    body = opened_body(Message.objects.get())
    assert "https://shop.example.com/account/password/reset/key/" in body
    assert "evil" not in body


def test_the_door_takes_the_same_time_for_those_who_are_and_who_are_not(stranger: User, settings: Any) -> None:
    """The medians of 30 lie within a quarter of each other; with a real hash, whose cost is what would give it away."""
    settings.PASSWORD_HASHERS = ["tests.core.people.conftest.SlowHasher"]
    stranger.set_password(PASSWORD)
    stranger.save()

    def seconds(path: str, fields: dict[str, str], ip: str) -> float:
        client = Client()
        start = time.perf_counter()
        client.post(path, fields, REMOTE_ADDR=ip)
        return time.perf_counter() - start

    known, unknown = [], []
    for number in range(30):
        fields = {"password": "wrong wrong wrong"}
        known.append(seconds(LOGIN, {"login": stranger.email, **fields}, f"198.51.100.{number}"))
        unknown.append(seconds(LOGIN, {"login": f"nobody{number}@example.com", **fields}, f"198.51.100.{number}"))
    first, second = statistics.median(known), statistics.median(unknown)
    assert abs(first - second) / max(first, second) < 0.25, (first, second)
