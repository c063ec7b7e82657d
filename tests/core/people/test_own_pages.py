"""One's own profile, the answer to who may do what, and Django's admin."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.core.actors import Actor
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.models.sessions import Session
from backoffice.core.permissions import VIEW_JOBS
from backoffice.core.services.api_keys import make_key
from tests.core.people.conftest import PASSWORD, make_user

Acts = Callable[[User], Actor]
SignedIn = Callable[[User], Client]
Roles = dict[str, Role]


@pytest.fixture
def key(owner: User, acts: Acts) -> ApiKey:
    return make_key(name="Shop sync", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None).key


# --- one's own account ----------------------------------------------------------------------------------------------


def test_a_person_sees_and_changes_the_own_profile(stranger: User, signed_in: SignedIn) -> None:
    browser = signed_in(stranger)
    page = browser.get("/profile/").content.decode()
    assert "sam@example.com" in page and "Nothing yet" in page
    sent = {"name": "Samira", "language": "fr", "time_zone": "Europe/Paris", "theme": "dark", "version": 1}
    assert browser.post("/profile/", sent).status_code == 302
    stranger.refresh_from_db()
    assert (stranger.name, stranger.language, stranger.time_zone, stranger.theme) == (
        "Samira",
        "fr",
        "Europe/Paris",
        "dark",
    )
    assert browser.post("/profile/", sent).status_code == 409
    for bad in ({"time_zone": "Mars/Base"}, {"theme": "pink"}, {"language": "xx"}, {"name": ""}):
        assert browser.post("/profile/", {**sent, "version": 2, **bad}).status_code == 422, bad
    assert User.objects.get(pk=stranger.pk).version == 2


def test_a_profile_cannot_be_used_to_become_more(stranger: User, signed_in: SignedIn) -> None:
    sent = {
        "name": "Sam",
        "language": "",
        "time_zone": "UTC",
        "theme": "auto",
        "version": 1,
        "email": "boss@example.com",
        "is_superuser": "on",
        "roles": [1],
    }
    signed_in(stranger).post("/profile/", sent)
    after = User.objects.get(pk=stranger.pk)
    assert (after.email, after.is_superuser, after.roles.count()) == ("sam@example.com", False, 0)


def test_sessions_are_ended_from_the_profile(stranger: User, owner: User, signed_in: SignedIn) -> None:
    here, there, third, foreign = signed_in(stranger), signed_in(stranger), signed_in(stranger), signed_in(owner)
    found = here.get("/profile/").context["sessions"]
    assert [row.is_this for row in found] == [True, False, False]
    from backoffice.core.selectors.sessions import reference_of

    reference = reference_of(there.session.session_key)
    assert here.post("/profile/sessions/", {"session": reference}).status_code == 302
    assert there.get("/profile/").status_code == 302
    assert third.get("/profile/").status_code == 200
    # Somebody else's session cannot be ended by its reference.
    here.post("/profile/sessions/", {"session": reference_of(foreign.session.session_key)})
    assert foreign.get("/profile/").status_code in (200, 302)
    assert Session.objects.filter(user=owner).count() == 1
    here.post("/profile/sessions/")
    assert third.get("/profile/").status_code == 302
    assert here.get("/profile/").status_code == 200


def test_who_may_names_people_and_keys(owner: User, member: User, key: ApiKey, signed_in: SignedIn) -> None:
    browser = signed_in(member)
    page = browser.get(f"/people/who-may/?right={VIEW_JOBS}").content.decode()
    assert "Max" in page and "Clerk" in page and "Olga" in page and "Shop sync" in page
    assert f'href="/api-keys/{key.pk}/"' not in page
    unknown = browser.get("/people/who-may/?right=core.fly<script>")
    assert unknown.status_code == 404
    assert "<script>alert" not in unknown.content.decode() and "core.fly<" not in unknown.content.decode()


# --- django's admin -------------------------------------------------------------------------------------------------


def test_the_admin_has_no_door_of_its_own(owner: User, signed_in: SignedIn) -> None:
    answer = Client().get("/django-admin/login/")
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/account/login/")
    wrong = Client().post("/django-admin/login/", {"username": owner.email, "password": PASSWORD})
    assert wrong.status_code == 302
    assert signed_in(owner).get("/django-admin/").status_code in (302, 403)


@pytest.mark.parametrize("model", ["user", "role", "apikey", "accesslimit", "securityevent"])
def test_the_admin_shows_and_changes_nothing(
    model: str, roles: Roles, owner: User, acts: Acts, signed_in: SignedIn
) -> None:
    support = make_user("root@example.com", is_superuser=True, is_staff=True)
    made = make_key(name="Shop sync", permissions=[VIEW_JOBS], actor=acts(owner), expires_at=None)
    browser = signed_in(support)
    listing = browser.get(f"/django-admin/core/{model}/")
    assert listing.status_code == 200
    assert made.key.secret_hash not in listing.content.decode()
    assert browser.get(f"/django-admin/core/{model}/add/").status_code == 403
    if model == "user":
        page = browser.get(f"/django-admin/core/user/{owner.pk}/change/").content.decode()
        assert "olga@example.com" in page and owner.password not in page
        assert browser.post(f"/django-admin/core/user/{owner.pk}/change/", {"name": "X"}).status_code == 403
        assert User.objects.get(pk=owner.pk).name == "Olga"


def test_the_admin_never_shows_the_key_of_a_session(roles: Roles, signed_in: SignedIn) -> None:
    browser = signed_in(make_user("root@example.com", is_superuser=True, is_staff=True))
    page = browser.get("/django-admin/core/session/")
    assert page.status_code == 200 and "Root" in page.content.decode()
    assert browser.session.session_key not in page.content.decode()


def test_every_page_of_this_room_has_a_name() -> None:
    for name in ("core_user_list", "core_role_list", "core_api_key_list", "core_who_may", "core_profile"):
        assert reverse(name).startswith("/")
