"""One search over everything: each app registers what can be found and how; rights and rank are asked here.

A kind answers a few hits to a text. A scan answers one thing that a code means exactly, wherever it is read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Words

LEAST: Final = 2
MOST: Final = 200
EXACT, BEGINS, WORD, INSIDE, ELSEWHERE = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found: what it is called, where it opens, and how well it fits (rank 0 is the very thing)."""

    title: str
    url: str
    note: str = ""
    icon: str = ""
    pill: Words = ""
    tone: str = ""
    rank: int = INSIDE

    @property
    def exact(self) -> bool:
        return self.rank == EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchKind:
    """What can be found. `find` takes the text, the actor and how many, and never answers what the actor may not see."""

    code: str
    title: Words
    right: str
    find: Callable[[str, Actor, int], Sequence[Hit]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind, best first."""

    title: Words
    hits: list[Hit] = field(default_factory=list)


_kinds: dict[str, SearchKind] = {}
_scans: dict[str, Callable[[str, Actor], Hit | None]] = {}


def register_search(kind: SearchKind) -> None:
    """Called by the owning app when its menu is loaded."""
    _kinds[kind.code] = kind


def register_scan(code: str, find: Callable[[str, Actor], Hit | None]) -> None:
    """What a code means in the owning app; None where it means nothing there."""
    _scans[code] = find


def kinds() -> Mapping[str, SearchKind]:
    """Every registered kind by code."""
    return _kinds


def scanned(text: str, actor: Actor) -> list[Hit]:
    """What a code means exactly. A code that is damaged, or means nothing to this actor, is no error here: nothing is found."""
    hits = []
    for find in _scans.values():
        try:
            hit = find(text, actor)
        except DomainError:
            continue
        if hit is not None:
            hits.append(hit)
    return hits


def search(text: str, actor: Actor, *, limit: int = 5, extra: Sequence[SearchKind] = ()) -> list[Group]:
    """The best few of each kind that this actor may see; the kind with the best hit first. `extra` are kinds of the caller."""
    text = text.strip().replace("\x00", "")[:MOST]
    if len(text) < LEAST:
        return []
    groups: list[tuple[int, int, Group]] = []
    for kind in (*_kinds.values(), *extra):
        if kind.right and not actor.may(kind.right):
            continue
        hits = sorted(kind.find(text, actor, limit), key=lambda hit: hit.rank)[:limit]
        if hits:
            groups.append((hits[0].rank, kind.order, Group(kind.title, hits)))
    groups.sort(key=lambda group: group[:2])
    return [group for _rank, _order, group in groups]


def rank_of(text: str, *names: str) -> int:
    """How well a text fits the names of a thing: equal, at the beginning, at the beginning of a word, inside, elsewhere."""
    wanted = text.strip().casefold()
    known = [name.casefold() for name in names if name]
    if any(name == wanted for name in known):
        return EXACT
    if any(name.startswith(wanted) for name in known):
        return BEGINS
    if any(f" {wanted}" in name or f"-{wanted}" in name for name in known):
        return WORD
    return INSIDE if any(wanted in name for name in known) else ELSEWHERE
