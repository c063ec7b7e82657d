"""From where a request came. Set at the door for the time of the request; what is written down for safety remembers it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

USER_AGENT_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of the caller, as far as trusted proxies tell it, and what its program calls itself."""

    ip: str | None = None
    user_agent: str = ""
    request_id: str = ""

    @property
    def network(self) -> tuple[str, str] | None:
        """The first and the last address that count as the same caller: an IPv6 subscriber has 2^64 of them."""
        if self.ip is None:
            return None
        address = ip_address(self.ip)
        wide = ip_network(f"{address}/64" if address.version == 6 else f"{address}/32", strict=False)
        return str(wide[0]), str(wide[-1])


NOWHERE: Final = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """The origin of the request under way; an empty one in tasks, commands and tests."""
    return _current.get()


def origin_of(*, ip: str | None, user_agent: str = "", request_id: str = "") -> Origin:
    """An origin whose texts fit where they are kept, without the characters that a database or a log cannot hold."""
    clean = "".join(character if character.isprintable() else " " for character in user_agent)
    return Origin(ip or None, clean[:USER_AGENT_LENGTH], request_id[:100])


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Inside the block `current_origin()` is this one."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
