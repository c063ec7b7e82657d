"""The first person of an installation, and the way back in."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from backoffice.core.models.companies import Company
from backoffice.core.models.people import AccessLimit, Role, User
from backoffice.core.models.security import SecurityEvent
from tests.core.people.conftest import SHOP, make_user

pytestmark = pytest.mark.django_db


def run(*args: str) -> str:
    out = StringIO()
    call_command("first_administrator", *args, stdout=out)
    return out.getvalue()


def password_in(output: str) -> str:
    match = re.search(r"Password: +([a-z2-9]{5}(?:-[a-z2-9]{5}){3})\n", output)
    assert match is not None, output
    return match.group(1)


def test_makes_one_with_a_password_that_must_be_changed() -> None:
    output = run("--email", "Olga@Example.com", "--name", "Olga")
    user = User.objects.get()
    assert (user.email, user.is_superuser, user.is_staff, user.must_set_password) == (
        "olga@example.com",
        False,
        False,
        True,
    )
    assert [role.code for role in user.roles.all()] == ["administrator"]
    assert "http://localhost:8000/account/login/" in output
    browser = Client()
    browser.post("/account/login/", {"login": user.email, "password": password_in(output)})
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert browser.get("/")["Location"] == "/account/password/change/?duty=1"


def test_refuses_a_second_one() -> None:
    run("--email", "olga@example.com", "--name", "Olga")
    with pytest.raises(CommandError, match="There is an administrator already"):
        run("--email", "eve@example.com", "--name", "Eve")
    assert User.objects.count() == 1


def test_refuses_a_bad_address_and_makes_nothing() -> None:
    with pytest.raises(CommandError, match="not a mail address"):
        run("--email", "olga", "--name", "Olga")
    assert User.objects.count() == 0
    assert Role.objects.count() == 0


def test_rescues_an_account_that_was_switched_off_and_limited(shops: list[Company]) -> None:
    run("--email", "olga@example.com", "--name", "Olga")
    lost = make_user("max@example.com", is_active=False)
    AccessLimit.objects.create(user=lost, kind=SHOP, object_id=shops[0].pk)
    output = run("--email", "max@example.com", "--name", "ignored", "--rescue")
    lost.refresh_from_db()
    assert (lost.name, lost.is_active, lost.must_set_password, lost.limits.count()) == ("Max", True, True, 0)
    assert lost.check_password(password_in(output))
    kinds = list(SecurityEvent.objects.filter(user=lost).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["role_given", "password_changed"]


def test_seeding_says_what_it_did() -> None:
    out = StringIO()
    call_command("seed_roles", stdout=out)
    assert out.getvalue().splitlines()[0].startswith("accountant: core.share_views, core.view_audit")
    again = StringIO()
    call_command("seed_roles", stdout=again)
    assert again.getvalue() == "Nothing to do.\n"
