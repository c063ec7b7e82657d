"""What core does by the clock or on a nudge. Each task is one call and may run twice."""

from celery import shared_task

from backoffice.core import commands, jobs, outbox, sessions
from backoffice.core.files import storage
from backoffice.core.services import heartbeats, messages, overdue


@shared_task(name="backoffice.core.drain_outbox")
def drain_outbox(**_: object) -> int:
    """Deliver what waits. Sent by a nudge, and every few seconds by the clock in case a nudge was lost."""
    return outbox.drain(seconds=60)


@shared_task(name="backoffice.core.run_job")
def run_job(job_id: int | None = None, **_: object) -> int | None:
    """Carry out one job."""
    return jobs.run_job(job_id)


@shared_task(name="backoffice.core.sweep_jobs")
def sweep_jobs(**_: object) -> int:
    """Begin jobs whose nudge was lost or whose worker died, until none is left to take."""
    count = 0
    while jobs.run_job() is not None:
        count += 1
    return count


@shared_task(name="backoffice.core.prune")
def prune(**_: object) -> dict[str, int]:
    """Forget what nobody needs any more: delivered events, answered commands, old sessions, lost contents."""
    return {
        "events": outbox.prune(),
        "commands": commands.prune(),
        "sessions": sessions.prune(),
        "files": storage.sweep_orphans(),
    }


@shared_task(name="backoffice.core.canary")
def canary(queue_name: str = "default", asked_by: str = "beat", **_: object) -> None:
    """Show that the workers of a queue live and, when beat asked, that beat does."""
    heartbeats.answer(f"worker.{queue_name}")
    if asked_by == "beat":
        heartbeats.answer("beat")


@shared_task(name="backoffice.core.tell_overdue_jobs")
def tell_overdue_jobs(**_: object) -> int:
    """Publish an alert for each job that takes longer than its kind allows."""
    return overdue.tell_overdue_jobs()


@shared_task(name="backoffice.core.send_messages")
def send_messages(**_: object) -> int:
    """Hand waiting mails to the mail server."""
    return messages.send_waiting_messages()
