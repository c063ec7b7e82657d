"""Accounts: invited, changed, switched off and on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test import Client

from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, DomainError, Invalid, NotPermitted, Refused
from backoffice.core.models.companies import Company
from backoffice.core.models.messages import Message
from backoffice.core.models.people import Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.permissions import MANAGE_MESSAGES, VIEW_MESSAGES
from backoffice.core.services.accounts import (
    change_account,
    change_own_profile,
    invite_account,
    resume_account,
    send_link_again,
    stop_account,
)
from backoffice.core.services.messages import opened_body, send_waiting_messages, shown_body
from tests.core.people.conftest import PASSWORD, SHOP, make_user

Acts = Callable[[User], Actor]
Roles = dict[str, Role]
LINK = re.compile(r"https?://[^/\s]+(/account/password/reset/key/\S+)")


def addresses() -> list[tuple[str, str, bool, bool]]:
    rows = EmailAddress.objects.select_related("user").order_by("user__email", "email")
    return [(row.user.email, row.email, row.verified, row.primary) for row in rows]


def test_invites_with_roles_and_limits_and_mails_a_link(
    owner: User, roles: Roles, shops: list[Company], acts: Acts, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://shop.example.com"
    user = invite_account(
        email=" Dana.Levi@Example.COM ",
        name="Dana Levi",
        role_ids=[roles["picker"].pk],
        limits={SHOP: [shops[1].pk]},
        language="fr",
        time_zone="Europe/Paris",
        actor=acts(owner),
        reason="new in the team",
    )
    assert (user.email, user.name, user.language, user.time_zone) == (
        "dana.levi@example.com",
        "Dana Levi",
        "fr",
        "Europe/Paris",
    )
    assert not user.has_usable_password()
    assert not user.is_staff and not user.is_superuser
    assert acts(user).limits == {SHOP: frozenset({shops[1].pk})}
    assert [role.code for role in user.roles.all()] == ["picker"]
    assert addresses() == [("dana.levi@example.com", "dana.levi@example.com", True, True)]
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.language) == ("core.invitation", "dana.levi@example.com", "fr")
    kinds = list(SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["account_made", "limits_changed", "role_given", "password_link_sent"]


def test_whoever_reads_messages_does_not_see_the_link(owner: User, acts: Acts) -> None:
    invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    message = Message.objects.get()
    assert "\n\n⟦link⟧\n\n" in message.body
    match = LINK.search(opened_body(message))
    assert match is not None
    token = match.group(1).rstrip("/").rpartition("-")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


def test_the_page_of_messages_shows_the_link_where_mails_go_nowhere_else(
    owner: User, acts: Acts, settings: Any
) -> None:
    user = invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    message, reader = Message.objects.get(), Actor("user", user.pk, "R", frozenset({VIEW_MESSAGES, MANAGE_MESSAGES}))
    settings.MAIL_DELIVERY = "page"
    assert LINK.search(shown_body(message, acts(owner))) is not None
    assert LINK.search(shown_body(message, reader)) is None
    settings.MAIL_DELIVERY = "smtp"
    assert LINK.search(shown_body(message, acts(owner))) is None


def test_the_mail_itself_holds_the_link(owner: User, acts: Acts, settings: Any, mailoutbox: Any) -> None:
    invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    settings.MAIL_DELIVERY = "smtp"
    assert send_waiting_messages() == 1
    assert [mail.to for mail in mailoutbox] == [["dana@example.com"]]
    assert LINK.search(mailoutbox[0].body) is not None
    assert "⟦" not in mailoutbox[0].body


def test_the_link_sets_a_password_once(owner: User, acts: Acts) -> None:
    user = invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    match = LINK.search(opened_body(Message.objects.get()))
    assert match is not None
    path = match.group(1)
    browser = Client()
    form = browser.get(path, follow=True)
    assert form.status_code == 200
    here = form.redirect_chain[-1][0]
    answer = browser.post(here, {"password1": "seventeen bright owls", "password2": "seventeen bright owls"})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.check_password("seventeen bright owls")
    assert SecurityEvent.objects.filter(kind="password_changed", user=user).count() == 1

    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()
    another = Client()
    another.get(path, follow=True)
    another.post(here, {"password1": "stolen stolen stolen", "password2": "stolen stolen stolen"})
    user.refresh_from_db()
    assert user.check_password("seventeen bright owls")


@pytest.mark.parametrize("weak", ["short", "1q2w3e4r5t6y", "dana@example.com", "98765432109876"])
def test_refuses_a_weak_password(owner: User, acts: Acts, weak: str) -> None:
    user = invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    match = LINK.search(opened_body(Message.objects.get()))
    assert match is not None
    browser = Client()
    here = browser.get(match.group(1), follow=True).redirect_chain[-1][0]
    answer = browser.post(here, {"password1": weak, "password2": weak})
    assert answer.status_code == 200
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("", "Dana"),
        ("dana", "Dana"),
        ("dana@", "Dana"),
        ("dana@example", "Dana"),
        ("dána@example.com", "Dana"),
        ("dana@example.com\nBcc: all@example.com", "Dana"),
        ("x" * 250 + "@example.com", "Dana"),
        ("dana@example.com", ""),
        ("dana@example.com", "x" * 151),
        ("dana@example.com", "Da\x00na"),
    ],
)
def test_refuses_bad_addresses_and_names(owner: User, acts: Acts, email: str, name: str) -> None:
    before = User.objects.count()
    with pytest.raises(Invalid) as refusal:
        invite_account(email=email, name=name, actor=acts(owner))
    assert refusal.value.field in ("email", "name")
    assert User.objects.count() == before
    assert Message.objects.count() == 0


def test_writes_an_international_domain_in_its_ascii_form(owner: User, acts: Acts) -> None:
    user = invite_account(email="dana@bücher.example", name="Dana", actor=acts(owner))
    assert user.email == "dana@xn--bcher-kva.example"


def test_refuses_a_second_account_with_one_address(owner: User, member: User, acts: Acts) -> None:
    with pytest.raises(Conflict) as refusal:
        invite_account(email="MAX@example.com", name="Max again", actor=acts(owner))
    assert refusal.value.field == "email"
    assert User.objects.filter(email__iexact="max@example.com").count() == 1
    assert Message.objects.count() == 0


@pytest.mark.django_db
def test_the_database_refuses_capitals_in_an_address() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Dana@example.com", name="Dana")


def test_changes_an_account_and_its_address_everywhere(owner: User, member: User, acts: Acts, signed_in: Any) -> None:
    signed_in(member)
    user = change_account(
        user_id=member.pk, values={"name": "Maxine", "email": "Maxine@example.com"}, version=1, actor=acts(owner)
    )
    assert (user.name, user.email, user.version) == ("Maxine", "maxine@example.com", 2)
    assert addresses() == [("maxine@example.com", "maxine@example.com", True, True)]
    assert Session.objects.filter(user=member).count() == 0
    row = SecurityEvent.objects.get(kind="account_changed")
    assert row.facts == {
        "fields": ["email", "name"],
        "email_before": "max@example.com",
        "email_after": "maxine@example.com",
    }
    assert Client().login(email="max@example.com", password=PASSWORD) is False
    assert Client().login(email="maxine@example.com", password=PASSWORD) is True


def test_a_link_sent_before_ends_when_the_address_changes(owner: User, acts: Acts) -> None:
    user = invite_account(email="dana@example.com", name="Dana", actor=acts(owner))
    match = LINK.search(opened_body(Message.objects.get()))
    assert match is not None
    change_account(user_id=user.pk, values={"email": "dana.l@example.com"}, version=None, actor=acts(owner))
    assert "password1" not in Client().get(match.group(1), follow=True).content.decode()


def test_refuses_an_edit_of_an_old_copy(owner: User, member: User, acts: Acts) -> None:
    change_account(user_id=member.pk, values={"name": "First"}, version=1, actor=acts(owner))
    with pytest.raises(Conflict) as refusal:
        change_account(user_id=member.pk, values={"name": "Second"}, version=1, actor=acts(owner))
    assert refusal.value.facts["version"] == 2
    assert User.objects.get(pk=member.pk).name == "First"


def test_changing_nothing_writes_nothing(owner: User, member: User, acts: Acts) -> None:
    change_account(user_id=member.pk, values={"name": member.name}, version=1, actor=acts(owner))
    assert User.objects.get(pk=member.pk).version == 1
    assert SecurityEvent.objects.filter(kind="account_changed").count() == 0


def test_a_person_changes_the_own_profile_and_no_more(stranger: User, acts: Acts) -> None:
    values = {"name": "Samira", "language": "he", "time_zone": "Asia/Jerusalem", "theme": "dark"}
    change_own_profile(values=values, version=1, actor=acts(stranger))
    stranger.refresh_from_db()
    assert {field: getattr(stranger, field) for field in values} == values
    for field, value in (("email", "boss@example.com"), ("is_superuser", True), ("is_active", False), ("roles", [1])):
        with pytest.raises(Invalid) as refusal:
            change_own_profile(values={field: value}, version=None, actor=acts(stranger))
        assert (refusal.value.code, refusal.value.field) == ("field_not_writable", field)
    assert User.objects.get(pk=stranger.pk).email == "sam@example.com"


@pytest.mark.parametrize(
    ("field", "value"), [("language", "xx"), ("time_zone", "../etc/passwd"), ("time_zone", "GMT+2"), ("theme", "pink")]
)
def test_refuses_what_no_profile_can_hold(stranger: User, acts: Acts, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change_own_profile(values={field: value}, version=None, actor=acts(stranger))
    assert refusal.value.field == field
    assert getattr(User.objects.get(pk=stranger.pk), field) == getattr(stranger, field)


def test_switching_off_ends_every_session_and_keeps_the_roles(
    owner: User, member: User, acts: Acts, signed_in: Callable[[User], Client]
) -> None:
    browsers = [signed_in(member) for _ in range(2)]
    stop_account(user_id=member.pk, actor=acts(owner), reason="left")
    assert Session.objects.filter(user=member).count() == 0
    for browser in browsers:
        assert browser.get("/account/password/change/").status_code == 302
    assert Client().login(email=member.email, password=PASSWORD) is False
    row = SecurityEvent.objects.get(kind="account_stopped")
    assert row.facts == {"sessions": 2, "reason": "left"}
    stop_account(user_id=member.pk, actor=acts(owner))
    assert SecurityEvent.objects.filter(kind="account_stopped").count() == 1

    resume_account(user_id=member.pk, actor=acts(owner))
    assert [role.code for role in member.roles.all()] == ["clerk"]
    assert Client().login(email=member.email, password=PASSWORD) is True


def test_refuses_a_link_for_an_account_that_is_off(owner: User, acts: Acts) -> None:
    user = make_user("off@example.com", is_active=False)
    with pytest.raises(Refused):
        send_link_again(user_id=user.pk, actor=acts(owner))
    assert Message.objects.count() == 0


def test_a_second_link_is_an_invitation_until_there_is_a_password(owner: User, member: User, acts: Acts) -> None:
    fresh = make_user("fresh@example.com", password=None)
    send_link_again(user_id=fresh.pk, actor=acts(owner))
    send_link_again(user_id=member.pk, actor=acts(owner))
    assert list(Message.objects.order_by("pk").values_list("kind", flat=True)) == [
        "core.invitation",
        "core.password_link",
    ]


ACTS: dict[str, Callable[[User, Actor], object]] = {
    "invite": lambda user, actor: invite_account(email="x@example.com", name="X", actor=actor),
    "link": lambda user, actor: send_link_again(user_id=user.pk, actor=actor),
    "change": lambda user, actor: change_account(user_id=user.pk, values={"name": "X"}, version=None, actor=actor),
    "stop": lambda user, actor: stop_account(user_id=user.pk, actor=actor),
    "resume": lambda user, actor: resume_account(user_id=user.pk, actor=actor),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["member", "stranger"])
def test_needs_the_right_to_manage_people(
    act: str, who: str, request: pytest.FixtureRequest, owner: User, acts: Acts
) -> None:
    actor = acts(request.getfixturevalue(who))
    target = make_user("tom@example.com")
    before = (User.objects.count(), User.objects.values_list("name", "is_active", "version").get(pk=target.pk))
    with pytest.raises(NotPermitted):
        ACTS[act](target, actor)
    assert (User.objects.count(), User.objects.values_list("name", "is_active", "version").get(pk=target.pk)) == before
    assert Message.objects.count() == 0
    assert SecurityEvent.objects.filter(user=target).count() == 0


def test_a_program_has_no_profile(owner: User) -> None:
    with pytest.raises(DomainError):
        change_own_profile(values={"name": "X"}, version=None, actor=Actor("key", owner.pk, "K", frozenset()))
    assert User.objects.get(pk=owner.pk).name == "Olga"
