"""The security log in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from backoffice.core.errors import Words
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import all_permissions
from backoffice.core.roles import BUILTIN_ROLES

Kind = SecurityEvent.Kind

# How much somebody should mind, as the tone of a pill or a mark.
TONES: Final[Mapping[str, str]] = {
    Kind.SIGNED_IN: "success",
    Kind.SIGN_IN_FAILED: "warning",
    Kind.LOCKED_OUT: "danger",
    Kind.SECOND_FACTOR_FAILED: "warning",
    Kind.SECOND_FACTOR_REMOVED: "warning",
    Kind.ACCOUNT_STOPPED: "warning",
    Kind.KEY_NEW_ADDRESS: "warning",
    Kind.KEY_REFUSED: "danger",
    Kind.ROLE_GIVEN: "info",
    Kind.ROLE_TAKEN: "info",
    Kind.ROLE_CHANGED: "info",
    Kind.LIMITS_CHANGED: "info",
}
_FACTORS: Final[Mapping[str, Words]] = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery codes"),
    "mfa": gettext_lazy("second factor"),
}
_FIELDS: Final[Mapping[str, Words]] = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("mail address"),
    "language": gettext_lazy("language"),
    "time_zone": gettext_lazy("time zone"),
    "theme": gettext_lazy("appearance"),
}


def _listed(values: Any, words: Mapping[str, Words]) -> str:
    found = values if isinstance(values, list) else [values]
    return ", ".join(str(words.get(str(value), value)) for value in found)


def _role(code: Any) -> str:
    """A built-in role by its name, one of the house's own by its code."""
    return next((gettext(role.name) for role in BUILTIN_ROLES if role.code == code), str(code))


def _rights(codes: list[str]) -> str:
    """Two of them by their sentence; of more than that only the number."""
    if len(codes) > 2:
        return ngettext("%(count)s right", "%(count)s rights", len(codes)) % {"count": len(codes)}
    known = {permission.code: str(permission.sentence) for permission in all_permissions()}
    return ", ".join(f"“{known.get(code, code)}”" for code in codes)


# What is told of each fact, in this order. Facts without a line here (ids of limits) are for programs.
_TOLD: Final[Mapping[str, Callable[[Any], str]]] = {
    "role": _role,
    "by": lambda value: _("by %(what)s") % {"what": _listed(value, _FACTORS)},
    "type": lambda value: _listed(value, _FACTORS),
    "types": lambda value: _listed(value, _FACTORS),
    "fields": lambda value: _listed(value, _FIELDS),
    "email_after": lambda value: _("now %(address)s") % {"address": value},
    "added": lambda value: _("gained %(rights)s") % {"rights": _rights(value)} if value else "",
    "removed": lambda value: _("lost %(rights)s") % {"rights": _rights(value)} if value else "",
    "count": lambda value: ngettext("%(count)s session", "%(count)s sessions", value) % {"count": value},
    "why": lambda value: str(value),
    "reason": lambda value: _("reason: %(reason)s") % {"reason": value} if value else "",
}


def detail_of(event: SecurityEvent) -> str:
    """What there is to say beside the kind: which role, which fields, why."""
    parts = [tell(event.facts[name]) for name, tell in _TOLD.items() if name in event.facts]
    return "; ".join(part for part in parts if part)


def tone_of(event: SecurityEvent) -> str:
    """neutral, info, success, warning or danger."""
    return TONES.get(event.kind, "neutral")


def lines_of(user: User, most: int = 20) -> list[SecurityEvent]:
    """The newest lines about a person."""
    return list(SecurityEvent.objects.filter(user=user).order_by("-pk")[:most])
