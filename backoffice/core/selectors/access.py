"""Who may do X, and what may Y do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import EVERYTHING, Permission, all_permissions
from backoffice.core.refs import Ref, describe, kinds

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
    """Who can use a right now: accounts that are on, and keys that are in force. Three queries, however many there are."""
    giving = Role.objects.filter(is_active=True, permissions__contains=[code])
    through = User.roles.through.objects.filter(user=OuterRef("pk"), role__in=giving)
    people = (
        User.objects.filter(is_active=True)
        .filter(Exists(through) | Q(is_superuser=True))
        .prefetch_related(Prefetch("roles", queryset=giving, to_attr="giving"))
        .order_by("name", "pk")
    )
    found = Holders()
    for user in people:
        sources: list[Words] = [role.title for role in user.giving]
        if user.is_superuser:
            sources.append(SUPERUSER)
        found.people.append((user, sources))
    found.keys = list(keys_in_force().filter(permissions__overlap=[code, EVERYTHING]))
    return found


def keys_in_force() -> QuerySet[ApiKey]:
    """Keys that open the door now."""
    return ApiKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=clock.now()), revoked_at=None)


def factors_of(user: User | OuterRef) -> QuerySet[Any]:
    """The authenticator app and the passkeys of a person. Recovery codes alone are no second factor."""
    rows: QuerySet[Any] = Authenticator.objects.filter(user=user, type__in=_FACTORS)
    return rows


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey is set up."""
    return factors_of(user).exists()


def needs_second_factor(user: User) -> bool:
    """Whether one of the person's roles asks for a second factor, on installations that go by it (the demo does not)."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    return user.is_superuser or user.roles.filter(is_active=True, needs_second_factor=True).exists()


def lacks_second_factor(user: User) -> bool:
    """Whether a second factor is needed and not there. One query, because every request asks."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    if user.is_superuser:
        return not has_second_factor(user)
    return user.roles.filter(~Exists(factors_of(user)), is_active=True, needs_second_factor=True).exists()


def may_lose_second_factor(authenticator: Authenticator) -> bool:
    """Whether this authenticator can go: another one remains, or none is needed. Recovery codes can always be replaced."""
    if authenticator.type not in _FACTORS:
        return True
    owner = User.objects.get(pk=authenticator.user_id)
    return factors_of(owner).exclude(pk=authenticator.pk).exists() or not needs_second_factor(owner)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One kind that somebody is limited in, and to what, in words."""

    kind: str
    title: Words
    labels: tuple[str, ...]


def narrowed(limits: Mapping[str, Iterable[int]]) -> list[Narrowed]:
    """Limits as people read them: “Warehouse: Haifa, Lyon”. One query for each kind."""
    return narrowed_many({0: limits})[0]


def narrowed_many(limits: Mapping[int, Mapping[str, Iterable[int]]]) -> dict[int, list[Narrowed]]:
    """The same for several people or keys, with no more queries."""
    refs = {
        key: {kind: [Ref(kind, str(one)) for one in sorted(ids)] for kind, ids in sorted(each.items())}
        for key, each in limits.items()
    }
    labels = describe(ref for each in refs.values() for some in each.values() for ref in some)
    known = kinds()
    return {
        key: [
            Narrowed(kind, known[kind].title if kind in known else kind, tuple(labels[ref].label for ref in some))
            for kind, some in each.items()
        ]
        for key, each in refs.items()
    }


def within_reach(limits: Mapping[str, frozenset[int]], actor: Actor) -> dict[str, frozenset[int]]:
    """Limits without the objects that the one who looks cannot reach: not even their names are told."""
    return {kind: ids if (own := actor.limit(kind)) is None else ids & own for kind, ids in limits.items()}
