"""What the page of one import shows: how far it is, what it would do or did, and what is wrong with which rows."""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.imports import all_imports
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_cells import shown, taken_up
from backoffice.core.services.import_reading import reading_of
from backoffice.core.ui.job_cards import job_card

MOST_PROBLEMS: Final = 100
MOST_ROWS: Final = 20
_COUNTS: Final = (
    ("create", _("new"), "success"),
    ("change", _("changed"), "accent"),
    ("same", _("the same"), "neutral"),
    ("error", _("bad"), "danger"),
)
_OUTCOMES: Final = (
    ("done", _("taken"), "success"),
    ("refused", _("rejected"), "danger"),
    ("held", _("held"), "warning"),
    ("undone", _("taken back"), "neutral"),
)


def outcome_of(row: ImportSession, actor: Actor) -> Mapping[str, Any]:
    """The progress of the job, what is wrong with the file, and the counts."""
    job = row.job
    counts = row.counts
    return {
        "row": row,
        "job": job_card(job) if job is not None and not job.is_over else None,
        "progress_url": reverse("core_import_progress", args=[row.pk]),
        "failure": _failure(row),
        "problems": row.problems,
        "counts": [(title, counts[name], tone) for name, title, tone in _COUNTS if counts.get(name)],
        "outcomes": [(title, counts[name], tone) for name, title, tone in _OUTCOMES if counts.get(name)],
        "rows": counts.get("rows", 0),
        "columns_url": reverse("core_import_columns", args=[row.pk]) if row.state == "uploaded" else "",
        "held_url": reverse("core_import_held", args=[row.pk]) if counts.get("held") and not row.is_busy else "",
        "bad_rows_url": reverse("core_import_bad_rows", args=[row.pk]) if counts.get("error") else "",
    }


def _failure(row: ImportSession) -> str:
    """One sentence; what a crash wrote down is for the page of the job."""
    if row.state != ImportSession.State.FAILED or row.job is None or not row.job.error:
        return ""
    if row.job.error.startswith("Traceback"):
        return str(_("Something went wrong on our side. The page of the job says what."))
    return row.job.error


def preview_of(row: ImportSession, actor: Actor) -> Mapping[str, Any]:
    """The problems by line and column, and the first rows of each kind."""
    if row.is_busy or not row.counts:
        return {"lines": [], "problems": [], "rest": 0}
    kind = all_imports().get(row.kind)
    bad = list(row.rows.exclude(problems=[]).order_by("line", "pk")[: MOST_PROBLEMS + 1])
    problems = [problem for one in bad[:MOST_PROBLEMS] for problem in one.problems]
    good = row.rows.filter(action__in=["create", "change"]).order_by("pk")[:MOST_ROWS]
    fields = (
        [(field.title, row.columns[field.name]) for field in kind.fields if field.name in row.columns] if kind else []
    )
    reading = reading_of(row)
    lines = [
        {
            "row": one,
            "url": kind.url(one.row_id)
            if kind is not None and kind.url is not None and one.row_id and one.state == "done"
            else "",
            "cells": [
                shown(taken_up(one.cells[place]), reading) if place < len(one.cells) else "" for _t, place in fields
            ],
        }
        for one in good
    ]
    total = row.counts.get("error", 0)
    return {
        "titles": [title for title, _place in fields],
        "lines": lines,
        "problems": problems,
        "rest": max(0, total - MOST_PROBLEMS) if len(bad) > MOST_PROBLEMS else 0,
    }


def held_rows(row: ImportSession) -> Any:
    """The rows that wait for a correction, in the order of the file."""
    return row.rows.filter(state=ImportRow.State.HELD).order_by("line", "pk")
