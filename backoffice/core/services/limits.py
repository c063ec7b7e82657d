"""Narrowing people and keys to some objects of a kind: these warehouses, those channels."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Words
from backoffice.core.locks import lock_one
from backoffice.core.masters import Master, all_masters
from backoffice.core.models.people import AccessLimit, ApiKey, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import MANAGE_PEOPLE
from backoffice.core.selectors.people import limits_of
from backoffice.core.services.escalation import (
    Limits,
    keeping_an_administrator,
    require_above,
    require_reach,
    require_somebody_else,
)
from backoffice.core.services.security_log import record


def limit_kinds() -> Mapping[str, Master]:
    """The kinds that somebody can be limited in, each with the master data whose rows one chooses from."""
    named = {master.limit[0] for master in all_masters().values() if master.limit is not None}
    return {kind: all_masters()[kind] for kind in sorted(named) if kind in all_masters()}


def title_of(kind: str) -> Words:
    """What a limited kind is called on a page: “warehouses”."""
    return limit_kinds()[kind].model._meta.verbose_name_plural or kind


def choices(kind: str, actor: Actor) -> QuerySet[Any]:
    """The rows of a kind that this actor may narrow others to: those it can reach itself."""
    rows = limit_kinds()[kind].model._default_manager.order_by("pk")
    own = actor.limit(kind)
    return rows if own is None else rows.filter(pk__in=sorted(own))


def checked_limits(limits: Mapping[str, Iterable[int]], actor: Actor) -> Limits:
    """The limits without empty kinds. Invalid for a kind or an object that there is not, or not for this actor."""
    checked: dict[str, frozenset[int]] = {}
    for kind, ids in limits.items():
        wanted = frozenset(ids)
        if kind not in limit_kinds():
            raise Invalid(
                "unknown_limit", _("There is nothing called “%(kind)s” to limit.") % {"kind": kind}, field="limits"
            )
        unknown = wanted - set(choices(kind, actor).filter(pk__in=wanted).values_list("pk", flat=True))
        if unknown:
            raise Invalid(
                "unknown_object",
                _("There is no %(kind)s %(id)s here.")
                % {"kind": limit_kinds()[kind].model._meta.verbose_name, "id": min(unknown)},
                field=f"limits.{kind}",
            )
        if wanted:
            checked[kind] = wanted
    return checked


def set_limits(*, user_id: int, limits: Mapping[str, Iterable[int]], actor: Actor, reason: str = "") -> User:
    """Replace the limits of an account; a kind without ids is not limited. In force from its next request on.

    Refused for one's own account, for accounts above the actor, and for a reach that the actor has not.
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason), keeping_an_administrator():
        user = lock_one(User.objects.all(), user_id)
        require_somebody_else(actor, user)
        require_above(actor, user)
        wanted = checked_limits(limits, actor)
        require_reach(actor, wanted)
        before = limits_of(user)
        if wanted != before:
            write_limits(user, before, wanted)
            record(
                SecurityEvent.Kind.LIMITS_CHANGED,
                user=user,
                actor=actor,
                before={kind: sorted(ids) for kind, ids in before.items()},
                after={kind: sorted(ids) for kind, ids in wanted.items()},
            )
    return user


def write_limits(owner: User | ApiKey, before: Limits, wanted: Limits) -> None:
    """Make the rows say what is wanted; only those that differ are touched, so that the history shows what changed."""
    old = {(kind, identity) for kind, ids in before.items() for identity in ids}
    new = {(kind, identity) for kind, ids in wanted.items() for identity in ids}
    whose = {"user": owner} if isinstance(owner, User) else {"api_key": owner}
    for kind, identity in sorted(old - new):
        AccessLimit.objects.filter(**whose, kind=kind, object_id=identity).delete()
    AccessLimit.objects.bulk_create(
        AccessLimit(**whose, kind=kind, object_id=identity) for kind, identity in sorted(new - old)
    )
