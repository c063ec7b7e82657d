"""The few mails that accounts need: an invitation, a link to set a password, a notice that something changed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.messaging import message_kind
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.refs import Ref
from backoffice.core.services.messages import queue_message
from backoffice.core.services.security_log import record

_SAMPLE: Final = {"name": "Dana Levi", "product": "Back office", "link": "https://example.com/account/…", "hours": 24}

INVITATION: Final = message_kind(
    "core.invitation",
    title=_("Invitation of a new person"),
    subject=_("Your account at {{ product }}"),
    body=_(
        "Hello {{ name }},\n\n"
        "an account was made for you. Set your password here:\n\n{{ link }}\n\n"
        "The link works once, and for {{ hours }} hours. After that, ask for a new one on the page where you sign in.\n"
    ),
    sample=_SAMPLE,
)
PASSWORD: Final = message_kind(
    "core.password_link",
    title=_("Link to set a new password"),
    subject=_("A new password for {{ product }}"),
    body=_(
        "Hello {{ name }},\n\n"
        "somebody, probably you, asked for a new password. Set it here:\n\n{{ link }}\n\n"
        "The link works once, and for {{ hours }} hours. If it was not you, you need not do anything: "
        "your password stays as it is.\n"
    ),
    sample=_SAMPLE,
)
NOTICE: Final = message_kind(
    "core.account_notice",
    title=_("Notice that an account was changed"),
    subject=_("{{ what }}"),
    body=_(
        "Hello {{ name }},\n\n"
        "{{ what }}\n\n"
        "It came from the address {{ ip }}. If it was not you, tell an administrator at once.\n"
    ),
    sample={"name": "Dana Levi", "what": "The password of your account was changed.", "ip": "192.0.2.10"},
)
_LINKS: Final = {"invitation": INVITATION, "password": PASSWORD}


def send_password_link(*, user: User, kind: str, actor: Actor) -> None:
    """Queue the mail with a link that sets a password once. `kind` is "invitation" or "password".

    Inside the caller's transaction. The address of the link is the configured one, never that of a request.
    """
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    # Whoever reads the messages of the house must not be able to use the link: it opens the account.
    _queue(
        _LINKS[kind].code,
        user,
        actor,
        secrets={"link": f"{settings.PUBLIC_URL.rstrip('/')}{path}"},
        hours=int(timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT).total_seconds() // 3600),
        product=str(_("the back office")),
    )
    record(SecurityEvent.Kind.PASSWORD_LINK_SENT, user=user, actor=actor, mail=kind)


def send_notice(*, user: User, what: Words, ip: str, actor: Actor) -> None:
    """Queue a mail that tells the owner of an account what was done to it."""
    _queue(NOTICE.code, user, actor, what=str(what), ip=ip)


def _queue(kind: str, user: User, actor: Actor, secrets: Mapping[str, str] | None = None, **values: Any) -> None:
    queue_message(
        kind=kind,
        to=user.email,
        values={"name": user.get_short_name(), **values},
        language=user.language or settings.LANGUAGE_CODE,
        actor=actor,
        about=Ref("core.user", str(user.pk)),
        zone=user.time_zone,
        secrets=secrets,
    )
