"""Jobs that take too long are told of, once."""

from dataclasses import dataclass
from typing import ClassVar

from backoffice.core import jobs
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.events import Event, publish


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
