"""The first person of an installation, and the way back in when every administrator is locked out.

Both are for whoever can run commands on the machine; both are written down like everything else.
"""

import secrets
from dataclasses import dataclass
from typing import Final

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Refused
from backoffice.core.locks import lock_name
from backoffice.core.mail_addresses import mail_address
from backoffice.core.models.people import AccessLimit, Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import ADMINISTRATOR
from backoffice.core.services.accounts import new_account
from backoffice.core.services.escalation import administrators
from backoffice.core.services.roles import give_role, seed_roles
from backoffice.core.services.security_log import record
from backoffice.core.services.sign_in import drop_sessions

OPERATOR: Final = Actor.system("operator of the machine")
# Without the letters and digits that are mistaken for each other when a password is read from a screen.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Made:
    """The account and its password, which works until the first sign-in and asks for another one there."""

    user: User
    password: str


def make_first_administrator(*, email: str, name: str) -> Made:
    """A new administrator. Refused: there_is_an_administrator, when there is one already."""
    with acting(OPERATOR, "first administrator"):
        # Two operators who start at once make one administrator.
        lock_name("first administrator")
        if administrators():
            raise Refused(
                "there_is_an_administrator",
                _("There is an administrator already."),
                hint=_("Sign in and add people there. If nobody can sign in any more, run this with --rescue."),
            )
        seed_roles(OPERATOR)
        user = new_account({"email": email, "name": name}, OPERATOR)
        return _let_in(user)


def rescue_administrator(*, email: str, name: str) -> Made:
    """Make an account an administrator who can sign in, whatever was done to it; a new account when there is none."""
    with acting(OPERATOR, "rescue"):
        lock_name("first administrator")
        seed_roles(OPERATOR)
        user = User.objects.filter(email=mail_address(email)).first()
        if user is None:
            user = new_account({"email": email, "name": name}, OPERATOR)
        AccessLimit.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        drop_sessions(user)
        user.is_active = True
        return _let_in(user)


def _let_in(user: User) -> Made:
    give_role(user_id=user.pk, role_id=Role.objects.get(code=ADMINISTRATOR).pk, actor=OPERATOR)
    password = "-".join("".join(secrets.choice(_ALPHABET) for _place in range(5)) for _group in range(4))
    user.set_password(password)
    user.must_set_password, user.version = True, user.version + 1
    user.save()
    record(SecurityEvent.Kind.PASSWORD_CHANGED, user=user, actor=OPERATOR, by="the operator of the machine")
    return Made(user, password)
