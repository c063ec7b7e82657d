"""Who may do X, and what may Y do."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Words
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import EVERYTHING, Permission, all_permissions
from backoffice.core.selectors.people import limits_of

_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SUPERUSER: Words = _("support access (every right)")


@dataclass(frozen=True, slots=True)
class Held:
    """One right of somebody, with the roles that it comes from."""

    permission: Permission
    sources: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The rights of one app."""

    code: str
    title: Words
    rights: tuple[Held, ...]


@dataclass(slots=True)
class Holders:
    """Who has one right: people with the roles it comes from, and keys."""

    people: list[tuple[User, list[Words]]] = field(default_factory=list)
    keys: list[ApiKey] = field(default_factory=list)


AREAS: dict[str, Words] = {
    "core": _("The installation"),
    "inventory": _("Catalog and stock"),
    "warehouse": _("Warehouse"),
    "orders": _("Orders and customers"),
    "returns": _("Returns"),
    "reporting": _("Reports and books"),
    "integrations": _("Channels and partners"),
}


def areas_of(rights: Iterable[Held]) -> list[Area]:
    """Rights grouped by the app they belong to, in the order of the apps."""
    grouped: dict[str, list[Held]] = {}
    for held in rights:
        grouped.setdefault(held.permission.area, []).append(held)
    return [Area(code, AREAS.get(code, code), tuple(held)) for code, held in grouped.items()]


def rights_of(user: User) -> list[Held]:
    """Every right of a person, each with the roles that give it. Roles that are switched off give nothing."""
    roles = list(user.roles.filter(is_active=True))
    found = []
    for permission in all_permissions():
        sources: list[Words] = [role.title for role in roles if permission.code in role.permissions]
        if user.is_superuser:
            sources.append(SUPERUSER)
        if sources:
            found.append(Held(permission, tuple(sources)))
    return found


def holders_of(code: str) -> Holders:
    """Who can use a right now: accounts that are on, and keys that are in force. Four queries, however many there are."""
    giving = Role.objects.filter(is_active=True, permissions__contains=[code])
    through = User.roles.through.objects.filter(user=OuterRef("pk"), role__in=giving)
    people = (
        User.objects.filter(is_active=True)
        .filter(Exists(through) | _superusers())
        .prefetch_related(Prefetch("roles", queryset=giving, to_attr="giving"), "limits")
        .order_by("name", "pk")
    )
    found = Holders()
    for user in people:
        sources: list[Words] = [role.title for role in user.giving]  # type: ignore[attr-defined]  # the prefetch adds it
        if user.is_superuser:
            sources.append(SUPERUSER)
        found.people.append((user, sources))
    found.keys = list(keys_in_force().filter(permissions__overlap=[code, EVERYTHING]).prefetch_related("limits"))
    return found


def _superusers() -> Exists:
    return Exists(User.objects.filter(pk=OuterRef("pk"), is_superuser=True))


def keys_in_force() -> QuerySet[ApiKey]:
    """Keys that open the door now."""
    from django.db.models import Q

    from backoffice.core import clock

    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), revoked_at=None)


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey is set up. Recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=_FACTORS).exists()


def needs_second_factor(user: User) -> bool:
    """Whether one of the person's roles asks for a second factor. Never on the one-machine demo."""
    if settings.EMBEDDED:
        return False
    return user.is_superuser or user.roles.filter(is_active=True, needs_second_factor=True).exists()


def may_lose_second_factor(authenticator: Authenticator) -> bool:
    """Whether this authenticator can go: another one remains, or none is needed. Recovery codes can always be replaced."""
    if authenticator.type not in _FACTORS:
        return True
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=_FACTORS).exclude(pk=authenticator.pk)
    return others.exists() or not needs_second_factor(User.objects.get(pk=authenticator.user_id))


def limit_words(owner: User | ApiKey, titles: dict[str, dict[int, str]]) -> list[tuple[str, list[str]]]:
    """The limits of somebody in words, given the labels of the objects by kind."""
    return [
        (kind, [titles.get(kind, {}).get(identity, str(identity)) for identity in sorted(ids)])
        for kind, ids in sorted(limits_of(owner).items())
    ]
