"""How allauth works in a house where nobody signs up by themselves: people are added by those who may.

allauth brings the pages, the second factors and the rate limits; what happens at the door is decided and written down here.
"""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from backoffice.core import crypto
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.origin import current_origin
from backoffice.core.selectors.access import may_lose_second_factor
from backoffice.core.services import sign_in
from backoffice.core.services.account_mails import send_notice
from backoffice.core.services.security_log import record

log = structlog.get_logger(__name__)
Kind = SecurityEvent.Kind
NOTICES: Final[Mapping[str, Words]] = {
    "account/email/password_changed": _("The password of your account was changed."),
    "account/email/password_reset": _("The password of your account was set anew, by a link that was mailed to you."),
    "account/email/password_set": _("A password was set for your account."),
    "mfa/email/totp_activated": _("An authenticator app was added to your account."),
    "mfa/email/totp_deactivated": _("The authenticator app was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account; the old ones are void."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Closed to sign-ups; every attempt is counted and written down."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person of these credentials, or None. A locked door is not opened by the right password either."""
        typed = str(credentials.get("email") or "")
        refusal: ValidationError | None = None
        user: User | None = None
        with transaction.atomic():
            sign_in.hold_the_door(typed)
            owner = User.objects.filter(email=typed.strip().lower()).first()
            is_locked = sign_in.locked(typed)
            try:
                if is_locked is not None:
                    raise ValidationError(str(is_locked.message), code=is_locked.code)
                user = super().authenticate(request, **credentials)
            except ValidationError as error:
                sign_in.tell_locked(typed, owner)
                refusal = error
            else:
                if user is None:
                    sign_in.tell_failure(typed, owner)
        if refusal is not None:
            raise refusal
        return user

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """allauth's own counting, too, is by account and address: otherwise anybody could lock anybody out from afar."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{current_origin().ip}"

    def login(self, request: HttpRequest, user: User) -> None:
        """Called when every step, the second factor included, was passed."""
        super().login(request, user)
        record(Kind.SIGNED_IN, user=user, by=_methods(request, user))

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            record(Kind.SIGNED_OUT, user=user)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        record(Kind.SIGN_IN_FAILED, user=user, why="switched off")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def set_password(self, user: User, password: str) -> None:
        """Every way of setting a password comes by here. All other sessions of the account end with it."""
        with acting(Actor("user", user.pk, user.get_full_name(), frozenset()), "set password"):
            user.must_set_password = False
            super().set_password(user, password)
            sign_in.drop_sessions(user)
            record(Kind.PASSWORD_CHANGED, user=user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """As far as trusted proxies tell it; a caller by a socket without address counts as one caller."""
        return current_origin().ip or "0.0.0.0"  # noqa: S104  (a name for nobody, nothing is bound to it)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        what = NOTICES.get(template_prefix)
        if what is not None:
            ip = current_origin().ip or "?"
            send_notice(user=user, what=what, ip=ip, actor=Actor.system("accounts"))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's own mails are never sent: ours are queued as messages (services/account_mails.py)."""
        log.error("mail_of_allauth_dropped", template=template_prefix)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **options: Any
    ) -> None:
        """Whoever signs in sees that by being in; no message says so every morning."""
        if message_template != "account/messages/logged_in.txt":
            super().add_message(request, level, message_template, *args, **options)


class MultiFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Secrets of authenticators lie encrypted; the last factor stays where a role asks for one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "One of your roles needs a second factor, and this is your only one. Add another one first."
        ),
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, "second factor")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, "second factor")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return may_lose_second_factor(authenticator)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": str(_("Back office"))}


def _methods(request: HttpRequest, user: User) -> list[str]:
    """How somebody signed in: password, totp, webauthn, recovery_codes."""
    return sorted({str(row.get("type") or row.get("method")) for row in get_authentication_records(request, user)})


def _factor_added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record(Kind.SECOND_FACTOR_ADDED, user=user, type=authenticator.type)


def _factor_removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record(Kind.SECOND_FACTOR_REMOVED, user=user, types=[authenticator.type])


def _factor_failed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    record(Kind.SECOND_FACTOR_FAILED, user=user, type=authenticator.type)


# The adapter has no methods for these; allauth tells of them by signals of its own, and only so.
signals.authenticator_added.connect(_factor_added, dispatch_uid="security log")
signals.authenticator_reset.connect(_factor_added, dispatch_uid="security log")
signals.authenticator_removed.connect(_factor_removed, dispatch_uid="security log")
signals.authentication_failed.connect(_factor_failed, dispatch_uid="security log")
