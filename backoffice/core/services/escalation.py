"""Nobody becomes more than they are: the rules that every change of rights passes.

One may act on an account only with all the rights it has, give only what one has, and never change one's own rights.
An administrator always remains.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Refused, Words
from backoffice.core.locks import lock_in_order
from backoffice.core.models.people import User
from backoffice.core.permissions import ADMINISTRATOR, EVERYTHING, MANAGE_PEOPLE, known_codes
from backoffice.core.selectors.people import actor_of_user

Limits = Mapping[str, frozenset[int]]


def is_self(actor: Actor, user: User) -> bool:
    """Whether the account belongs to the one who acts."""
    return actor.kind == "user" and actor.id == user.pk


def require_somebody_else(actor: Actor, user: User) -> None:
    """Refused: your_own_account, when the actor would change its own rights."""
    if is_self(actor, user):
        raise Refused(
            "your_own_account",
            _("Nobody changes the rights of their own account."),
            hint=_("Ask somebody else who may manage people."),
        )


def require_rights(actor: Actor, codes: Iterable[str]) -> None:
    """Refused: right_not_held, naming each right that would be given and that the actor does not have.

    Codes that no app knows any more stand for nothing and hold nobody up.
    """
    missing = lacking(actor, codes)
    if missing:
        raise Refused(
            "right_not_held",
            _("You cannot give what you do not have: %(rights)s.") % {"rights": ", ".join(missing)},
            hint=_("Ask somebody who has these rights."),
            rights=missing,
        )


def lacking(actor: Actor, codes: Iterable[str]) -> list[str]:
    """Those of the rights that the actor does not have."""
    return sorted(code for code in _meaningful(codes) if not actor.may(code))


def require_reach(actor: Actor, limits: Limits) -> None:
    """Refused: reach_not_held, when something limited like this could reach more than the actor can."""
    for kind, own in actor.limits.items():
        wanted = limits.get(kind)
        if wanted is None or not wanted <= own:
            raise Refused(
                "reach_not_held",
                _("This would reach further than you do: your own account is limited in “%(kind)s”.") % {"kind": kind},
                hint=_("Choose only from what you can reach yourself."),
                kind=kind,
            )


def require_above(actor: Actor, user: User) -> None:
    """Refused: outranked, when the account has a right or a reach that the actor lacks.

    Otherwise the mail address of an administrator could be changed by a lesser manager, who then asks for a new password.
    """
    if actor.may(EVERYTHING) or is_self(actor, user):
        return
    other = actor_of_user(user)
    reaches = all(
        other.limit(kind) is not None and (other.limit(kind) or frozenset()) <= own
        for kind, own in actor.limits.items()
    )
    if not (_meaningful(other.permissions) <= actor.permissions and reaches):
        raise Refused(
            "outranked",
            _("%(name)s may do more than you, so you cannot change this account.") % {"name": user.get_full_name()},
            hint=_("Ask somebody who has all the rights of this account."),
        )


def _meaningful(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(codes) & (known_codes() | {EVERYTHING})


def administrators() -> set[int]:
    """Keys of the accounts that can sign in, may do everything and are not limited in anything."""
    may = Q(roles__code=ADMINISTRATOR, roles__is_active=True) | Q(is_superuser=True)
    return set(User.objects.filter(may, is_active=True, limits=None).values_list("pk", flat=True))


@contextmanager
def keeping_an_administrator() -> Iterator[None]:
    """Around a change that could remove an administrator. Refused: last_administrator, when it was the last one.

    All such changes wait for each other here: two administrators who remove each other at the same moment would otherwise
    both see the other one remain. Entered before any other account is locked, so that they cannot block each other.
    """
    before = administrators()
    lock_in_order(User.objects.filter(pk__in=before))
    yield
    if before and not administrators():
        raise Refused(
            "last_administrator",
            _("Then nobody could manage people any more."),
            hint=_("Make somebody else an administrator first."),
        )


def why_not(actor: Actor, user: User) -> Words:
    """Why the actor may not change this account, for a page; empty when it may."""
    try:
        actor.require(MANAGE_PEOPLE)
        require_above(actor, user)
    except DomainError as refusal:
        return refusal.message
    return ""


def why_not_rights(actor: Actor, user: User) -> Words:
    """Why the actor may not change the rights of this account, for a page; empty when it may."""
    try:
        require_somebody_else(actor, user)
    except Refused as refusal:
        return refusal.message
    return why_not(actor, user)
