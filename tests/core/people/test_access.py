"""Who may do X, and what may Y do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.models.people import Role, User
from backoffice.core.permissions import MANAGE_PEOPLE, VIEW_JOBS, VIEW_PEOPLE, known_codes
from backoffice.core.selectors.access import areas_of, holders_of, rights_of
from backoffice.core.services.api_keys import make_key, revoke_key
from tests.core.people.conftest import make_role, make_user

Acts = Callable[[User], Actor]


def who(code: str) -> tuple[list[tuple[str, list[str]]], list[str]]:
    found = holders_of(code)
    return [(user.name, [str(source) for source in sources]) for user, sources in found.people], [
        key.name for key in found.keys
    ]


def test_names_the_people_with_the_roles_it_comes_from(
    owner: User, member: User, stranger: User, roles: dict[str, Role]
) -> None:
    member.roles.add(roles["manager"])
    make_user("off@example.com", roles=(roles["clerk"],), is_active=False)
    make_user("root@example.com", is_superuser=True)
    assert who(VIEW_PEOPLE)[0] == [
        ("Max", ["Clerk", "Manager"]),
        ("Olga", ["Administrator"]),
        ("Root", ["support access (every right)"]),
    ]
    assert who(MANAGE_PEOPLE)[0] == [("Olga", ["Administrator"]), ("Root", ["support access (every right)"])]


def test_a_role_that_is_off_gives_nothing(member: User) -> None:
    Role.objects.filter(code="clerk").update(is_active=False)
    assert who(VIEW_JOBS) == ([], [])
    assert rights_of(member) == []


def test_names_the_keys_that_are_in_force(owner: User, acts: Acts, clock: FrozenClock) -> None:
    make_key(name="Good", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
    make_key(name="Other", permissions=[VIEW_PEOPLE], actor=acts(owner), expires_at=None)
    make_key(name="Short", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=clock() + timedelta(hours=1))
    gone = make_key(name="Gone", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
    revoke_key(key_id=gone.key.pk, actor=acts(owner))
    assert who(VIEW_JOBS)[1] == ["Good", "Short"]
    clock.advance(hours=2)
    assert who(VIEW_JOBS)[1] == ["Good"]


def test_says_what_somebody_may_do_and_why(member: User, roles: dict[str, Role]) -> None:
    member.roles.add(roles["packer"], make_role("second", VIEW_JOBS))
    found = {held.permission.code: held.sources for held in rights_of(member)}
    assert found[VIEW_JOBS] == ("Clerk", "Second")
    assert found[VIEW_PEOPLE] == ("Clerk",)
    assert found["core.view_documents"] == ("Packer",)
    assert MANAGE_PEOPLE not in found


def test_an_administrator_may_do_everything(owner: User) -> None:
    assert {held.permission.code for held in rights_of(owner)} == known_codes()
    areas = areas_of(rights_of(owner))
    assert areas[0].code == "core"
    assert sum(len(area.rights) for area in areas) == len(known_codes())


@pytest.mark.parametrize("count", [1, 30])
def test_takes_the_same_queries_for_many_people_as_for_few(count: int, roles: dict[str, Role]) -> None:
    for number in range(count):
        make_user(f"user{number}@example.com", roles=(roles["clerk"],))
    with CaptureQueriesContext(connection) as queries:
        assert len(holders_of(VIEW_JOBS).people) == count
    assert len(queries) == 3
