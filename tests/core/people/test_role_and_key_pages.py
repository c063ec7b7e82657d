"""The pages of roles and of keys."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backoffice.core.actors import Actor
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import MANAGE_PEOPLE, MANAGE_SETTINGS, VIEW_JOBS, VIEW_PEOPLE
from backoffice.core.services.api_keys import key_from_secret

Acts = Callable[[User], Actor]
SignedIn = Callable[[User], Client]
Roles = dict[str, Role]

# --- roles ----------------------------------------------------------------------------------------------------------


def test_rights_are_ticked_on_the_page_of_a_role(owner: User, roles: Roles, signed_in: SignedIn) -> None:
    browser, clerk = signed_in(owner), roles["clerk"]
    page = browser.get(f"/roles/{clerk.pk}/").content.decode()
    assert "See the people, their roles and what each of them may do" in page
    seen = ",".join(sorted(clerk.permissions))
    answer = browser.post(f"/roles/{clerk.pk}/do/rights/", {"permissions": [VIEW_JOBS], "seen": seen})
    assert answer.status_code == 302
    assert Role.objects.get(pk=clerk.pk).permissions == [VIEW_JOBS]
    stale = browser.post(f"/roles/{clerk.pk}/do/rights/", {"permissions": [VIEW_PEOPLE], "seen": seen})
    assert stale.status_code == 422
    assert Role.objects.get(pk=clerk.pk).permissions == [VIEW_JOBS]


def test_an_officer_cannot_tick_a_right_it_lacks(officer: User, roles: Roles, signed_in: SignedIn) -> None:
    browser, clerk = signed_in(officer), roles["clerk"]
    page = browser.get(f"/roles/{clerk.pk}/").content.decode()
    assert re.search(rf'value="{re.escape(MANAGE_SETTINGS)}" id="[^"]+" disabled>', page)
    sent = {"permissions": [*clerk.permissions, MANAGE_SETTINGS], "seen": ",".join(sorted(clerk.permissions))}
    answer = browser.post(f"/roles/{clerk.pk}/do/rights/", sent)
    assert answer.status_code == 422
    assert "You cannot give what you do not have" in answer.content.decode()
    assert Role.objects.get(pk=clerk.pk).permissions == sorted(clerk.permissions)


def test_a_role_is_made_named_and_switched_off(owner: User, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    answer = browser.post("/roles/add/", {"name": "Night shift", "code": "night", "description": ""})
    role = Role.objects.get(code="night")
    assert answer["Location"] == f"/roles/{role.pk}/"
    assert (role.permissions, role.needs_second_factor) == ([], False)
    fields = {"name": "Night", "description": "Works at night.", "needs_second_factor": "on", "version": 1}
    assert browser.post(f"/roles/{role.pk}/edit/", fields).status_code == 302
    role.refresh_from_db()
    assert (role.name, role.needs_second_factor, role.version) == ("Night", True, 2)
    assert browser.post(f"/roles/{role.pk}/edit/", fields).status_code == 409
    assert browser.post(f"/roles/{role.pk}/do/switch_off/").status_code == 302
    assert Role.objects.get(code="night").is_active is False
    assert browser.post(f"/roles/{role.pk}/do/switch_on/").status_code == 302
    assert Role.objects.get(code="night").is_active is True


def test_the_administrators_role_is_shown_closed(owner: User, roles: Roles, signed_in: SignedIn) -> None:
    page = signed_in(owner).get(f"/roles/{roles['administrator'].pk}/").content.decode()
    assert "The administrator always has every right" in page
    assert not re.search(r'name="permissions" value="[^"]+" id="[^"]+"(?: checked)?>', page)


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_key_is_made_shown_once_and_revoked(owner: User, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    form = browser.get("/api-keys/add/").content.decode()
    assert f'value="{VIEW_JOBS}"' in form and f'value="{MANAGE_PEOPLE}"' not in form
    command = re.search(r'name="command" value="([^"]+)"', form)
    assert command is not None
    sent = {
        "name": "Shop sync",
        "last_day": browser.get("/api-keys/add/").context["form"]["last_day"].value().isoformat(),
        "permissions": [VIEW_JOBS],
        "command": command.group(1),
    }
    made = browser.post("/api-keys/add/", sent)
    assert (made.status_code, made["Cache-Control"]) == (200, "no-store")
    secret = re.search(r"bo_[A-Za-z0-9]{10}_[A-Za-z0-9]{43}", made.content.decode())
    assert secret is not None
    key = ApiKey.objects.get()
    assert key_from_secret(secret.group(0)) == key

    again = browser.post("/api-keys/add/", sent)
    assert (again.status_code, again["Location"]) == (302, f"/api-keys/{key.pk}/")
    assert ApiKey.objects.count() == 1
    for path in ("/api-keys/", f"/api-keys/{key.pk}/", f"/api-keys/{key.pk}/history/", "/security-log/"):
        page = browser.get(path).content.decode()
        assert secret.group(0).rpartition("_")[2] not in page, path
        assert key.secret_hash not in page, path

    assert browser.post(f"/api-keys/{key.pk}/do/revoke/", {"reason": ""}).status_code == 422
    assert browser.post(f"/api-keys/{key.pk}/do/revoke/", {"reason": "lost"}).status_code == 302
    assert key_from_secret(secret.group(0)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"permissions": []},
        {"permissions": [MANAGE_PEOPLE]},
        {"permissions": ["core.fly"]},
        {"last_day": "2001-01-01"},
        {"last_day": "2999-01-01"},
        {"last_day": "soon"},
    ],
)
def test_refuses_a_bad_key_and_keeps_what_was_typed(wrong: dict[str, Any], owner: User, signed_in: SignedIn) -> None:
    browser = signed_in(owner)
    day = browser.get("/api-keys/add/").context["form"]["last_day"].value().isoformat()
    answer = browser.post("/api-keys/add/", {"name": "Typed", "last_day": day, "permissions": [VIEW_JOBS], **wrong})
    assert answer.status_code == 422
    assert ApiKey.objects.count() == 0
    assert wrong.get("name") == "" or 'value="Typed"' in answer.content.decode()
