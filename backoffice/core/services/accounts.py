"""Accounts of people: made by invitation, changed, switched off and on again. Nobody signs up by themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Refused
from backoffice.core.locks import lock_one
from backoffice.core.mail_addresses import mail_address
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import MANAGE_PEOPLE
from backoffice.core.services.account_mails import send_password_link
from backoffice.core.services.escalation import (
    is_self,
    keeping_an_administrator,
    require_above,
    require_reach,
    require_somebody_else,
)
from backoffice.core.services.limits import checked_limits, write_limits
from backoffice.core.services.roles import set_roles
from backoffice.core.services.security_log import record
from backoffice.core.services.sign_in import drop_sessions
from backoffice.core.texts import clean_line
from backoffice.core.zones import zone_of

Kind = SecurityEvent.Kind
# What a person may change about the own account, and what those who manage people may change about any.
OWN_FIELDS = frozenset({"name", "language", "time_zone", "theme"})
FIELDS = OWN_FIELDS | {"email"}


def invite_account(
    *,
    email: str,
    name: str,
    actor: Actor,
    role_ids: Iterable[int] = (),
    limits: Mapping[str, Iterable[int]] | None = None,
    language: str = "",
    time_zone: str = "UTC",
    reason: str = "",
) -> User:
    """A new account, with roles and limits, and a mail with a link to set the first password.

    Conflict when the address has an account; Refused for rights and reach that the actor lacks.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason):
        user = new_account({"email": email, "name": name, "language": language, "time_zone": time_zone}, actor)
        wanted = checked_limits(limits or {}, actor)
        require_reach(actor, wanted)
        write_limits(user, {}, wanted)
        if wanted:
            after = {kind: sorted(ids) for kind, ids in wanted.items()}
            record(Kind.LIMITS_CHANGED, user=user, actor=actor, before={}, after=after)
        roles = list(role_ids)
        if roles:
            set_roles(user_id=user.pk, role_ids=roles, actor=actor, reason=reason)
        send_password_link(user=user, kind="invitation", actor=actor)
    return user


def new_account(values: Mapping[str, Any], actor: Actor) -> User:
    """An account without a password, a role or a mail, inside the caller's transaction. For services that go on from here."""
    user = User(is_active=True)
    _assign(user, values)
    user.set_unusable_password()
    _save(user)
    record(Kind.ACCOUNT_MADE, user=user, actor=actor)
    return user


def send_link_again(*, user_id: int, actor: Actor) -> User:
    """Mail a new link to set a password; links sent before stop working once one of them is used."""
    actor.require(MANAGE_PEOPLE)
    with acting(actor, "link to set a password"):
        user = lock_one(User.objects.all(), user_id)
        require_above(actor, user)
        if not user.is_active:
            raise Refused("account_is_off", _("This account is switched off."), hint=_("Switch it on first."))
        send_password_link(user=user, kind="password" if user.has_usable_password() else "invitation", actor=actor)
    return user


def change_account(
    *, user_id: int, values: Mapping[str, Any], version: int | None, actor: Actor, reason: str = ""
) -> User:
    """Change name, mail address, language, zone or theme. Conflict when `version` is not what is there now.

    With a new mail address everybody who is signed in on the account is signed out, and links sent to the old one end.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason):
        user = lock_one(User.objects.all(), user_id)
        require_above(actor, user)
        return _change(user, values, FIELDS, version, actor)


def change_own_profile(*, values: Mapping[str, Any], version: int | None, actor: Actor) -> User:
    """Change one's own name, language, zone or theme. The mail address is for those who manage people."""
    if actor.kind != "user" or actor.id is None:
        raise Refused("not_a_person", _("Only people have a profile."))
    with acting(actor):
        return _change(lock_one(User.objects.all(), actor.id), values, OWN_FIELDS, version, actor)


def _change(user: User, values: Mapping[str, Any], allowed: frozenset[str], version: int | None, actor: Actor) -> User:
    for field in sorted(set(values) - allowed):
        raise Invalid("field_not_writable", _("This cannot be changed here."), field=field)
    if version is not None and user.version != version:
        raise Conflict(
            "edited_meanwhile",
            _("Somebody changed this account while you were editing it."),
            hint=_("Look at what it is now, and repeat your change."),
            version=user.version,
        )
    before = {field: getattr(user, field) for field in values}
    _assign(user, values)
    changed = sorted(field for field in values if getattr(user, field) != before[field])
    if changed:
        user.version += 1
        _save(user)
        facts: dict[str, Any] = {"fields": changed}
        if "email" in changed:
            facts |= {"email_before": before["email"], "email_after": user.email}
            if not is_self(actor, user):
                drop_sessions(user)
        record(Kind.ACCOUNT_CHANGED, user=user, actor=actor, **facts)
    return user


def stop_account(*, user_id: int, actor: Actor, reason: str = "") -> User:
    """Switch an account off: every session ends at once, and nobody can sign in. API keys it made go on; they are listed.

    Refused for one's own account, for accounts above the actor and for the last administrator.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason), keeping_an_administrator():
        user = lock_one(User.objects.all(), user_id)
        require_somebody_else(actor, user)
        require_above(actor, user)
        if user.is_active:
            user.is_active, user.version = False, user.version + 1
            user.save(update_fields=["is_active", "version"])
            ended = drop_sessions(user)
            record(Kind.ACCOUNT_STOPPED, user=user, actor=actor, sessions=ended, reason=reason)
    return user


def resume_account(*, user_id: int, actor: Actor, reason: str = "") -> User:
    """Switch an account on again, with the roles and limits it had."""
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason):
        user = lock_one(User.objects.all(), user_id)
        require_somebody_else(actor, user)
        require_above(actor, user)
        if not user.is_active:
            user.is_active, user.version = True, user.version + 1
            user.save(update_fields=["is_active", "version"])
            record(Kind.ACCOUNT_RESUMED, user=user, actor=actor, reason=reason)
    return user


def _assign(user: User, values: Mapping[str, Any]) -> None:
    """Set the fields, each as it is kept; Invalid names the one that is wrong."""
    for field, value in values.items():
        if field == "email":
            user.email = mail_address(str(value))
        elif field == "name":
            user.name = clean_line(value, field="name", max_length=150)
        elif field == "language":
            if value and value not in dict(settings.LANGUAGES):
                raise Invalid("unknown_language", _("This language is not available."), field="language")
            user.language = value
        elif field == "time_zone":
            user.time_zone = zone_of(value, field="time_zone").key
        elif field == "theme":
            if value not in User.Theme.values:
                raise Invalid("unknown_theme", _("There is no such appearance."), field="theme")
            user.theme = value


def _save(user: User) -> None:
    """Save the account, and the row by which allauth knows its address: always this one, and no other."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise Conflict(
            "account_exists",
            _("There is an account with this mail address already."),
            field="email",
            hint=_("Look for it in the list of people; it may be switched off."),
        ) from None
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
