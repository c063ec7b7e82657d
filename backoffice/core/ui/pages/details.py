"""The page of one row: what it is, what belongs to it, what happened to it, and what can be done with it now."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice.core.selectors.timeline import history_of
from backoffice.core.ui.pages.columns import Column, bound
from backoffice.core.ui.pages.columns import render as render_cell
from backoffice.core.ui.pages.lines import Head, lines_of
from backoffice.core.ui.pages.parts import BulkAction, Panel, Related, RowAction, Section
from backoffice.core.ui.pages.registry import link_to, pages_of
from backoffice.core.ui.pages.shown import lacks, refusal_of
from backoffice.core.ui.pages.views import DeclaredPage

RECENT = 10


class DetailView(DeclaredPage):
    """GET shows the row."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        """Missing for a row out of this actor's reach, as for one that is not there."""
        row = self.row(key, *(bound(one, self.pages.master.model) for one in self._facts()))
        context = self.context(
            row=row,
            title=str(row),
            subtitle=self.pages.subtitle(row) if self.pages.subtitle is not None else "",
            state=self._state(row),
            parts=[shown for part in self._parts() if (shown := self._part(part, row)) is not None],
            entries=self.history(row),
            history_url=self.pages.url("history", row.pk),
            actions=self._actions(row),
            menu=self._menu(row),
            edit_url=self.pages.url("edit", row.pk) if self.pages.can_change else "",
            edit_reason="" if self.actor.may(self.pages.master.edit) else lacks(self.pages.master.edit),
        )
        return render(request, "core/pages/detail.html", context)

    def history(self, row: Any) -> list[Any]:
        """The newest entries, without fields that this actor does not see."""
        also = self.pages.history(row) if self.pages.history is not None else ()
        return history_of(row, hidden=self.pages.hidden_fields(self.actor), also=also, most=RECENT)

    # --- parts ------------------------------------------------------------------------------------------------------
    def _parts(self) -> tuple[Section | Related | Panel, ...]:
        if any(isinstance(part, Section) for part in self.pages.detail):
            return self.pages.detail
        facts = Section(_("Facts"), tuple(column for column in self.pages.bound if not column.link))
        return (facts, *self.pages.detail)

    def _facts(self) -> list[Column | str]:
        return [one for part in self._parts() if isinstance(part, Section) for one in part.fields]

    def _part(self, part: Section | Related | Panel, row: Any) -> dict[str, Any] | None:
        if isinstance(part, Section):
            return self._section(part, row)
        if part.right and not self.actor.may(part.right):
            return None
        if isinstance(part, Panel):
            return {"template": part.template, "is_aside": False, "row": row, **part.context(row, self.actor)}
        return self._related(part, row)

    def _section(self, part: Section, row: Any) -> dict[str, Any] | None:
        hidden = self.pages.hidden_fields(self.actor)
        columns = [bound(one, self.pages.master.model) for one in part.fields]
        columns = [one for one in columns if one.name not in hidden and (not one.right or self.actor.may(one.right))]
        if not columns:
            return None
        if part.is_aside and not any(one.cell is not None or one.raw(row) not in (None, "", {}) for one in columns):
            return None
        facts = [{"label": one.title, "value": render_cell(one, row, self.actor, link_to)} for one in columns]
        return {"template": "core/pages/section.html", "is_aside": part.is_aside, "title": part.title, "facts": facts}

    def _related(self, part: Related, row: Any) -> dict[str, Any]:
        columns = [bound(one, part.model) for one in part.columns]
        columns = [one for one in columns if not one.right or self.actor.may(one.right)]
        needs = {name for column in columns for name in column.needs}
        rows = part.rows(row, self.actor)
        if needs:
            rows = rows.select_related(*sorted(needs))
        found = list(rows[: part.most + 1])
        own = pages_of(part.model)
        linked = own is not None and own.may_view(self.actor)
        return {
            "template": "core/pages/related.html",
            "is_aside": False,
            "code": part.code,
            "title": part.title,
            "caption": part.title,
            "empty": part.empty,
            "heads": [Head(column.title, column.css) for column in columns],
            "lines": lines_of(
                found[: part.most], columns, self.actor, lambda one: own.url("detail", one.pk) if own and linked else ""
            ),
            "more_url": part.more(row) if part.more is not None and len(found) > part.most else "",
            "has_more": len(found) > part.most,
            "add": self._button(part.add, row) if part.add is not None else None,
            "add_url": part.add_url(row) if part.add_url is not None else "",
            "add_reason": "" if self.actor.may(self.pages.master.edit) else lacks(self.pages.master.edit),
            "item_actions": [self._button(action, row) for action in part.item_actions],
        }

    # --- actions ----------------------------------------------------------------------------------------------------
    def _state(self, row: Any) -> Any:
        """The pill beside the title: the state where there is one, and that the row is switched off where it is."""
        column = next((one for one in self.pages.bound if one.kind == "state"), None)
        return render_cell(column, row, self.actor, link_to) if column is not None else ""

    def _button(self, action: RowAction, row: Any) -> dict[str, Any]:
        reason = "" if not action.right or self.actor.may(action.right) else lacks(action.right)
        if not reason and action.reason is not None:
            reason = str(action.reason(row, self.actor) or "")
        return {
            "code": action.code,
            "title": action.title,
            "icon": action.icon,
            "url": self.pages.url("act", row.pk, action.code),
            "has_form": action.form is not None,
            "confirm": action.confirm,
            "look": "danger" if action.is_dangerous else "secondary",
            "is_dangerous": action.is_dangerous,
            "reason": reason,
        }

    def _actions(self, row: Any) -> list[dict[str, Any]]:
        return [self._button(one, row) for one in self.pages.row_actions if one.fits is None or one.fits(row)]

    def _menu(self, row: Any) -> list[dict[str, Any]]:
        """Bulk actions on this one row; those that make no sense for it are left out, refused ones say why."""
        return [
            {
                "title": action.title,
                "icon": action.icon,
                "name": "action",
                "value": action.code,
                "danger": action.is_dangerous,
                "reason": self._bulk_reason(action, row),
            }
            for action in self.pages.every_action
            if action.on_page and (action.fits is None or action.fits(row))
        ]

    def _bulk_reason(self, action: BulkAction, row: Any) -> str:
        reason = refusal_of(action, self.actor)
        if not reason and action.check is not None:
            reason = str(action.check([row], self.actor).get(row.pk, ""))
        return reason
