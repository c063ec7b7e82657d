"""A reference that points upward: a kind and an id, where a foreign key would make a lower app know an upper one.

The app that owns a kind registers how it is shown. `describe` turns many references into labels and links with one query
for each kind, so that a list of a thousand moves costs as many queries as it names kinds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from backoffice.core.errors import Words


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """`Ref("orders.order", "17")`: the id is text, so that every kind fits one column."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """The reverse of str(); ValueError when it is not one."""
        kind, mark, identity = text.partition(":")
        if not (mark and kind and identity):
            raise ValueError(f"{text!r} is not a reference of the form kind:id")
        return cls(kind, identity)


@dataclass(frozen=True, slots=True)
class Described:
    """A reference as people see it. `url` is empty where the kind has no page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind is shown: its name, and a function from ids to labels and links."""

    code: str
    title: Words
    describe: Callable[[list[str]], Mapping[str, Described]]


_kinds: dict[str, Kind] = {}


def register_kind(code: str, *, title: Words, describe: Callable[[list[str]], Mapping[str, Described]]) -> None:
    """Called by the owning app when it is ready; a second registration of one code is a mistake."""
    known = _kinds.get(code)
    if known is not None and known.describe.__module__ != describe.__module__:
        raise ValueError(f"The kind {code} is registered twice.")
    _kinds[code] = Kind(code, title, describe)


def kinds() -> Mapping[str, Kind]:
    """Every registered kind by code."""
    return _kinds


def describe(refs: Iterable[Ref]) -> dict[Ref, Described]:
    """Labels and links for all of them; an unknown kind or a vanished row is shown as its bare text, never an error."""
    wanted: dict[str, set[str]] = {}
    for ref in refs:
        wanted.setdefault(ref.kind, set()).add(ref.id)
    found: dict[Ref, Described] = {}
    for code, ids in wanted.items():
        kind = _kinds.get(code)
        known = kind.describe(sorted(ids)) if kind else {}
        for identity in ids:
            ref = Ref(code, identity)
            found[ref] = known.get(identity, Described(str(ref), ""))
    return found
