"""Second factors: asked for where a role says so, encrypted, used once, locked after failures, taken by an administrator."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.models.people import Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.services.sign_in import remove_second_factor
from tests.core.people.conftest import PASSWORD, make_user

Acts = Callable[[User], Actor]
SignedIn = Callable[[User], Client]
DUTY = "/account/second-factor/?duty=1"


@pytest.fixture(autouse=True)
def strict(settings: Any, db: None) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    cache.clear()


def code_now(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def with_app(user: User) -> str:
    """Give somebody an authenticator app, as its own page does; returns its secret."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def kinds(user: User) -> list[str]:
    return list(SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def start(user: User) -> Client:
    """Past the password, before the code."""
    browser = Client()
    answer = browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"].startswith("/account/second-factor/authenticate/")
    assert "_auth_user_id" not in browser.session
    return browser


def give(browser: Client, code: str) -> HttpResponse:
    return browser.post("/account/second-factor/authenticate/", {"code": code})


def test_secrets_lie_encrypted(stranger: User) -> None:
    secret = with_app(stranger)
    stored = str(Authenticator.objects.get(user=stranger).data)
    assert secret not in stored
    assert "enc1." in stored


def test_signs_in_with_password_and_code(stranger: User) -> None:
    secret = with_app(stranger)
    browser = start(stranger)
    assert give(browser, code_now(secret)).status_code == 302
    assert browser.session["_auth_user_id"] == str(stranger.pk)
    assert SecurityEvent.objects.get(kind="signed_in").facts == {"by": ["password", "totp"]}


def test_a_code_works_once(stranger: User) -> None:
    secret = with_app(stranger)
    code = code_now(secret)
    give(start(stranger), code)
    second = start(stranger)
    assert give(second, code).status_code == 200
    assert "_auth_user_id" not in second.session


def test_five_wrong_codes_lock_the_right_one_out(stranger: User, clock: FrozenClock) -> None:
    secret = with_app(stranger)
    browser = start(stranger)
    for _ in range(5):
        assert give(browser, "000000").status_code == 200
    answer = give(start(stranger), code_now(secret))
    assert answer.status_code == 200
    assert "too many failures" in str(answer.context["form"].errors)
    assert kinds(stranger) == ["second_factor_failed"] * 5
    clock.advance(minutes=5)
    assert give(start(stranger), code_now(secret)).status_code == 302


def test_a_role_leads_to_the_page_of_the_second_factor_and_nowhere_else(
    owner: User, member: User, signed_in: SignedIn
) -> None:
    browser = signed_in(owner)
    for path in ("/", "/people/", "/api/v1/anything", "/nowhere/"):
        answer = browser.get(path)
        if path.startswith("/api/"):
            assert (answer.status_code, answer.json()["code"]) == (403, "account_duty")
        else:
            assert (answer.status_code, answer["Location"]) == (302, DUTY)
    assert browser.get("/people/", HTTP_HX_REQUEST="true")["HX-Redirect"] == DUTY
    assert "needs a second factor" in browser.get(DUTY).content.decode()
    assert signed_in(member).get("/nowhere/").status_code == 404
    with_app(owner)
    assert browser.get("/nowhere/").status_code == 404


def test_recovery_codes_alone_are_no_second_factor(owner: User, signed_in: SignedIn) -> None:
    Authenticator.objects.create(user=owner, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert signed_in(owner).get("/nowhere/")["Location"] == DUTY


def test_is_asked_for_from_the_moment_the_role_is_given(
    stranger: User, roles: dict[str, Role], signed_in: SignedIn
) -> None:
    browser = signed_in(stranger)
    assert browser.get("/nowhere/").status_code == 404
    stranger.roles.add(roles["accountant"])
    assert browser.get("/nowhere/").status_code == 302
    Role.objects.filter(code="accountant").update(needs_second_factor=False)
    assert browser.get("/nowhere/").status_code == 404


def test_a_one_time_password_must_be_changed_before_anything_else(roles: dict[str, Role], signed_in: SignedIn) -> None:
    user = make_user("first@example.com", must_set_password=True)
    browser = signed_in(user)
    assert browser.get("/nowhere/")["Location"] == "/account/password/change/?duty=1"
    new = "nine green bottles hanging"
    browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    user.refresh_from_db()
    assert user.must_set_password is False
    assert signed_in(user).get("/nowhere/").status_code == 404


def reauthenticated(user: User) -> Client:
    browser = Client()
    browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return browser


def test_adds_an_app_and_writes_it_down(
    stranger: User, signed_in: SignedIn, django_capture_on_commit_callbacks: Any
) -> None:
    browser = signed_in(stranger)
    page = browser.get("/account/second-factor/totp/activate/")
    assert page.status_code == 302 and page["Location"].startswith("/account/reauthenticate/")
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    browser.get("/account/second-factor/totp/activate/")
    secret = browser.session[totp.SECRET_SESSION_KEY]
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/account/second-factor/totp/activate/", {"code": code_now(secret)})
    assert answer.status_code == 302
    assert sorted(Authenticator.objects.filter(user=stranger).values_list("type", flat=True)) == [
        "recovery_codes",
        "totp",
    ]
    added = SecurityEvent.objects.filter(kind="second_factor_added", user=stranger)
    assert sorted(row.facts["type"] for row in added) == ["recovery_codes", "totp"]


def test_the_last_factor_stays_while_a_role_needs_it(owner: User, roles: dict[str, Role], signed_in: SignedIn) -> None:
    secret = with_app(owner)
    browser = start(owner)
    give(browser, code_now(secret))
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    answer = browser.post("/account/second-factor/totp/deactivate/")
    assert answer.status_code == 200
    assert "your only one" in answer.content.decode()
    assert Authenticator.objects.filter(user=owner, type="totp").count() == 1
    owner.roles.set([roles["picker"]])
    assert browser.post("/account/second-factor/totp/deactivate/").status_code == 302
    assert Authenticator.objects.filter(user=owner).count() == 0
    assert kinds(owner)[-1] == "second_factor_removed"


def test_an_administrator_takes_it_from_somebody_who_lost_it(owner: User, stranger: User, acts: Acts) -> None:
    secret = with_app(stranger)
    browser = start(stranger)
    give(browser, code_now(secret))
    assert Session.objects.filter(user=stranger).count() == 1
    assert remove_second_factor(user_id=stranger.pk, actor=acts(owner), reason="lost phone") == 1
    assert Authenticator.objects.filter(user=stranger).count() == 0
    assert Session.objects.filter(user=stranger).count() == 0
    row = SecurityEvent.objects.get(kind="second_factor_removed")
    assert row.facts == {"types": ["totp"], "sessions": 1, "reason": "lost phone"}


def test_the_demo_asks_nobody(owner: User, signed_in: SignedIn, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert signed_in(owner).get("/nowhere/").status_code == 404
