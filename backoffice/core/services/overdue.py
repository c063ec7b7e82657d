"""Jobs that take too long are told of, once."""

from dataclasses import dataclass
from typing import ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backoffice.core import jobs
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.events import Event, publish
from backoffice.core.messaging import message_kind
from backoffice.core.models.people import User
from backoffice.core.refs import Ref
from backoffice.core.services.messages import queue_message


@dataclass(frozen=True, kw_only=True)
class JobOverdue(Event):
    """A job has not ended within the time its kind allows."""

    name: ClassVar[str] = "core.job_overdue"
    public: ClassVar[bool] = True
    job_id: int
    kind: str
    title: str
    owner_id: int | None

    @property
    def key(self) -> str:
        return f"core.job:{self.job_id}"


def tell_overdue_jobs() -> int:
    """Publish JobOverdue for each job that became overdue since the last look. Returns how many."""
    with acting(Actor.system("jobs")):
        late = jobs.overdue_jobs()
        publish(*[JobOverdue(job_id=row.pk, kind=row.kind, title=row.title, owner_id=row.owner_id) for row in late])
    return len(late)


OVERDUE = message_kind(
    "core.job_overdue",
    title=_("A job takes too long"),
    subject=_("Still under way: {{ title }}"),
    body=_(
        "Dear {{ name }},\n\nthe job “{{ title }}” that you started has not ended in time. Have a look at it, cancel it or run"
        " it again:\n{{ url }}\n"
    ),
    sample={"name": "Ada", "title": "Import of SKUs", "url": "https://example.org/jobs/7/"},
)


def mail_owner(event: JobOverdue) -> None:
    """Mail whoever started the job, once, in their language. Jobs of the system and of keys have nobody to tell."""
    owner = User.objects.filter(pk=event.owner_id, is_active=True).first() if event.owner_id else None
    if owner is None:
        return
    queue_message(
        kind=OVERDUE.code,
        to=owner.email,
        values={
            "name": owner.get_full_name(),
            "title": event.title,
            "url": f"{settings.PUBLIC_URL}/jobs/{event.job_id}/",
        },
        language=owner.language or settings.LANGUAGE_CODE,
        actor=Actor.system("jobs"),
        about=Ref("core.job", str(event.job_id)),
        once_key=f"core.job_overdue:{event.job_id}",
    )
