"""A list as the templates see it: tabs, columns, rows, tools and pager, with as many queries for 500 rows as for one."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid
from backoffice.core.keyset import Page, Total, count_rows, read_page
from backoffice.core.models.views import SavedView
from backoffice.core.permissions import all_permissions
from backoffice.core.services.saved_views import may_change, views_of
from backoffice.core.ui.pages.asked import SIZES, Asked, canonical
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.lines import Head, Line, lines_of
from backoffice.core.ui.pages.parts import BulkAction

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


class Views:
    """The saved views of one list, read once: tabs, the one in use, and the columns it asks for."""

    def __init__(self, asked: Asked) -> None:
        found = list(views_of(asked.pages.code, asked.actor))
        self.asked = asked
        self.named = [view for view in found if view.name]
        self.own_list = next((view for view in found if not view.name), None)
        self.current: SavedView | None = None
        if asked.view_id is not None:
            self.current = next((view for view in self.named if view.pk == asked.view_id), None)
            if self.current is None:
                asked.problems.append(_("The saved view that this address names is gone, or is somebody else's."))

    @property
    def is_changed(self) -> bool:
        """Whether the list shows something else than the saved view it was opened with."""
        return self.current is not None and canonical(self.current.query) != self.asked.saved_query

    @property
    def may_change(self) -> bool:
        return self.current is not None and may_change(self.current, self.asked.actor)

    def columns(self) -> tuple[Column, ...]:
        """Those of the view, else those the person chose, else those of the house; always without what may not be seen."""
        allowed = {column.name: column for column in self.asked.pages.columns_for(self.asked.actor)}
        for view in (self.current, self.own_list):
            if view is not None:
                chosen = tuple(allowed[name] for name in view.columns if name in allowed)
                if chosen:
                    return chosen
        return tuple(column for column in allowed.values() if column.is_shown)

    def tabs(self) -> list[dict[str, Any]]:
        """“All” and the views, as components/tabs.html wants them."""
        path = self.asked.pages.url("list")
        tabs = [{"title": _("All"), "url": path, "active": self.current is None}]
        for view in self.named:
            query = f"{view.query}&view={view.pk}" if view.query else f"view={view.pk}"
            tabs.append(
                {
                    "title": f"{view.name} •" if view == self.current and self.is_changed else view.name,
                    "url": f"{path}?{query}",
                    "active": view == self.current,
                    "icon": "user-group" if view.is_shared else "",
                }
            )
        return tabs


class Listing:
    """One page of a list."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.pages: ModelPages = asked.pages
        self.actor: Actor = asked.actor
        self.views = Views(asked)
        self.columns = self.views.columns()
        self.total: Total | None = None
        self.page: Page[Any] = Page([], "", "")
        if not asked.problems:
            self._read()

    def _read(self) -> None:
        rows = self.asked.rows(self.columns)
        params = self.asked.params
        try:
            self.page = read_page(
                rows,
                self.asked.order,
                size=self.asked.size,
                after=params.get("after", ""),
                before=params.get("before", ""),
                shown_from=self.pages.listed(self.actor, self.columns),
            )
        except Invalid as error:
            self.asked.problems.append(error.message)
            return
        is_whole = not (self.page.next or self.page.previous or params.get("after"))
        self.total = Total(len(self.page.rows), True) if is_whole else count_rows(rows)

    def heads(self) -> list[Head]:
        """The columns with the addresses that sort by them: once up, once more down."""
        asked = self.asked.sort
        heads = []
        for column in self.columns:
            state = {column.name: "ascending", f"-{column.name}": "descending"}.get(asked, "")
            other = f"-{column.name}" if state == "ascending" else column.name
            url = self.asked.address(sort=other) if column.sort else ""
            heads.append(Head(column.title, column.css, url, state))
        return heads

    def lines(self) -> list[Line]:
        """The rows, rendered."""
        return lines_of(self.page.rows, self.columns, self.actor, lambda row: self.pages.url("detail", row.pk))

    def bulk_actions(self) -> list[dict[str, Any]]:
        """The actions of the bar; one that this actor lacks the right for stays visible with the reason."""
        return [
            {
                "name": action.code,
                "title": action.title,
                "icon": action.icon,
                "look": "danger" if action.is_dangerous else "secondary",
                "reason": refusal_of(action, self.actor),
            }
            for action in self.pages.every_action
        ]

    def pager(self) -> dict[str, Any]:
        """As components/pager.html wants it."""
        asked = self.asked
        return {
            "shown": len(self.page.rows),
            "total": self.total.value if self.total else None,
            "estimated": bool(self.total and not self.total.is_exact),
            "previous_url": asked.address(before=self.page.previous) if self.page.previous else "",
            "next_url": asked.address(after=self.page.next) if self.page.next else "",
            "sizes": [
                {"size": size, "url": asked.address(size=str(size)), "active": size == asked.size} for size in SIZES
            ],
        }


def refusal_of(action: BulkAction, actor: Actor) -> str:
    """Why this actor may not do this at all; empty when it may."""
    return "" if actor.may(action.right) else lacks(action.right)


def lacks(right: str) -> str:
    """The sentence that stands on a button for whoever lacks the right."""
    sentences = {permission.code: permission.sentence for permission in all_permissions()}
    return _("You lack the right “%(right)s”. Ask whoever manages roles here.") % {"right": sentences.get(right, right)}
