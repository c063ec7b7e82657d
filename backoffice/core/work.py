"""The work of the house as rows that people look at: jobs, deliveries, messages. Seen like master data, written by services."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core import templating
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Problem
from backoffice.core.masters import Master
from backoffice.core.messaging import all_message_kinds
from backoffice.core.models.jobs import Job
from backoffice.core.models.messages import Message, MessageTemplate
from backoffice.core.models.outbox import OutboxDelivery
from backoffice.core.permissions import (
    MANAGE_JOBS,
    MANAGE_MESSAGES,
    MEND_OUTBOX,
    VIEW_JOBS,
    VIEW_MESSAGES,
    VIEW_OUTBOX,
)
from backoffice.core.refs import Described, register_kind


def own_jobs(rows: Any, actor: Actor) -> Any:
    """Everybody sees the jobs they started, programs too; who may see all of them sees all of them."""
    if actor.may(VIEW_JOBS):
        return rows
    if actor.kind == "user":
        return rows.filter(owner_id=actor.id)
    return rows.filter(owner_id=None, actor__kind=actor.kind, actor__id=actor.id)


JOBS = Master(
    code="core.job",
    model=Job,
    view="",
    edit=MANAGE_JOBS,
    editable=(),
    narrow=own_jobs,
    select=("owner", "result_file"),
    describe_with="title",
    url=lambda identity: reverse("core_job_detail", args=[identity]),
)
DELIVERIES = Master(
    code="core.delivery",
    model=OutboxDelivery,
    view=VIEW_OUTBOX,
    edit=MEND_OUTBOX,
    editable=(),
    select=("event",),
    describe_with="handler",
    url=lambda identity: reverse("core_delivery_detail", args=[identity]),
)
MESSAGES = Master(
    code="core.message",
    model=Message,
    view=VIEW_MESSAGES,
    edit=MANAGE_MESSAGES,
    editable=(),
    describe_with="subject",
    url=lambda identity: reverse("core_message_detail", args=[identity]),
)


def check_words(row: MessageTemplate) -> None:
    """The kind exists, the house speaks the language, and the words use nothing but the values of their kind.

    Invalid with a problem for each field; for the words it names line and column.
    """
    kind = all_message_kinds().get(row.kind)
    problems: list[Problem] = []
    if kind is None:
        known = ", ".join(sorted(all_message_kinds()))
        problems.append(
            Problem("unknown_kind", _("There is no such kind. Known: %(known)s.") % {"known": known}, "kind")
        )
    if row.language not in dict(settings.LANGUAGES):
        known = ", ".join(code for code, _name in settings.LANGUAGES)
        text = _("The house does not write that language. Known: %(known)s.") % {"known": known}
        problems.append(Problem("unknown_language", text, "language"))
    for name in ("subject", "body") if kind is not None else ():
        try:
            templating.check(getattr(row, name), kind.sample if kind is not None else {})
        except Invalid as refusal:
            problems += [Problem(item.code, item.message, name) for item in refusal.problems]
    if problems:
        raise Invalid("invalid", problems[0].message, problems=problems)


TEMPLATES = Master(
    code="core.template",
    model=MessageTemplate,
    view=VIEW_MESSAGES,
    edit=MANAGE_MESSAGES,
    editable=("subject", "body"),
    fixed=("kind", "language", "channel"),
    natural_key=("kind", "language", "channel"),
    describe_with="kind",
    clean=check_words,
    url=lambda identity: reverse("core_template_detail", args=[identity]),
)


def _jobs(ids: list[str]) -> dict[str, Described]:
    rows = Job.objects.filter(pk__in=ids)
    return {str(row.pk): Described(row.title, reverse("core_job_detail", args=[row.pk])) for row in rows}


register_kind("core.job", title=_("job"), describe=_jobs)
