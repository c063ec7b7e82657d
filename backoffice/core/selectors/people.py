"""Actors from accounts."""

from collections.abc import Iterable

from backoffice.core.actors import Actor
from backoffice.core.models.people import AccessLimit, ApiKey, User
from backoffice.core.permissions import EVERYTHING


def actor_of_user(user: User, request_id: str = "") -> Actor:
    """The person with the rights of all its roles and its limits, in two queries."""
    rights: set[str] = set()
    for permissions in user.roles.filter(is_active=True).values_list("permissions", flat=True):
        rights.update(permissions)
    if user.is_superuser:
        rights.add(EVERYTHING)
    limits = _limits(AccessLimit.objects.filter(user=user).values_list("kind", "object_id"))
    return Actor("user", user.pk, user.get_full_name(), frozenset(rights), limits, request_id)


def actor_of_key(key: ApiKey, request_id: str = "") -> Actor:
    """The program that holds this key."""
    limits = _limits(AccessLimit.objects.filter(api_key=key).values_list("kind", "object_id"))
    return Actor("key", key.pk, key.name, frozenset(key.permissions), limits, request_id)


def _limits(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for kind, identity in pairs:
        found.setdefault(kind, set()).add(identity)
    return {kind: frozenset(ids) for kind, ids in found.items()}
