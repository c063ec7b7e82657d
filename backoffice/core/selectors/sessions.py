"""Where somebody is signed in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from backoffice.core import clock
from backoffice.core.models.people import User
from backoffice.core.models.sessions import Session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One session as its owner sees it. The key itself never leaves the database: who knows it is signed in."""

    reference: str
    device: str
    ip: str | None
    signed_in_at: datetime | None
    last_seen_at: datetime | None
    is_this: bool


def reference_of(key: str) -> str:
    """What stands for a session on a page."""
    return hashlib.sha256(f"session:{key}".encode()).hexdigest()[:32]


def sessions_of(user: User, current_key: str | None = None) -> list[SignedIn]:
    """The sessions that are not over, the one that asks first, then those seen last."""
    rows = Session.objects.filter(user=user, expire_date__gt=clock.now()).order_by("-last_seen_at", "pk")
    found = [
        SignedIn(
            reference=reference_of(row.pk),
            device=device_of(row.user_agent),
            ip=row.ip,
            signed_in_at=row.signed_in_at,
            last_seen_at=row.last_seen_at,
            is_this=row.pk == current_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_this)


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """“Firefox, Windows” of what a browser calls itself; the first words of it where it is none we know."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or user_agent[:40]
