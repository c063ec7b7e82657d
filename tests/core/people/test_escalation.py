"""Nobody becomes more than they are. Every way up is tried, refused, and has changed nothing."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Refused
from backoffice.core.models.companies import Company
from backoffice.core.models.people import AccessLimit, ApiKey, Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import EVERYTHING, MANAGE_KEYS, MANAGE_PEOPLE, MANAGE_SETTINGS, VIEW_JOBS, VIEW_PEOPLE
from backoffice.core.services import accounts, api_keys, limits, sign_in
from backoffice.core.services import roles as role_services
from tests.core.people.conftest import SHOP, make_role, make_user

Acts = Callable[[User], Actor]
Roles = dict[str, Role]


def picture() -> list[Any]:
    """Everything that says who may do what. A refusal leaves it as it was."""
    with connection.cursor() as cursor:
        found = []
        for table in (
            "core_user",
            "core_role",
            "core_user_roles",
            "core_accesslimit",
            "core_apikey",
            "core_securityevent",
            "core_session",
            "core_message",
            "core_outboxevent",
            "account_emailaddress",
            "mfa_authenticator",
        ):
            cursor.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1")
            found.append((table, cursor.fetchall()))
    return found


def refused(code: str, act: Callable[[], object]) -> None:
    before = picture()
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code == code
    assert picture() == before


# --- by roles -------------------------------------------------------------------------------------------------------


def test_refuses_to_change_ones_own_roles(owner: User, officer: User, roles: Roles, acts: Acts) -> None:
    make_user("second@example.com", roles=(roles["administrator"],))
    for user in (owner, officer):
        actor = acts(user)
        refused(
            "your_own_account",
            lambda user=user, actor=actor: role_services.give_role(
                user_id=user.pk, role_id=roles["clerk"].pk, actor=actor
            ),
        )
        refused(
            "your_own_account",
            lambda user=user, actor=actor: role_services.set_roles(user_id=user.pk, role_ids=[], actor=actor),
        )


def test_refuses_to_give_a_role_with_rights_one_lacks(officer: User, stranger: User, roles: Roles, acts: Acts) -> None:
    actor = acts(officer)
    for code in ("treasurer", "administrator", "manager"):
        refused(
            "right_not_held",
            lambda code=code: role_services.give_role(user_id=stranger.pk, role_id=roles[code].pk, actor=actor),
        )
    role_services.give_role(user_id=stranger.pk, role_id=roles["clerk"].pk, actor=actor)
    assert [role.code for role in stranger.roles.all()] == ["clerk"]


def test_refuses_to_put_rights_one_lacks_into_a_role(officer: User, roles: Roles, acts: Acts) -> None:
    actor, clerk = acts(officer), roles["clerk"]
    refused(
        "right_not_held",
        lambda: role_services.make_role(code="trick", name="Trick", permissions=[MANAGE_SETTINGS], actor=actor),
    )
    refused(
        "right_not_held",
        lambda: role_services.change_role(
            role_id=clerk.pk, name="Clerk", permissions=[*clerk.permissions, MANAGE_SETTINGS], version=1, actor=actor
        ),
    )


def test_refuses_to_weaken_a_role_above_oneself(officer: User, roles: Roles, acts: Acts) -> None:
    actor, treasurer, accountant = acts(officer), roles["treasurer"], roles["accountant"]
    refused(
        "right_not_held",
        lambda: role_services.change_role(role_id=treasurer.pk, name="T", permissions=[], version=1, actor=actor),
    )
    refused(
        "right_not_held",
        lambda: role_services.change_role(
            role_id=treasurer.pk, name="T", permissions=treasurer.permissions, is_active=False, version=1, actor=actor
        ),
    )
    refused(
        "right_not_held",
        lambda: role_services.change_role(
            role_id=accountant.pk,
            name="A",
            permissions=accountant.permissions,
            needs_second_factor=False,
            version=accountant.version,
            actor=actor,
        ),
    )


def test_refuses_to_switch_a_role_on_that_holds_more(officer: User, roles: Roles, acts: Acts) -> None:
    Role.objects.filter(code="treasurer").update(is_active=False)
    treasurer = roles["treasurer"]
    refused(
        "right_not_held",
        lambda: role_services.change_role(
            role_id=treasurer.pk, name="T", permissions=treasurer.permissions, version=1, actor=acts(officer)
        ),
    )


# --- by accounts ----------------------------------------------------------------------------------------------------

ACCOUNT_ACTS: dict[str, Callable[[User, Actor], object]] = {
    "take roles": lambda user, actor: role_services.set_roles(user_id=user.pk, role_ids=[], actor=actor),
    "mail address": lambda user, actor: accounts.change_account(
        user_id=user.pk, values={"email": "mine@example.com"}, version=None, actor=actor
    ),
    "name": lambda user, actor: accounts.change_account(
        user_id=user.pk, values={"name": "Other"}, version=None, actor=actor
    ),
    "link": lambda user, actor: accounts.send_link_again(user_id=user.pk, actor=actor),
    "switch off": lambda user, actor: accounts.stop_account(user_id=user.pk, actor=actor),
    "sign out": lambda user, actor: sign_in.sign_out_everywhere(user_id=user.pk, actor=actor),
    "second factor": lambda user, actor: sign_in.remove_second_factor(user_id=user.pk, actor=actor),
    "limits": lambda user, actor: limits.set_limits(user_id=user.pk, limits={}, actor=actor),
}


@pytest.mark.parametrize("act", ACCOUNT_ACTS)
def test_refuses_to_touch_an_account_that_may_do_more(
    act: str, officer: User, owner: User, roles: Roles, acts: Acts
) -> None:
    above = make_user("tara@example.com", roles=(roles["treasurer"],))
    support = make_user("root@example.com", is_superuser=True)
    for user in (above, owner, support):
        refused("outranked", lambda user=user: ACCOUNT_ACTS[act](user, acts(officer)))


@pytest.mark.parametrize("act", ACCOUNT_ACTS)
def test_refuses_to_touch_an_account_that_reaches_further(
    act: str, officer: User, member: User, shops: list[Company], acts: Acts
) -> None:
    AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shops[0].pk)
    refused("outranked", lambda: ACCOUNT_ACTS[act](member, acts(officer)))
    AccessLimit.objects.create(user=member, kind=SHOP, object_id=shops[0].pk)
    AccessLimit.objects.create(user=member, kind=SHOP, object_id=shops[1].pk)
    refused("outranked", lambda: ACCOUNT_ACTS[act](member, acts(officer)))


@pytest.mark.parametrize("act", ["take roles", "switch off", "second factor", "limits"])
def test_refuses_to_do_to_oneself_what_takes_four_eyes(act: str, officer: User, acts: Acts) -> None:
    refused("your_own_account", lambda: ACCOUNT_ACTS[act](officer, acts(officer)))


def test_refuses_a_switched_off_account_above_oneself(officer: User, roles: Roles, acts: Acts) -> None:
    above = make_user("tara@example.com", roles=(roles["treasurer"],), is_active=False)
    refused("outranked", lambda: accounts.resume_account(user_id=above.pk, actor=acts(officer)))


def test_refuses_an_invitation_with_more_than_one_has(
    officer: User, roles: Roles, shops: list[Company], acts: Acts
) -> None:
    AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shops[0].pk)

    def invite(**more: Any) -> Callable[[], object]:
        given: dict[str, Any] = {"limits": {SHOP: [shops[0].pk]}, "role_ids": [roles["clerk"].pk], **more}
        return lambda: accounts.invite_account(email="new@example.com", name="New", actor=acts(officer), **given)

    refused("right_not_held", invite(role_ids=[roles["treasurer"].pk]))
    refused("reach_not_held", invite(limits={}))
    before = picture()
    with pytest.raises(DomainError) as refusal:
        invite(limits={SHOP: [shops[1].pk]})()
    assert refusal.value.code == "unknown_object"
    assert picture() == before
    user = invite()()
    assert isinstance(user, User)
    assert acts(user).permissions == {VIEW_JOBS, VIEW_PEOPLE}
    assert acts(user).limits == {SHOP: frozenset({shops[0].pk})}


# --- by keys --------------------------------------------------------------------------------------------------------


def test_refuses_a_key_with_more_than_its_maker(officer: User, shops: list[Company], acts: Acts) -> None:
    AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shops[0].pk)
    actor = acts(officer)

    def make(*rights: str, **more: Any) -> Callable[[], object]:
        return lambda: api_keys.make_key(name="k", permissions=rights, actor=actor, expires_at=None, **more)

    refused("right_not_held", make(VIEW_JOBS, MANAGE_SETTINGS))
    for code in (MANAGE_PEOPLE, MANAGE_KEYS, EVERYTHING):
        refused("right_not_for_keys", make(VIEW_JOBS, code))
    before = picture()
    with pytest.raises(DomainError) as refusal:
        make(VIEW_JOBS, limits={SHOP: [shops[0].pk, shops[1].pk]})()
    assert refusal.value.code == "unknown_object"
    assert picture() == before


def test_a_key_inherits_the_limits_of_its_maker(officer: User, shops: list[Company], acts: Acts) -> None:
    for shop in shops[:2]:
        AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shop.pk)
    wide = api_keys.make_key(name="wide", permissions=[VIEW_JOBS], actor=acts(officer), expires_at=None)
    narrow = api_keys.make_key(
        name="narrow", permissions=[VIEW_JOBS], actor=acts(officer), expires_at=None, limits={SHOP: [shops[1].pk]}
    )
    empty = api_keys.make_key(
        name="empty", permissions=[VIEW_JOBS], actor=acts(officer), expires_at=None, limits={SHOP: []}
    )
    found = {key.name: sorted(key.limits.values_list("object_id", flat=True)) for key in ApiKey.objects.all()}
    both = sorted(shop.pk for shop in shops[:2])
    assert found == {"wide": both, "narrow": [shops[1].pk], "empty": both}
    assert {wide.key.name, narrow.key.name, empty.key.name} == found.keys()


def test_a_key_makes_no_keys_and_manages_nobody(owner: User, member: User, acts: Acts) -> None:
    # Even if a row were forged in the database.
    program = Actor("key", 1, "Program", frozenset({MANAGE_KEYS, MANAGE_PEOPLE, VIEW_JOBS}))
    before = picture()
    with pytest.raises(DomainError) as refusal:
        api_keys.make_key(name="child", permissions=[VIEW_JOBS], actor=program, expires_at=None)
    assert refusal.value.code == "not_for_programs"
    assert picture() == before


# --- the last administrator -----------------------------------------------------------------------------------------


def system() -> Actor:
    return Actor.system("test")


def test_the_last_administrator_stays(owner: User, roles: Roles, shops: list[Company]) -> None:
    refused("last_administrator", lambda: accounts.stop_account(user_id=owner.pk, actor=system()))
    refused("last_administrator", lambda: role_services.set_roles(user_id=owner.pk, role_ids=[], actor=system()))
    refused(
        "last_administrator",
        lambda: limits.set_limits(user_id=owner.pk, limits={SHOP: [shops[0].pk]}, actor=system()),
    )
    second = make_user("second@example.com", roles=(roles["administrator"],))
    accounts.stop_account(user_id=owner.pk, actor=system())
    refused("last_administrator", lambda: accounts.stop_account(user_id=second.pk, actor=system()))
    # Somebody who is off, or limited, does not count as one who remains.
    accounts.resume_account(user_id=owner.pk, actor=system())
    AccessLimit.objects.create(user=owner, kind=SHOP, object_id=shops[0].pk)
    refused("last_administrator", lambda: accounts.stop_account(user_id=second.pk, actor=system()))


def test_an_installation_without_an_administrator_can_still_change_people(member: User, roles: Roles) -> None:
    role_services.set_roles(user_id=member.pk, role_ids=[], actor=system())
    accounts.stop_account(user_id=member.pk, actor=system())
    member.refresh_from_db()
    assert not member.is_active


@pytest.fixture
def two_administrators(transactional_db: None) -> Iterator[tuple[User, User]]:
    role_services.seed_roles()
    role = Role.objects.get(code="administrator")
    yield make_user("a@example.com", roles=(role,)), make_user("b@example.com", roles=(role,))


def race(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Both at once; what each was told."""
    gate, told = threading.Barrier(2), []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait()
            act()
            told.append("done")
        except DomainError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once(two_administrators: tuple[User, User], acts: Acts) -> None:
    a, b = two_administrators
    for _round in range(5):
        User.objects.update(is_active=True)
        told = race(
            lambda: accounts.stop_account(user_id=b.pk, actor=acts(a)),
            lambda: role_services.set_roles(user_id=a.pk, role_ids=[], actor=acts(b)),
        )
        assert told[0] == "done" and told[1] in ("last_administrator", "not_permitted")
        assert User.objects.filter(is_active=True, roles__code="administrator").count() == 1
        for user in (a, b):
            user.roles.set([Role.objects.get(code="administrator")])


def test_refusals_are_not_written_down_as_if_they_had_happened(officer: User, roles: Roles, acts: Acts) -> None:
    lines = SecurityEvent.objects.count()
    with pytest.raises(Refused):
        role_services.give_role(user_id=officer.pk, role_id=roles["clerk"].pk, actor=acts(officer))
    assert SecurityEvent.objects.count() == lines


def test_a_role_made_by_hand_can_be_given_by_whoever_has_its_rights(officer: User, stranger: User, acts: Acts) -> None:
    role = make_role("looker", VIEW_PEOPLE)
    role_services.give_role(user_id=stranger.pk, role_id=role.pk, actor=acts(officer))
    assert acts(stranger).permissions == {VIEW_PEOPLE}
