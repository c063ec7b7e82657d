"""What a service says when it will not do what it was asked: a code for programs, a sentence for people.

Services raise these, and nothing else, for anything a caller can mend. Doors (API, console, scan, import) translate them
and add nothing. A refusal has changed nothing: the transaction that raised it is rolled back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from django.utils.functional import Promise

Words: TypeAlias = str | Promise


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with one field (`lines.2.quantity`), row or line of what was sent."""

    code: str
    message: Words
    field: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self.message), "field": self.field}


class DomainError(Exception):
    """The family. `facts` are figures and ids that a program may use and a sentence may quote."""

    status: ClassVar[int] = 400

    def __init__(
        self,
        code: str,
        message: Words,
        *,
        field: str | None = None,
        hint: Words | None = None,
        problems: Iterable[Problem] = (),
        **facts: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint
        self.problems = list(problems) or ([Problem(code, message, field)] if field else [])
        self.facts: Mapping[str, Any] = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Invalid(DomainError):
    """What was sent cannot be understood or is outside its bounds."""

    status = 400


class NotPermitted(DomainError):
    """The actor lacks the right. Objects outside an actor's scope are Missing instead, so that nothing is given away."""

    status = 403


class Missing(DomainError):
    """There is no such thing, or not for this actor."""

    status = 404


class Conflict(DomainError):
    """Somebody else was first: an older version was edited, a key was used for something else, a name is taken."""

    status = 409


class Refused(DomainError):
    """Understood, permitted, and against a rule of the business."""

    status = 422


class Busy(DomainError):
    """A lock could not be had in time. Nothing was done; the same request may simply be sent again."""

    status = 503
    retry_after = 2
