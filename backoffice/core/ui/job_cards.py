"""A job as the component `job.html` shows it: a bar that moves, and what can be done."""

from typing import Any

from django.urls import reverse

from backoffice.core.models.jobs import Job

_TONES = {"queued": "neutral", "running": "info", "succeeded": "success", "failed": "danger", "cancelled": "neutral"}


def job_card(row: Job) -> dict[str, Any]:
    """What the component needs. A finished job no longer asks for news of itself."""
    return {
        "id": row.pk,
        "title": row.title,
        "state": row.state,
        "state_label": row.get_state_display(),
        "tone": _TONES[row.state],
        "running": not row.is_over,
        "done": row.done,
        "total": row.total,
        "note": row.note,
        "url": "",
        "poll_url": reverse("core_job_card", args=[row.pk]),
        "cancel_url": reverse("core_job_cancel", args=[row.pk]),
        "result_url": reverse("core_job_result", args=[row.pk]) if row.result_file_id else "",
    }
