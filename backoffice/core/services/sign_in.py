"""The door: failures are counted, too many lock it for a while, and sessions can be ended from outside.

Counting goes by the rows of the security log, not by the cache: whoever wipes the cache opens no door.
"""

from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, Refused
from backoffice.core.locks import lock_name, lock_one
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.models.sessions import Session
from backoffice.core.origin import current_origin
from backoffice.core.permissions import MANAGE_PEOPLE
from backoffice.core.selectors.sessions import reference_of
from backoffice.core.services.escalation import require_above, require_somebody_else
from backoffice.core.services.security_log import record, subject_of

Kind = SecurityEvent.Kind
# One address may fail so often on one account, and all addresses together so often, before the door is locked for the
# rest of the time. The second figure is far above what a person mistypes, and far below what guessing needs.
FAILURES: Final = 5
WINDOW: Final = timedelta(minutes=5)
FAILURES_OF_ALL: Final = 100
WINDOW_OF_ALL: Final = timedelta(hours=1)


def hold_the_door(typed: str) -> None:
    """Let attempts on one account from one address in one by one, until the transaction ends: guesses sent side by side
    would otherwise all see the same count."""
    lock_name(f"sign-in:{subject_of(typed)}:{current_origin().network}")


def locked(typed: str) -> Refused | None:
    """The refusal, when there were too many failures; the same for accounts that exist and that do not."""
    failed = SecurityEvent.objects.filter(kind=Kind.SIGN_IN_FAILED, subject=subject_of(typed))
    here = current_origin().network
    nearby = failed.filter(ip__range=here) if here else failed.filter(ip=None)
    return _too_many(nearby, FAILURES, WINDOW) or _too_many(failed, FAILURES_OF_ALL, WINDOW_OF_ALL)


def second_factor_locked(user: User) -> Refused | None:
    """The refusal, when too many wrong codes were given for an account, from wherever."""
    return _too_many(SecurityEvent.objects.filter(kind=Kind.SECOND_FACTOR_FAILED, user=user), FAILURES, WINDOW)


def _too_many(failed: QuerySet[SecurityEvent], most: int, window: timedelta) -> Refused | None:
    recent = failed.filter(created_at__gt=clock.now() - window).order_by("-created_at")
    moments = list(recent.values_list("created_at", flat=True)[:most])
    if len(moments) < most:
        return None
    until = moments[-1] + window
    return Refused(
        "locked_out",
        _("There were too many failures. Signing in is possible again at %(time)s.")
        % {"time": date_format(localtime(until), "TIME_FORMAT")},
        until=until.isoformat(),
    )


def tell_failure(typed: str, user: User | None) -> None:
    """Write down a wrong password. `user` is whose account it was, when it was anybody's."""
    record(Kind.SIGN_IN_FAILED, user=user, subject=subject_of(typed))


def tell_locked(typed: str, user: User | None) -> None:
    """Write down that somebody was turned away unheard."""
    record(Kind.LOCKED_OUT, user=user, subject=subject_of(typed))


def drop_sessions(user: User, keep: str | None = None) -> int:
    """Delete the sessions of a person but one (by its key). They are over with the next request. Returns how many."""
    rows = Session.objects.filter(user=user)
    return (rows.exclude(pk=keep) if keep else rows).delete()[0]


def sign_out_everywhere(*, user_id: int, actor: Actor, keep: str | None = None, reason: str = "") -> int:
    """End the sessions of a person; one's own without any right, those of others with the right to manage people.

    Returns how many ended. `keep` is the key of a session to leave (the one that asks).
    """
    with acting(actor, reason):
        user = _somebody(user_id, actor)
        count = drop_sessions(user, keep)
        record(Kind.SESSIONS_ENDED, user=user, actor=actor, count=count)
    return count


def end_session(*, user_id: int, reference: str, actor: Actor) -> None:
    """End one session, by the reference that the page shows. Missing when it is over already."""
    with acting(actor):
        user = _somebody(user_id, actor)
        keys = [
            key
            for key in Session.objects.filter(user=user).values_list("pk", flat=True)
            if reference_of(key) == reference
        ]
        if not keys:
            raise Missing("not_found", _("This session is over already."))
        Session.objects.filter(pk__in=keys).delete()
        record(Kind.SESSIONS_ENDED, user=user, actor=actor, count=len(keys))


def remove_second_factor(*, user_id: int, actor: Actor, reason: str = "") -> int:
    """Take the authenticators of somebody who lost them, and end the sessions; a new one is asked for where a role needs it.

    Refused for one's own account (that is done on the pages of the account, after asking for the password again).
    """
    actor.require(MANAGE_PEOPLE)
    with acting(actor, reason):
        user = lock_one(User.objects.all(), user_id)
        require_somebody_else(actor, user)
        require_above(actor, user)
        rows = Authenticator.objects.filter(user=user)
        kinds = sorted(rows.values_list("type", flat=True))
        rows.delete()
        sessions = drop_sessions(user)
        record(Kind.SECOND_FACTOR_REMOVED, user=user, actor=actor, types=kinds, sessions=sessions, reason=reason)
    return len(kinds)


def _somebody(user_id: int, actor: Actor) -> User:
    """The account, when it is the actor's own or one that the actor may manage."""
    user = lock_one(User.objects.all(), user_id)
    if not (actor.kind == "user" and actor.id == user_id):
        actor.require(MANAGE_PEOPLE)
        require_above(actor, user)
    return user
