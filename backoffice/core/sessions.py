"""Where sessions are kept: Django's database store, which also knows whose they are, from where and since when.

A session ends when it is ended, after SESSION_COOKIE_AGE at the latest (counted from signing in, not from the last
click), or when nothing was done in it for SESSION_IDLE_AGE.
"""

from datetime import timedelta
from typing import Any, Final, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from backoffice.core import clock
from backoffice.core.models.sessions import Session
from backoffice.core.origin import current_origin

# How exact "last seen" is. Each request of a busy person would otherwise write a row.
SEEN_EVERY: Final = timedelta(minutes=5)


class SessionStore(DatabaseStore):
    """Named by SESSION_ENGINE."""

    _row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        row: Session | None = super()._get_session_from_db()  # type: ignore[misc]  # the stubs leave it out
        if row is not None and _is_over(row):
            self._session_key = None
            return None
        self._row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to write: what Django keeps, and who, where and when."""
        row = cast(Session, super().create_model_instance(data))
        known, origin, moment = self._row, current_origin(), clock.now()
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        if row.user_id is not None:
            is_same = known is not None and known.user_id == row.user_id
            row.signed_in_at = known.signed_in_at if known is not None and is_same else moment
            row.last_seen_at = moment
            row.ip = origin.ip or (known.ip if known is not None and is_same else None)
            row.user_agent = origin.user_agent or (known.user_agent if known is not None and is_same else "")
        self._row = row
        return row

    def flush(self) -> None:
        super().flush()
        self._row = None

    def mark_seen(self) -> None:
        """Write down that its person is there, at most every five minutes."""
        row, moment = self._row, clock.now()
        if row is None or row.user_id is None or (row.last_seen_at and moment - row.last_seen_at < SEEN_EVERY):
            return
        row.last_seen_at = moment
        Session.objects.filter(pk=row.pk).update(last_seen_at=moment, ip=current_origin().ip or row.ip)


def prune() -> int:
    """Forget sessions that are over. Returns how many."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]


def _is_over(row: Session) -> bool:
    """Whether a person has been signed in for too long, or away for too long."""
    if row.user_id is None:
        return False
    moment = clock.now()
    longest, idle = timedelta(seconds=settings.SESSION_COOKIE_AGE), timedelta(seconds=settings.SESSION_IDLE_AGE)
    too_old = row.signed_in_at is not None and moment - row.signed_in_at > longest
    return too_old or (row.last_seen_at is not None and moment - row.last_seen_at > idle)
