"""Imports in the console: the list, and the page of one with its preview, its progress and what came of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.import_sessions import IMPORTS
from backoffice.core.imports import all_imports
from backoffice.core.models.imports import ImportSession
from backoffice.core.services.imports import apply_import, reason_against, undo_import
from backoffice.core.ui.import_panels import outcome_of, preview_of
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Link, Panel, RowAction, Section
from backoffice.core.work_filters import ImportFilter

Data = Mapping[str, Any]
State = ImportSession.State
TONES = {
    "uploaded": "neutral",
    "checking": "info",
    "checked": "accent",
    "applying": "info",
    "done": "success",
    "undoing": "info",
    "undone": "neutral",
    "failed": "danger",
    "cancelled": "warning",
}


class PolicyForm(forms.Form):
    """What becomes of bad rows."""

    policy = forms.ChoiceField(
        label=_("Bad rows"), choices=ImportSession.Policy.choices, widget=forms.RadioSelect, initial="reject_all"
    )

    def __init__(self, data: Any = None, *, row: ImportSession, actor: Actor) -> None:
        super().__init__(data)
        field = self.fields["policy"]
        bad = row.counts.get("error", 0)
        field.initial = "hold_rows" if bad else "reject_all"
        if bad:
            field.help_text = _("%(bad)s of %(rows)s rows are bad.") % {"bad": bad, "rows": row.counts["rows"]}


def _apply(row: ImportSession, actor: Actor, data: Data, item: int) -> str | None:
    apply_import(session_id=row.pk, policy=data.get("policy", row.policy), actor=actor)
    return None


def _undo(row: ImportSession, actor: Actor, data: Data, item: int) -> str | None:
    undo_import(session_id=row.pk, actor=actor)
    return None


def _map(row: ImportSession, actor: Actor, data: Data, item: int) -> str | None:
    return reverse("core_import_columns", args=[row.pk])


def _lacks_right(row: ImportSession, actor: Actor) -> Words:
    kind = all_imports().get(row.kind)
    if kind is None:
        return _("This version knows no such import.")
    return "" if actor.may(kind.right) else _("It needs the right “%(right)s”.") % {"right": kind.right}


def _no_apply(row: ImportSession, actor: Actor) -> Words:
    # The most lenient policy: what stands against it stands against all.
    return _lacks_right(row, actor) or reason_against(row, ImportSession.Policy.HOLD_ROWS)


def _has_taken(row: ImportSession) -> bool:
    return bool(row.counts.get("done") or row.counts.get("undone") or row.counts.get("held"))


def _kind_of(row: ImportSession) -> Words:
    kind = all_imports().get(row.kind)
    return kind.title if kind is not None else row.kind


def _count(name: str) -> Any:
    return lambda row: row.counts.get(name)


IMPORT_PAGES = ModelPages(
    master=IMPORTS,
    slug="imports",
    area="work",
    area_title=_("Work"),
    icon="arrow-up-tray",
    lead=_("Tables that become rows of ours: look first, then take them, and take them back if need be."),
    filterset=ImportFilter,
    columns=(
        Column("name", link=True),
        Column("kind", kind="text", value=_kind_of),
        Column("state", tones=TONES),
        Column("rows", title=_("Rows"), kind="number", value=_count("rows")),
        Column("bad", title=_("Bad rows"), kind="number", value=_count("error")),
        Column("owner"),
        Column("created_at"),
        Column("finished_at", is_wide_only=True),
    ),
    default_sort="-created_at",
    search=("name",),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
    links=(Link(_("New import"), "core_import_new", "", icon="plus"),),
    row_actions=(
        RowAction(
            code="columns",
            title=_("Choose the columns"),
            run=_map,
            right="",
            icon="table-cells",
            reason=_lacks_right,
            fits=lambda row: not row.is_busy and bool(row.titles) and not _has_taken(row) and row.state != State.UNDONE,
        ),
        RowAction(
            code="apply",
            title=_("Apply"),
            run=_apply,
            right="",
            icon="check",
            form=PolicyForm,
            needs_row=True,
            reason=_no_apply,
            fits=lambda row: row.state in (State.CHECKED, State.UPLOADED) and bool(row.titles),
        ),
        RowAction(
            code="go_on",
            title=_("Go on"),
            run=_apply,
            right="",
            icon="play",
            reason=_no_apply,
            fits=lambda row: row.state in (State.FAILED, State.CANCELLED) and _has_taken(row),
        ),
        RowAction(
            code="undo",
            title=_("Take back"),
            run=_undo,
            right="",
            icon="arrow-uturn-left",
            confirm=_(
                "Take back this import? New rows are deleted and changed ones get their values again, where nothing"
                " has happened to them since."
            ),
            reason=_lacks_right,
            fits=lambda row: row.state in (State.DONE, State.FAILED, State.CANCELLED) and bool(row.counts.get("done")),
            is_dangerous=True,
        ),
    ),
    detail=(
        Panel("core/imports/outcome.html", outcome_of),
        Panel("core/imports/preview.html", preview_of),
        Section(
            _("Import"),
            (
                Column("kind", kind="text", value=_kind_of),
                "policy",
                "decimal_mark",
                "clears",
                "owner",
                "created_at",
                "finished_at",
            ),
            is_aside=True,
        ),
    ),
    empty_title=_("No imports yet"),
    empty_text=_("Upload a CSV file or an Excel workbook; you see what it would do before it does anything."),
)
