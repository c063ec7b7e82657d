"""Giving and taking roles, what is in them, and the built-in ones."""

from collections.abc import Callable

import pytest

from backoffice.core import permissions
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Missing, NotPermitted, Refused
from backoffice.core.models.people import Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import (
    MANAGE_JOBS,
    MANAGE_PEOPLE,
    MANAGE_SETTINGS,
    SHARE_VIEWS,
    VIEW_JOBS,
    VIEW_PEOPLE,
    VIEW_SETTINGS,
    declared_rights,
    declared_roles,
    known_codes,
)
from backoffice.core.roles import BUILTIN_ROLES
from backoffice.core.services.roles import change_role, give_role, make_role, seed_roles, set_roles, take_role
from tests.core.people.conftest import make_user

Acts = Callable[[User], Actor]
Roles = dict[str, Role]


def codes_of(user: User) -> list[str]:
    return sorted(user.roles.values_list("code", flat=True))


def log(*kinds: str) -> list[tuple[str, str]]:
    rows = SecurityEvent.objects.filter(kind__in=kinds).order_by("pk")
    return [(row.kind, row.facts["role"]) for row in rows]


def test_gives_and_takes_roles_and_writes_both_down(owner: User, member: User, roles: Roles, acts: Acts) -> None:
    SecurityEvent.objects.all()
    set_roles(user_id=member.pk, role_ids=[roles["picker"].pk, roles["packer"].pk], actor=acts(owner), reason="moved")
    assert codes_of(member) == ["packer", "picker"]
    assert log("role_given", "role_taken") == [
        ("role_given", "picker"),
        ("role_given", "packer"),
        ("role_taken", "clerk"),
    ]
    row = SecurityEvent.objects.filter(kind="role_taken").get()
    assert (row.user, row.actor) == (member, {"kind": "user", "id": owner.pk, "name": "Olga"})


def test_giving_one_role_leaves_the_others(owner: User, member: User, roles: Roles, acts: Acts) -> None:
    give_role(user_id=member.pk, role_id=roles["picker"].pk, actor=acts(owner))
    assert codes_of(member) == ["clerk", "picker"]
    give_role(user_id=member.pk, role_id=roles["picker"].pk, actor=acts(owner))
    take_role(user_id=member.pk, role_id=roles["clerk"].pk, actor=acts(owner))
    assert codes_of(member) == ["picker"]
    assert log("role_given", "role_taken") == [("role_given", "picker"), ("role_taken", "clerk")]


def test_a_change_is_in_force_on_the_next_request(owner: User, member: User, roles: Roles, acts: Acts) -> None:
    assert acts(member).may(VIEW_JOBS)
    change_role(role_id=roles["clerk"].pk, name="Clerk", permissions=[VIEW_PEOPLE], version=1, actor=acts(owner))
    assert acts(member).permissions == {VIEW_PEOPLE}
    clerk = Role.objects.get(code="clerk")
    change_role(
        role_id=clerk.pk, name="Clerk", permissions=[VIEW_PEOPLE], version=2, is_active=False, actor=acts(owner)
    )
    assert acts(member).permissions == frozenset()


def test_a_role_that_is_off_can_be_kept_and_taken_but_not_given(
    owner: User, member: User, stranger: User, roles: Roles, acts: Acts
) -> None:
    Role.objects.filter(code="clerk").update(is_active=False)
    set_roles(user_id=member.pk, role_ids=[roles["clerk"].pk, roles["picker"].pk], actor=acts(owner))
    assert codes_of(member) == ["clerk", "picker"]
    with pytest.raises(Refused) as refusal:
        give_role(user_id=stranger.pk, role_id=roles["clerk"].pk, actor=acts(owner))
    assert refusal.value.code == "role_is_off"
    assert codes_of(stranger) == []
    take_role(user_id=member.pk, role_id=roles["clerk"].pk, actor=acts(owner))
    assert codes_of(member) == ["picker"]


def test_refuses_a_role_that_does_not_exist(owner: User, member: User, roles: Roles, acts: Acts) -> None:
    with pytest.raises(Missing):
        set_roles(user_id=member.pk, role_ids=[roles["picker"].pk, 999_999], actor=acts(owner))
    assert codes_of(member) == ["clerk"]
    assert log("role_given", "role_taken") == []


def test_refuses_unknown_rights_and_names_each(owner: User, acts: Acts) -> None:
    with pytest.raises(Invalid) as refusal:
        make_role(code="odd", name="Odd", permissions=[VIEW_JOBS, "core.fly", "core.swim"], actor=acts(owner))
    assert [str(problem.message) for problem in refusal.value.problems] == [
        "There is no right “core.fly”.",
        "There is no right “core.swim”.",
    ]
    assert not Role.objects.filter(code="odd").exists()


@pytest.mark.parametrize("code", ["", "a b!", "é", "x" * 51, "../etc"])
def test_refuses_a_bad_code(owner: User, acts: Acts, code: str) -> None:
    before = Role.objects.count()
    with pytest.raises(Invalid):
        make_role(code=code, name="Odd", permissions=[], actor=acts(owner))
    assert Role.objects.count() == before


def test_makes_a_role_once(owner: User, acts: Acts) -> None:
    role = make_role(code="Night shift", name=" Night shift ", permissions=[VIEW_JOBS], actor=acts(owner))
    assert (role.code, role.name, role.permissions, role.is_builtin) == (
        "night_shift",
        "Night shift",
        [VIEW_JOBS],
        False,
    )
    with pytest.raises(Conflict):
        make_role(code="night-shift", name="Other", permissions=[], actor=acts(owner))
    assert Role.objects.filter(code="night_shift").count() == 1


def test_refuses_an_edit_of_an_old_copy(owner: User, roles: Roles, acts: Acts) -> None:
    with pytest.raises(Conflict) as refusal:
        change_role(role_id=roles["clerk"].pk, name="New", permissions=[], version=7, actor=acts(owner))
    assert refusal.value.facts["version"] == 1
    assert Role.objects.get(code="clerk").name == "Clerk"


def test_the_administrator_keeps_every_right(owner: User, roles: Roles, acts: Acts) -> None:
    role = roles["administrator"]
    for changes in ({"permissions": [VIEW_PEOPLE]}, {"permissions": role.permissions, "is_active": False}):
        with pytest.raises(Refused) as refusal:
            change_role(role_id=role.pk, name="Admin", version=role.version, actor=acts(owner), **changes)
        assert refusal.value.code == "administrator_has_everything"
    role.refresh_from_db()
    assert (role.name, frozenset(role.permissions), role.is_active) == ("Administrator", known_codes(), True)


def test_nobody_changes_a_role_that_they_have(officer: User, roles: Roles, acts: Acts) -> None:
    role = roles["staff_office"]
    with pytest.raises(Refused) as refusal:
        change_role(role_id=role.pk, name="Office", permissions=[MANAGE_PEOPLE], version=1, actor=acts(officer))
    assert refusal.value.code == "your_own_role"
    change_role(role_id=role.pk, name="Office", permissions=role.permissions, version=1, actor=acts(officer))
    role.refresh_from_db()
    assert (role.name, role.permissions) == ("Office", sorted(role.permissions))


def test_a_code_that_no_app_knows_any_more_stops_nobody(owner: User, member: User, roles: Roles, acts: Acts) -> None:
    Role.objects.filter(code="clerk").update(permissions=[VIEW_JOBS, "old.gone"])
    give_role(user_id=make_user("new@example.com").pk, role_id=roles["clerk"].pk, actor=acts(owner))
    change_role(
        role_id=roles["clerk"].pk, name="Clerk", permissions=[VIEW_JOBS, "old.gone"], version=1, actor=acts(owner)
    )
    change_role(role_id=roles["clerk"].pk, name="Clerk", permissions=[VIEW_JOBS], version=2, actor=acts(owner))
    assert Role.objects.get(code="clerk").permissions == [VIEW_JOBS]


# --- the built-in roles ---------------------------------------------------------------------------------------------


def test_seeds_nine_roles_and_the_administrator_has_every_right(roles: Roles) -> None:
    built = {role.code for role in roles.values() if role.is_builtin}
    assert built == {
        "picker",
        "packer",
        "warehouse_lead",
        "buyer",
        "support",
        "accountant",
        "manager",
        "administrator",
        "integrator",
    }
    assert frozenset(roles["administrator"].permissions) == known_codes()
    assert {role.code for role in roles.values() if role.needs_second_factor} == {"accountant", "administrator"}


def test_every_declared_role_is_known_and_every_declared_right_is_one() -> None:
    assert declared_roles() <= {role.code for role in BUILTIN_ROLES}
    for role in BUILTIN_ROLES:
        assert declared_rights(role.code) <= known_codes()


def test_only_the_administrator_may_manage_people_and_keys_from_the_start() -> None:
    for role in BUILTIN_ROLES:
        managing = declared_rights(role.code) & {MANAGE_PEOPLE, permissions.MANAGE_KEYS}
        assert bool(managing) == (role.code == "administrator"), role.code


def test_seeding_again_changes_nothing(roles: Roles) -> None:
    versions = dict(Role.objects.values_list("code", "version"))
    lines = SecurityEvent.objects.count()
    assert seed_roles() == {}
    assert dict(Role.objects.values_list("code", "version")) == versions
    assert SecurityEvent.objects.count() == lines


def test_seeding_leaves_alone_what_an_administrator_added_or_took(
    owner: User, roles: Roles, acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    support = roles["support"]
    by_hand = (set(support.permissions) - {SHARE_VIEWS}) | {MANAGE_JOBS}
    change_role(role_id=support.pk, name="Help desk", permissions=by_hand, version=support.version, actor=acts(owner))
    monkeypatch.setattr(
        permissions,
        "ROLES",
        {**permissions.ROLES, "support": (permissions.VIEW_MESSAGES, SHARE_VIEWS, VIEW_SETTINGS)},
    )
    gone = permissions.VIEW_DOCUMENTS
    assert gone in by_hand and gone not in declared_rights("support")
    assert seed_roles() == {"support": [VIEW_SETTINGS]}
    support.refresh_from_db()
    assert set(support.permissions) == (by_hand | {VIEW_SETTINGS}) - {gone}
    assert SHARE_VIEWS not in support.permissions
    assert support.name == "Help desk"


def test_seeding_is_kept_in_the_history(roles: Roles) -> None:
    assert Role.objects.get(code="picker").events.count() == 2  # type: ignore[attr-defined]  # made by pghistory
    context = Role.objects.get(code="picker").events.last().pgh_context  # type: ignore[attr-defined]  # as above
    assert context.metadata["actor"] == {"kind": "system", "id": None, "name": "seed roles"}
    assert context.metadata["reason"] == "seed roles"


@pytest.mark.parametrize("who", ["member", "stranger"])
def test_needs_the_right_to_manage_people(
    who: str, request: pytest.FixtureRequest, owner: User, roles: Roles, acts: Acts
) -> None:
    actor = acts(request.getfixturevalue(who))
    target = make_user("tom@example.com")
    with pytest.raises(NotPermitted):
        give_role(user_id=target.pk, role_id=roles["clerk"].pk, actor=actor)
    with pytest.raises(NotPermitted):
        make_role(code="mine", name="Mine", permissions=[], actor=actor)
    with pytest.raises(NotPermitted):
        change_role(role_id=roles["clerk"].pk, name="Mine", permissions=[MANAGE_SETTINGS], version=1, actor=actor)
    assert codes_of(target) == []
    assert Role.objects.get(code="clerk").permissions == sorted([VIEW_JOBS, VIEW_PEOPLE])
    assert not Role.objects.filter(code="mine").exists()
