"""The areas on the left. Every app adds its pages in `ui/menu.py`; whoever may not see a page never sees its entry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.module_loading import autodiscover_modules

from backoffice.core.actors import Actor
from backoffice.core.errors import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One page: its words, the name of its url, the right it needs, its key after `g`, a count that matters."""

    title: Words
    url_name: str
    right: str = ""
    key: str = ""
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """A group of pages with one icon."""

    code: str
    title: Words
    icon: str
    order: int
    entries: tuple[Entry, ...]


_areas: dict[str, Area] = {}


def add_area(code: str, *, title: Words, icon: str, order: int, entries: Iterable[Entry]) -> None:
    """Add an area, or more pages to one that is there."""
    known = _areas.get(code)
    mine = tuple(entries)
    if known is not None:
        names = {entry.url_name for entry in known.entries}
        mine = (*known.entries, *(entry for entry in mine if entry.url_name not in names))
        _areas[code] = Area(code, known.title, known.icon, known.order, mine)
    else:
        _areas[code] = Area(code, title, icon, order, mine)


def load() -> None:
    """Import every app's menu."""
    autodiscover_modules("ui.menu")


def areas_for(actor: Actor, path: str) -> list[dict[str, object]]:
    """The areas and pages this actor may see, with the one that is open marked."""
    shown: list[dict[str, object]] = []
    for area in sorted(_areas.values(), key=lambda area: area.order):
        items = [
            {
                "title": entry.title,
                "url": reverse(entry.url_name),
                "key": entry.key,
                "count": entry.count(actor) if entry.count else None,
            }
            for entry in area.entries
            if not entry.right or actor.may(entry.right)
        ]
        if items:
            best = max((len(str(i["url"])) for i in items if path.startswith(str(i["url"]))), default=0)
            for item in items:
                item["is_active"] = bool(best) and path.startswith(str(item["url"])) and len(str(item["url"])) == best
            shown.append(
                {
                    "code": area.code,
                    "title": area.title,
                    "icon": area.icon,
                    "entries": items,
                    "is_active": any(item["is_active"] for item in items),
                }
            )
    return shown
