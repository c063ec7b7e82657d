"""Rows as table lines. The cells are joined here and not in a template: a list has hundreds of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.ui.pages.columns import Column, render
from backoffice.core.ui.pages.registry import link_to


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one column. `sorted` is ascending, descending or nothing."""

    title: Words
    css: str
    sort_url: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its key, what it is called, where it opens, and its cells as <td> elements."""

    key: int
    name: str
    url: str
    cells: SafeString
    is_muted: bool
    pick_words: str


def lines_of(rows: Iterable[Any], columns: Sequence[Column], actor: Actor, url_of: Callable[[Any], str]) -> list[Line]:
    """The rows as lines. On a narrow screen each cell names itself, except the name of the row and its state."""
    heads = [
        (column, column.css, "" if column.link or column.css == "state" else str(column.title)) for column in columns
    ]
    pick = _("Select %(name)s")
    lines = []
    for row in rows:
        url, name = url_of(row), str(row)
        cells = [
            _cell(render(column, row, actor, link_to), css, label, column.link, url) for column, css, label in heads
        ]
        joined = format_html_join("", "{}", ((cell,) for cell in cells))
        lines.append(Line(row.pk, name, url, joined, getattr(row, "is_active", True) is False, pick % {"name": name}))
    return lines


def _cell(shown: SafeString | str, css: str, label: str, is_link: bool, url: str) -> SafeString:
    if is_link and url:
        return format_html('<td class="{}"><a href="{}">{}</a></td>', css, url, shown)
    if label:
        return format_html('<td class="{}" data-label="{}">{}</td>', css, label, shown)
    return format_html('<td class="{}">{}</td>', css, shown)
