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
    limits = limits_of(user)
    return Actor("user", user.pk, user.get_full_name(), frozenset(rights), limits, request_id)


def actor_of_key(key: ApiKey, request_id: str = "") -> Actor:
    """The program that holds this key."""
    limits = limits_of(key)
    return Actor("key", key.pk, key.name, frozenset(key.permissions), limits, request_id)


def limits_of(owner: User | ApiKey) -> dict[str, frozenset[int]]:
    """What a person or a key is narrowed to, by kind. A kind that is not named is not limited."""
    rows = (
        AccessLimit.objects.filter(user=owner) if isinstance(owner, User) else AccessLimit.objects.filter(api_key=owner)
    )
    found: dict[str, set[int]] = {}
    for kind, identity in rows.values_list("kind", "object_id"):
        found.setdefault(kind, set()).add(identity)
    return {kind: frozenset(ids) for kind, ids in found.items()}


def limits_of_many(users: Iterable[User]) -> dict[int, dict[str, frozenset[int]]]:
    """The limits of several people, in one query; people without limits are left out."""
    found: dict[int, dict[str, set[int]]] = {}
    rows = AccessLimit.objects.filter(user__in=[user.pk for user in users])
    for key, kind, identity in rows.values_list("user_id", "kind", "object_id"):
        if key is not None:
            found.setdefault(key, {}).setdefault(kind, set()).add(identity)
    return {key: {kind: frozenset(ids) for kind, ids in kinds.items()} for key, kinds in found.items()}
