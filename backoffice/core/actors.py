"""Who acts. Every service takes an Actor: it asks it for the right, and what is written remembers it."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import NotPermitted
from backoffice.core.permissions import EVERYTHING

_NO_LIMITS: Mapping[str, frozenset[int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, an API key or the system itself, with its rights and limits as they are at this moment.

    `limits` narrows what an actor can reach: {"inventory.warehouse": {1, 2}} means those two warehouses and no other.
    A kind that is not named is not limited.
    """

    kind: Literal["user", "key", "system"]
    id: int | None
    name: str
    permissions: frozenset[str]
    limits: Mapping[str, frozenset[int]] = field(default_factory=lambda: _NO_LIMITS)
    request_id: str = ""

    @classmethod
    def system(cls, name: str) -> "Actor":
        """The product itself, acting by the clock or on an event. `name` says which part."""
        return cls("system", None, name, frozenset({EVERYTHING}))

    def may(self, code: str) -> bool:
        """Whether the actor has this right."""
        return code in self.permissions or EVERYTHING in self.permissions

    def require(self, code: str) -> None:
        """Raise NotPermitted, naming the right, when the actor lacks it."""
        if not self.may(code):
            raise NotPermitted(
                "not_permitted",
                _("You may not do this: it needs the right “%(right)s”.") % {"right": code},
                hint=_("Ask an administrator for a role that has it."),
                right=code,
            )

    def limit(self, kind: str) -> frozenset[int] | None:
        """The ids of this kind that the actor can reach, or None when it can reach all."""
        return self.limits.get(kind)

    def reaches(self, kind: str, identity: int) -> bool:
        """Whether one object of a limited kind is within reach."""
        limit = self.limit(kind)
        return limit is None or identity in limit

    @property
    def credential(self) -> str:
        """What idempotency keys and throttles are counted by."""
        return f"{self.kind}:{self.id or self.name}"

    def with_request(self, request_id: str) -> "Actor":
        return replace(self, request_id=request_id)

    def as_json(self) -> dict[str, Any]:
        """Who it was, for rows that must remember it. Rights are not kept: they belong to the moment."""
        return {"kind": self.kind, "id": self.id, "name": self.name}


_current: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor | None:
    """The actor of the innermost `acting` block of this thread of work."""
    return _current.get()
