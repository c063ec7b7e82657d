"""Asking for a link to set a new password, by somebody who is not signed in.

The door writes down what was asked, for every address alike; whether there is such an account is found out later, by a
worker. So the answer takes the same time and the same words for those who have an account and those who do not.
"""

from dataclasses import dataclass
from typing import ClassVar

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.events import Event, publish
from backoffice.core.locks import lock_in_order
from backoffice.core.models.people import User
from backoffice.core.services.account_mails import send_password_link

DOOR = Actor.system("sign in")


@dataclass(frozen=True, kw_only=True)
class PasswordLinkAsked(Event):
    """Somebody asked for a link to set a new password, for an address that may or may not have an account."""

    name: ClassVar[str] = "core.password_link_asked"
    email: str


def ask_for_link(email: str) -> None:
    """Take the wish down. Nothing is said about whether it will be fulfilled."""
    with acting(DOOR):
        publish(PasswordLinkAsked(email=email.strip().lower()[:254]))


def answer_wish(email: str) -> bool:
    """Mail the link when the address has an account that is on. Returns whether it has."""
    with acting(DOOR):
        for user in lock_in_order(User.objects.filter(email=email, is_active=True)):
            send_password_link(user=user, kind="password", actor=DOOR)
            return True
    return False
