"""Keys of programs: shown once, stored as a hash, narrow, mortal, revocable at once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.errors import Invalid, NotPermitted, Refused
from backoffice.core.models.people import ApiKey, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.origin import coming_from, origin_of
from backoffice.core.permissions import VIEW_JOBS, VIEW_PEOPLE
from backoffice.core.selectors.people import actor_of_key
from backoffice.core.services.api_keys import MadeKey, authenticate_key, key_from_secret, make_key, revoke_key

Acts = Callable[[User], Actor]


@pytest.fixture
def made(owner: User, acts: Acts, clock: FrozenClock) -> MadeKey:
    return make_key(name="Shop", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)


def log(*kinds: str) -> list[tuple[str, str | None]]:
    return [(row.kind, row.ip) for row in SecurityEvent.objects.filter(kind__in=kinds).order_by("pk")]


def test_the_secret_is_long_random_and_shown_once(made: MadeKey, owner: User, acts: Acts) -> None:
    match = re.fullmatch(r"bo_([A-Za-z0-9]{10})_([A-Za-z0-9]{43})", made.secret)
    assert match is not None
    assert match.group(1) == made.key.prefix
    other = make_key(name="Shop", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
    assert other.secret != made.secret
    assert made.secret not in repr(made)


def test_only_a_hash_is_in_the_database(made: MadeKey) -> None:
    secret = made.secret.rpartition("_")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{secret}%"])
            assert cursor.fetchone() == (0,), table
    assert re.fullmatch(r"[0-9a-f]{64}", made.key.secret_hash)


def test_opens_the_door_with_its_rights_alone(made: MadeKey) -> None:
    key = key_from_secret(made.secret)
    assert key == made.key
    actor = actor_of_key(key)
    assert (actor.kind, actor.id, actor.permissions) == ("key", made.key.pk, frozenset({VIEW_JOBS}))


def test_takes_one_query_for_the_key_and_one_for_its_limits(made: MadeKey) -> None:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        key = key_from_secret(made.secret)
        assert key is not None
        actor_of_key(key)
    assert len(queries) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "bo_",
        "bo__",
        "Bearer x",
        "bo_aaaaaaaaaa_" + "a" * 43,
        "bo_" + "é" * 10 + "_" + "a" * 43,
        "bo_aaaaaaaaaa_" + "a" * 43 + "\n",
        "a" * 100_000,
        "\x00",
        "bo_' OR 1=1 --_" + "a" * 43,
    ],
)
def test_refuses_what_is_no_key(made: MadeKey, wrong: str) -> None:
    assert key_from_secret(wrong) is None
    assert log("key_refused", "key_new_address") == []


def test_refuses_the_right_prefix_with_a_wrong_secret(made: MadeKey) -> None:
    wrong = made.secret[:-1] + ("a" if made.secret[-1] != "a" else "b")
    assert key_from_secret(wrong) is None
    assert key_from_secret(made.secret.lower()) is None or made.secret == made.secret.lower()
    assert key_from_secret(made.secret + "a") is None
    assert log("key_refused") == []


def test_is_over_at_once_when_revoked(made: MadeKey, owner: User, acts: Acts) -> None:
    revoke_key(key_id=made.key.pk, actor=acts(owner), reason="lost laptop")
    assert key_from_secret(made.secret) is None
    with pytest.raises(Refused):
        revoke_key(key_id=made.key.pk, actor=acts(owner))
    row = SecurityEvent.objects.get(kind="key_revoked")
    assert (row.api_key, row.facts, row.actor and row.actor["id"]) == (made.key, {"reason": "lost laptop"}, owner.pk)


def test_is_over_when_its_time_is(owner: User, acts: Acts, clock: FrozenClock) -> None:
    end = clock() + timedelta(days=2)
    made = make_key(name="Short", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=end)
    clock.advance(days=2, seconds=-1)
    assert key_from_secret(made.secret) == made.key
    clock.advance(seconds=1)
    assert key_from_secret(made.secret) is None
    assert log("key_refused") == [("key_refused", None)]


def test_without_an_expiry_it_lasts_a_year_and_never_longer_than_two(
    owner: User, acts: Acts, clock: FrozenClock
) -> None:
    made = make_key(name="Year", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
    assert made.key.expires_at == clock() + timedelta(days=365)
    for span in (timedelta(0), timedelta(days=-1), timedelta(days=730, seconds=1)):
        with pytest.raises(Invalid) as refusal:
            make_key(name="Bad", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=clock() + span)
        assert refusal.value.field == "expires_at"
    assert ApiKey.objects.count() == 1


def test_refuses_a_key_without_rights_or_name(owner: User, acts: Acts) -> None:
    for name, rights in (("", [VIEW_JOBS]), ("x" * 101, [VIEW_JOBS]), ("ok", []), ("ok", ["core.fly"])):
        with pytest.raises(Invalid):
            make_key(name=name, permissions=rights, actor=acts(owner), expires_at=None)
    assert ApiKey.objects.count() == 0


def test_remembers_its_last_use_once_a_minute(made: MadeKey, clock: FrozenClock) -> None:
    start = clock()
    assert authenticate_key(made.secret, "192.0.2.1") == made.key
    clock.advance(seconds=59)
    with CaptureQueriesContext(connection) as queries:
        authenticate_key(made.secret, "192.0.2.1")
    assert len(queries) == 1
    made.key.refresh_from_db()
    assert (made.key.last_used_at, made.key.last_used_from) == (start, "192.0.2.1")
    clock.advance(seconds=1)
    authenticate_key(made.secret, "192.0.2.1")
    made.key.refresh_from_db()
    assert made.key.last_used_at == start + timedelta(seconds=60)


def test_its_use_is_no_change_of_the_key(made: MadeKey) -> None:
    before = made.key.events.count()  # type: ignore[attr-defined]  # made by pghistory
    authenticate_key(made.secret, "192.0.2.1")
    assert made.key.events.count() == before  # type: ignore[attr-defined]  # as above


def test_a_new_address_is_told_once(made: MadeKey, clock: FrozenClock) -> None:
    for ip in ("192.0.2.1", "192.0.2.1", "198.51.100.7", "192.0.2.1", "198.51.100.7"):
        clock.advance(minutes=2)
        with coming_from(origin_of(ip=ip)):
            authenticate_key(made.secret, ip)
    assert log("key_new_address") == [("key_new_address", "192.0.2.1"), ("key_new_address", "198.51.100.7")]


def test_a_dead_key_is_told_of_once_an_hour(made: MadeKey, owner: User, acts: Acts, clock: FrozenClock) -> None:
    revoke_key(key_id=made.key.pk, actor=acts(owner))
    for minutes in (0, 30, 29, 1):
        clock.advance(minutes=minutes)
        authenticate_key(made.secret, "192.0.2.1")
    assert len(log("key_refused")) == 2
    assert SecurityEvent.objects.filter(kind="key_refused")[0].facts == {"why": "revoked"}


def test_goes_on_when_its_maker_is_switched_off(made: MadeKey, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert key_from_secret(made.secret) == made.key


@pytest.mark.parametrize("who", ["member", "stranger"])
def test_needs_the_right_to_manage_keys(who: str, made: MadeKey, request: pytest.FixtureRequest, acts: Acts) -> None:
    actor = acts(request.getfixturevalue(who))
    with pytest.raises(NotPermitted):
        make_key(name="Mine", permissions=[VIEW_PEOPLE], actor=actor, expires_at=None)
    with pytest.raises(NotPermitted):
        revoke_key(key_id=made.key.pk, actor=actor)
    made.key.refresh_from_db()
    assert made.key.revoked_at is None
    assert ApiKey.objects.count() == 1
