"""The pages of people, roles, keys and one's own account: who may open them, what they show, what they refuse."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.models.companies import Company
from backoffice.core.models.people import AccessLimit, ApiKey, Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import VIEW_JOBS
from backoffice.core.services.api_keys import make_key
from tests.core.people.conftest import PASSWORD, SHOP, make_user

Acts = Callable[[User], Actor]
SignedIn = Callable[[User], Client]
Roles = dict[str, Role]

# page → status for owner (administrator), member (may see people), stranger (no role)
PAGES = {
    "/people/": (200, 200, 403),
    "/people/{member}/": (200, 200, 403),
    "/people/{member}/history/": (200, 200, 403),
    "/people/{member}/edit/": (200, 403, 403),
    "/people/add/": (200, 403, 403),
    "/people/export/?format=csv": (200, 200, 403),
    "/people/who-may/": (200, 200, 403),
    "/people/who-may/?right=core.view_jobs": (200, 200, 403),
    "/roles/": (200, 200, 403),
    "/roles/{role}/": (200, 200, 403),
    "/roles/{role}/edit/": (200, 403, 403),
    "/roles/add/": (200, 403, 403),
    "/api-keys/": (200, 403, 403),
    "/api-keys/{key}/": (200, 403, 403),
    "/api-keys/add/": (200, 403, 403),
    "/security-log/": (200, 403, 403),
    "/security-log/{line}/": (200, 403, 403),
    "/profile/": (200, 200, 200),
}


@pytest.fixture
def key(owner: User, acts: Acts) -> ApiKey:
    return make_key(name="Shop sync", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None).key


def address(path: str, member: User, roles: Roles, key: ApiKey | None = None) -> str:
    line = SecurityEvent.objects.first()
    return path.format(member=member.pk, role=roles["clerk"].pk, key=key.pk if key else 0, line=line.pk if line else 0)


@pytest.mark.parametrize("path", PAGES)
def test_opens_for_those_who_may(
    path: str, owner: User, member: User, stranger: User, roles: Roles, key: ApiKey, signed_in: SignedIn
) -> None:
    url = address(path, member, roles, key)
    found = tuple(signed_in(user).get(url).status_code for user in (owner, member, stranger))
    assert found == PAGES[path]
    answer = Client().get(url)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("path", ["/people/", "/roles/", "/api-keys/", "/security-log/"])
@pytest.mark.parametrize("count", [3, 30])
def test_lists_take_as_many_queries_for_many_as_for_few(
    path: str, count: int, owner: User, roles: Roles, acts: Acts, signed_in: SignedIn
) -> None:
    for number in range(count):
        make_user(f"user{number}@example.com", roles=(roles["clerk"], roles["packer"]))
        make_key(name=f"Key {number}", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
        Role.objects.create(code=f"role{number}", name=f"Role {number}", permissions=[VIEW_JOBS])
    browser = signed_in(owner)
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(path)
    assert page.status_code == 200
    assert len(queries) <= 15, [query["sql"][:80] for query in queries]
    assert len(page.content) < 150_000


def test_the_list_shows_roles_and_finds_people(owner: User, member: User, roles: Roles, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    page = browser.get("/people/").content.decode()
    assert "max@example.com" in page and "Clerk" in page
    for query, names in (
        ("q=olg", ["Olga"]),
        (f"roles={roles['clerk'].pk}", ["Max"]),
        ("second_factor=true", []),
        ("is_active=false", []),
    ):
        lines = browser.get(f"/people/?{query}").context["lines"]
        assert [line.name for line in lines] == names, query


# --- a person's page ------------------------------------------------------------------------------------------------


def post_roles(browser: Client, user: User, roles: list[int], seen: list[int] | None = None) -> Any:
    there = sorted(str(pk) for pk in (user.roles.values_list("pk", flat=True) if seen is None else seen))
    return browser.post(f"/people/{user.pk}/do/roles/", {"roles": roles, "seen": ",".join(there)})


def test_roles_are_ticked_on_the_page(owner: User, member: User, roles: Roles, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    page = browser.get(f"/people/{member.pk}/").content.decode()
    boxes = dict(re.findall(r'name="roles" value="(\d+)" id="[^"]+"( checked)?', page))
    assert {int(pk) for pk, mark in boxes.items() if mark} == {roles["clerk"].pk}
    answer = post_roles(browser, member, [roles["picker"].pk])
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{member.pk}/")
    assert [role.code for role in member.roles.all()] == ["picker"]


def test_an_old_page_does_not_undo_what_somebody_else_ticked(
    owner: User, member: User, roles: Roles, signed_in: SignedIn
) -> None:
    seen = [roles["clerk"].pk]
    member.roles.add(roles["packer"])
    answer = post_roles(signed_in(owner), member, [roles["picker"].pk], seen)
    assert answer.status_code == 422
    assert "Somebody changed this" in answer.content.decode()
    assert sorted(role.code for role in member.roles.all()) == ["clerk", "packer"]


def test_what_an_officer_may_not_do_is_shown_disabled_with_the_reason(
    officer: User, owner: User, member: User, roles: Roles, signed_in: SignedIn
) -> None:
    browser = signed_in(officer)
    page = browser.get(f"/people/{owner.pk}/").content.decode()
    assert "Olga may do more than you" in page
    assert not re.search(r'name="roles" value="\d+" id="[^"]+"(?: checked)?>', page)
    own = browser.get(f"/people/{officer.pk}/").content.decode()
    assert "Nobody changes the rights of their own account." in own
    other = browser.get(f"/people/{member.pk}/").content.decode()
    assert re.search(rf'value="{roles["clerk"].pk}" id="[^"]+" checked>', other)
    assert re.search(rf'value="{roles["treasurer"].pk}" id="[^"]+" disabled>', other)
    assert "rights that you do not have" in other


@pytest.mark.parametrize("code", ["roles", "limits", "stop", "take_factor", "sign_out", "link"])
def test_refuses_what_the_page_does_not_offer(
    code: str, officer: User, owner: User, roles: Roles, signed_in: SignedIn
) -> None:
    fields = {"roles": [roles["clerk"].pk], "seen": str(roles["administrator"].pk), "reason": "because"}
    before = (User.objects.values_list("is_active", "version").get(pk=owner.pk), list(owner.roles.all()))
    answer = signed_in(officer).post(f"/people/{owner.pk}/do/{code}/", fields)
    assert answer.status_code in (302, 422)
    assert (User.objects.values_list("is_active", "version").get(pk=owner.pk), list(owner.roles.all())) == before
    assert SecurityEvent.objects.filter(user=owner).count() == 0


def test_limits_are_ticked_on_the_page(owner: User, member: User, shops: list[Company], signed_in: SignedIn) -> None:
    browser, url = signed_in(owner), f"/people/{member.pk}/do/limits/"
    field = f"limit_{SHOP.replace('.', '_')}"
    assert f'name="{field}"' in browser.get(f"/people/{member.pk}/").content.decode()
    assert browser.post(url, {field: [shops[0].pk], "seen": ""}).status_code == 302
    assert list(AccessLimit.objects.filter(user=member).values_list("object_id", flat=True)) == [shops[0].pk]
    assert browser.post(url, {field: ["999999"], "seen": f"{SHOP}:{shops[0].pk}"}).status_code == 422
    assert AccessLimit.objects.filter(user=member).count() == 1


def test_names_beyond_ones_reach_are_not_told(
    owner: User, member: User, shops: list[Company], acts: Acts, signed_in: SignedIn
) -> None:
    AccessLimit.objects.create(user=owner, kind=SHOP, object_id=shops[1].pk)
    AccessLimit.objects.create(user=member, kind=SHOP, object_id=shops[0].pk)
    browser = signed_in(member)
    for path in (f"/people/{owner.pk}/", "/people/who-may/?right=core.view_people", "/people/"):
        page = browser.get(path).content.decode()
        assert "Shop B" not in page, path


def test_switching_off_asks_why_and_says_what_happens(owner: User, member: User, signed_in: SignedIn) -> None:
    browser, url = signed_in(owner), f"/people/{member.pk}/do/stop/"
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"reason": ""}).status_code == 422
    assert User.objects.get(pk=member.pk).is_active
    assert browser.post(url, {"reason": "left the company"}).status_code == 302
    assert not User.objects.get(pk=member.pk).is_active
    page = browser.get(f"/people/{member.pk}/").content.decode()
    assert "left the company" in page and "Switch on" in page
    assert browser.post(f"/people/{member.pk}/do/resume/").status_code == 302
    assert User.objects.get(pk=member.pk).is_active


def test_somebody_is_invited_by_a_form(owner: User, roles: Roles, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    fields = {
        "name": "Dana",
        "email": "dana@example.com",
        "language": "",
        "time_zone": "Europe/Paris",
        "roles": [roles["picker"].pk, roles["packer"].pk],
    }
    answer = browser.post("/people/add/", fields)
    dana = User.objects.get(email="dana@example.com")
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{dana.pk}/")
    assert sorted(role.code for role in dana.roles.all()) == ["packer", "picker"]
    again = browser.post("/people/add/", fields)
    assert again.status_code == 422
    assert "There is an account with this mail address already." in again.content.decode()
    assert User.objects.filter(email="dana@example.com").count() == 1


def test_what_is_done_on_a_page_is_kept_with_its_address(owner: User, member: User, signed_in: SignedIn) -> None:
    fields = {"name": "Maxi", "email": "max@example.com", "language": "", "time_zone": "UTC", "version": 1}
    signed_in(owner).post(f"/people/{member.pk}/edit/", fields, REMOTE_ADDR="192.0.2.77")
    event = member.events.order_by("-pgh_id").first()  # type: ignore[attr-defined]  # made by pghistory
    assert event.name == "Maxi"
    assert event.pgh_context.metadata["from"] == "192.0.2.77"
    assert event.pgh_context.metadata["actor"]["name"] == "Olga"
    assert SecurityEvent.objects.get(kind="account_changed").ip == "192.0.2.77"


def test_a_limited_manager_invites_people_with_the_same_limits(
    officer: User, roles: Roles, shops: list[Company], acts: Acts, signed_in: SignedIn
) -> None:
    AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shops[2].pk)
    fields = {"name": "Dana", "email": "dana@example.com", "language": "", "time_zone": "UTC", "roles": []}
    assert signed_in(officer).post("/people/add/", fields).status_code == 302
    assert acts(User.objects.get(email="dana@example.com")).limits == {SHOP: frozenset({shops[2].pk})}


def test_a_form_cannot_write_what_it_does_not_show(owner: User, member: User, signed_in: SignedIn) -> None:
    """Mass assignment: every column of an account is sent along, and none of them sticks."""
    fields = {
        "name": "Maxi",
        "email": "max@example.com",
        "language": "",
        "time_zone": "UTC",
        "version": 1,
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "password": "x",
        "id": 1,
        "must_set_password": "on",
        "roles": [Role.objects.get(code="administrator").pk],
    }
    assert signed_in(owner).post(f"/people/{member.pk}/edit/", fields).status_code == 302
    after = User.objects.get(pk=member.pk)
    assert (after.name, after.is_superuser, after.is_staff, after.is_active, after.must_set_password) == (
        "Maxi",
        False,
        False,
        True,
        False,
    )
    assert after.check_password(PASSWORD)
    assert [role.code for role in after.roles.all()] == ["clerk"]
