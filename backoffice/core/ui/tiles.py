"""Tiles of the home page: a count, and the list that shows exactly what was counted. Apps add theirs beside their menu."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.keyset import Total, count_rows
from backoffice.core.ui.pages.asked import read

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile. `count` and `url` belong together: the list behind the address has that many rows.

    `tone` colours the figure while it is above zero (warning, danger: what is late stands first); `note` is a second line;
    `is_quiet` leaves the tile out at zero.
    """

    code: str
    title: Words
    right: str
    count: Callable[[Actor], Total]
    url: Callable[[], str]
    group: Words = ""
    icon: str = ""
    tone: str = ""
    note: Words = ""
    order: int = 100
    is_quiet: bool = False


_tiles: dict[str, Tile] = {}
LOUDNESS = {"danger": 0, "warning": 1}


def add_tile(tile: Tile) -> None:
    """Known from now on."""
    _tiles[tile.code] = tile


def add_list_tile(
    code: str, pages: "ModelPages", *, title: Words, query: str = "", right: str = "", **options: Any
) -> None:
    """A tile over a declared list: it counts what the list shows with this query, by the same code."""

    def count(actor: Actor) -> Total:
        return count_rows(read(pages, actor, QueryDict(query)).rows())

    def url() -> str:
        return f"{pages.url('list')}?{query}" if query else pages.url("list")

    options.setdefault("icon", pages.icon)
    options.setdefault("group", pages.area_title)
    add_tile(Tile(code=code, title=title, right=right or pages.master.view, count=count, url=url, **options))


def tiles_for(actor: Actor) -> list[tuple[Words, list[dict[str, Any]]]]:
    """The tiles this actor may see, by group; inside a group what is loud and not zero first."""
    groups: dict[str, tuple[Words, list[tuple[int, int, dict[str, Any]]]]] = {}
    for tile in sorted(_tiles.values(), key=lambda tile: tile.order):
        if tile.right and not actor.may(tile.right):
            continue
        total = tile.count(actor)
        if tile.is_quiet and total.value == 0:
            continue
        tone = tile.tone if total.value else ""
        shown = {
            "label": tile.title,
            "count": total,
            "href": tile.url(),
            "tone": tone,
            "icon": tile.icon,
            "note": tile.note,
            "loud": tone == "danger",
        }
        _title, some = groups.setdefault(str(tile.group), (tile.group, []))
        some.append((LOUDNESS.get(tone, 2), tile.order, shown))
    return [
        (title, [shown for *_rank, shown in sorted(some, key=lambda one: one[:2])]) for title, some in groups.values()
    ]
