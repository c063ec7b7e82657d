"""Rotation of the key ring: every stored secret under the newest key, so that the old one can be dropped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from backoffice.core import crypto
from backoffice.core.locks import lock_in_order
from backoffice.core.models.messages import Message
from backoffice.core.services.messages import SEAL

SECOND_FACTOR = "second factor"
MARK = "enc1."


@dataclass(frozen=True, slots=True)
class Place:
    """Where secrets are kept: rows, and how those of one row are put under the newest key (True when one was)."""

    name: str
    rows: Callable[[], Any]
    renew: Callable[[Any], bool]


def _renew_factor(row: Any) -> bool:
    renewed = {
        name: crypto.rotate(value, SECOND_FACTOR) if isinstance(value, str) and value.startswith(MARK) else value
        for name, value in row.data.items()
    }
    if renewed == row.data:
        return False
    row.data = renewed
    row.save(update_fields=["data"])
    return True


def _renew_message(row: Message) -> bool:
    renewed = crypto.rotate(row.sealed, SEAL)
    if renewed == row.sealed:
        return False
    row.sealed = renewed
    row.save(update_fields=["sealed"])
    return True


PLACES = (
    Place("second factors", Authenticator.objects.all, _renew_factor),
    Place("sealed messages", lambda: Message.objects.exclude(sealed=""), _renew_message),
)
CHUNK = 500


def rotate_secrets() -> Iterator[tuple[str, int, int]]:
    """Put all of them under the newest key: name of the place, how many were looked at, how many were renewed.

    Works in transactions of 500 rows; interrupted, it is simply run again. Unreadable when a key that is still needed is no
    longer in the ring; what was renewed until then stays so.
    """
    for place in PLACES:
        seen = renewed = last = 0
        while True:
            with transaction.atomic():
                keys = list(place.rows().filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK])
                rows = lock_in_order(place.rows().filter(pk__in=keys))
                for row in rows:
                    renewed += place.renew(row)
                    seen, last = seen + 1, row.pk
            if not rows:
                break
        yield place.name, seen, renewed
