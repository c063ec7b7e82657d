"""Sessions: whose, from where, until when; and ended from outside."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.errors import Missing, NotPermitted, Refused
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.selectors.sessions import device_of, sessions_of
from backoffice.core.services.sign_in import end_session, sign_out_everywhere
from backoffice.core.sessions import prune
from tests.core.people.conftest import PASSWORD

Acts = Callable[[User], Actor]
SignedIn = Callable[[User], Client]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(user: User, ip: str = "192.0.2.1", user_agent: str = FIREFOX) -> Client:
    browser = Client(REMOTE_ADDR=ip, HTTP_USER_AGENT=user_agent)
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def is_in(browser: Client) -> bool:
    answer: HttpResponse = browser.get("/account/password/change/")
    return answer.status_code == 200


def test_knows_whose_it_is_and_from_where(stranger: User, clock: FrozenClock) -> None:
    browser = sign_in(stranger)
    row = Session.objects.get(user=stranger)
    assert (row.pk, row.ip, row.user_agent) == (browser.session.session_key, "192.0.2.1", FIREFOX)
    assert (row.signed_in_at, row.last_seen_at) == (clock(), clock())


@pytest.mark.django_db
def test_a_visitor_has_a_session_of_nobody() -> None:
    pass_through = Client()
    pass_through.get("/account/login/")
    assert Session.objects.exclude(user=None).count() == 0


def test_last_seen_is_written_every_five_minutes(stranger: User, clock: FrozenClock) -> None:
    browser = sign_in(stranger)
    start = clock()
    for minutes, seen in ((4, 0), (1, 5), (3, 5), (2, 10)):
        clock.advance(minutes=minutes)
        assert is_in(browser)
        assert Session.objects.get(user=stranger).last_seen_at == start + timedelta(minutes=seen)
    assert Session.objects.get(user=stranger).signed_in_at == start


def test_ends_when_its_person_was_away_for_too_long(stranger: User, clock: FrozenClock, settings: Any) -> None:
    settings.SESSION_IDLE_AGE = 3600
    browser = sign_in(stranger)
    for _ in range(3):
        clock.advance(minutes=59)
        assert is_in(browser)
    clock.advance(hours=1, seconds=1)
    assert not is_in(browser)


def test_ends_after_its_longest_time_however_busy_its_person_is(stranger: User, clock: FrozenClock) -> None:
    browser = sign_in(stranger)
    for _ in range(12):
        clock.advance(hours=1)
        assert is_in(browser)
    clock.advance(seconds=1)
    assert not is_in(browser)


def test_shows_where_one_is_signed_in_without_the_keys(stranger: User, clock: FrozenClock) -> None:
    here = sign_in(stranger)
    clock.advance(minutes=1)
    sign_in(stranger, "198.51.100.7", "Scanner/1.0 warehouse edition")
    key = here.session.session_key
    found = sessions_of(stranger, key)
    assert [(row.device, row.ip, row.is_this) for row in found] == [
        ("Firefox, Linux", "192.0.2.1", True),
        ("Scanner/1.0 warehouse edition", "198.51.100.7", False),
    ]
    assert key not in repr(found)
    assert len({row.reference for row in found}) == 2


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("", ""),
        ("curl/8.5.0", "curl/8.5.0"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
    ],
)
def test_names_devices(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_ends_one_of_ones_own(stranger: User, acts: Acts) -> None:
    here, there = sign_in(stranger), sign_in(stranger, "198.51.100.7")
    other = next(row for row in sessions_of(stranger, here.session.session_key) if not row.is_this)
    end_session(user_id=stranger.pk, reference=other.reference, actor=acts(stranger))
    assert (is_in(here), is_in(there)) == (True, False)
    with pytest.raises(Missing):
        end_session(user_id=stranger.pk, reference=other.reference, actor=acts(stranger))
    assert is_in(here)


def test_ends_all_but_this_one(stranger: User, acts: Acts) -> None:
    here, there = sign_in(stranger), sign_in(stranger)
    count = sign_out_everywhere(user_id=stranger.pk, actor=acts(stranger), keep=here.session.session_key)
    assert (count, is_in(here), is_in(there)) == (1, True, False)


def test_ends_those_of_somebody_else_only_with_the_right_to(
    owner: User, member: User, stranger: User, officer: User, acts: Acts
) -> None:
    browser = sign_in(owner)
    reference = sessions_of(owner)[0].reference
    for user, refusal in ((member, NotPermitted), (stranger, NotPermitted), (officer, Refused)):
        with pytest.raises(refusal):
            sign_out_everywhere(user_id=owner.pk, actor=acts(user))
        with pytest.raises(refusal):
            end_session(user_id=owner.pk, reference=reference, actor=acts(user))
    assert is_in(browser)
    lines = SecurityEvent.objects.filter(kind="sessions_ended").count()
    assert lines == 0
    victim = sign_in(stranger)
    assert sign_out_everywhere(user_id=stranger.pk, actor=acts(officer), reason="stolen phone") == 1
    assert not is_in(victim)
    row = SecurityEvent.objects.get(kind="sessions_ended")
    assert (row.user, row.facts, row.actor and row.actor["id"]) == (stranger, {"count": 1}, officer.pk)


def test_a_request_reads_its_session_and_its_person_and_no_more(stranger: User, signed_in: SignedIn) -> None:
    browser = signed_in(stranger)
    browser.get("/account/login/")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/account/login/").status_code == 302
    assert [query["sql"].split('"')[1] for query in queries] == ["core_session", "core_user"]


def test_sessions_that_are_over_are_forgotten(stranger: User, member: User, clock: FrozenClock) -> None:
    sign_in(stranger)
    sign_in(member)
    Session.objects.filter(user=member).update(expire_date=clock() - timedelta(seconds=1))
    Session.objects.filter(user=stranger).update(expire_date=clock() + timedelta(seconds=1))
    assert prune() == 1
    assert [row.user for row in Session.objects.all()] == [stranger]


def test_wiping_the_cache_signs_nobody_out(stranger: User) -> None:
    from django.core.cache import cache

    browser = sign_in(stranger)
    cache.clear()
    assert is_in(browser)
