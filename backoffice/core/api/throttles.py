"""How much one caller may ask: so many requests in each minute, for each credential, or for each address without one.

Counted in the cache with one atomic step a request. When the cache cannot be reached requests are answered uncounted:
a lost counter must not close the house.
"""

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import structlog
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from backoffice.core.actors import Actor
from backoffice.core.api.authentication import address_of
from backoffice.core.api.problems import Throttled

log = structlog.get_logger(__name__)
_SECONDS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_RATE = re.compile(r"([1-9][0-9]*)/(s|m|h|d)[a-z]*\Z")


@dataclass(frozen=True, slots=True)
class Count:
    """Where a caller stands: what it may in a window, what is left of that, and in how many seconds the next one begins."""

    limit: int
    used: int
    reset: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """What every answer tells, so that a program can slow down before it is refused."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(self.limit - self.used, 0)),
            "RateLimit-Reset": str(self.reset),
        }


class CredentialThrottle(BaseThrottle):
    """One request more for whoever calls; Throttled when that is one too many."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count it. What the headers say is left on the view, which adds them to its answer."""
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None:
            found = count("credential", actor.credential)
        else:
            found = count("anonymous", network_of(address_of(request._request) or ""))
        view.rate_headers = found.headers() if found else {}
        if found and found.is_over:
            raise Throttled(found.reset)
        return True


def count(kind: str, caller: str) -> Count | None:
    """One more request of this caller; None where this kind is not limited, or cannot be counted now."""
    rate = _rate(api_settings.DEFAULT_THROTTLE_RATES.get(kind))
    if rate is None:
        return None
    limit, window = rate
    moment = int(time.time())
    key = f"rate:{kind}:{caller}:{moment // window}"
    try:
        # Two steps, but only the first request of a window needs both; incr itself is atomic.
        used = 1 if cache.add(key, 1, timeout=window * 2) else cache.incr(key)
    except ValueError:
        used = 1  # the counter expired between the two steps
    except Exception as error:  # noqa: BLE001  (each cache has errors of its own, and none of them may refuse a request)
        log.warning("throttle_without_cache", error=str(error))
        return None
    return Count(limit, used, window - moment % window)


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that one IPv6 customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)
    return str(parsed)


@lru_cache(maxsize=16)
def _rate(text: str | None) -> tuple[int, int] | None:
    """`600/min` as (600, 60). A rate that cannot be read is a mistake of the operator and stops the request loudly."""
    if not text:
        return None
    match = _RATE.match(text)
    if match is None:
        raise ValueError(
            f"{text!r} is not a rate. Write a number, a slash and s, min, hour or day, for example 600/min."
        )
    return int(match[1]), _SECONDS[match[2]]
