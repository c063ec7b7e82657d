"""Jobs, deliveries and messages in the console: what runs, what failed, and the buttons that mend it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import DomainError, Words
from backoffice.core.jobs import cancel_job, retry_job
from backoffice.core.models.jobs import Job
from backoffice.core.models.messages import Message, MessageAttempt
from backoffice.core.models.outbox import OutboxDelivery
from backoffice.core.outbox import retry_delivery, skip_delivery
from backoffice.core.permissions import MANAGE_MESSAGES, MEND_OUTBOX
from backoffice.core.refs import Ref, describe
from backoffice.core.services.messages import resend_message, shown_body
from backoffice.core.ui.job_cards import job_card
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import BulkAction, Group, Input, Panel, Related, RowAction, Section
from backoffice.core.work import DELIVERIES, JOBS, MESSAGES, TEMPLATES
from backoffice.core.work_filters import DeliveryFilter, JobFilter, MessageFilter, TemplateFilter

Data = Mapping[str, Any]
TONES = {"queued": "neutral", "running": "info", "succeeded": "success", "failed": "danger", "cancelled": "neutral"}
DELIVERY_TONES = {"pending": "info", "done": "success", "quarantined": "danger", "skipped": "neutral"}
MESSAGE_TONES = {"queued": "info", "sent": "success", "failed": "danger"}


# --- jobs -----------------------------------------------------------------------------------------------------------
def _cancel(row: Job, actor: Actor, data: Data, item: int) -> str | None:
    cancel_job(job_id=row.pk, actor=actor)
    return None


def _run_again(row: Job, actor: Actor, data: Data, item: int) -> str | None:
    retry_job(job_id=row.pk, actor=actor)
    return None


def _percent(row: Job) -> SafeString | str:
    if row.percent is None:
        return "–"
    return format_html('<progress value="{}" max="100" aria-label="{}"></progress>', row.percent, f"{row.percent} %")


JOB_PAGES = ModelPages(
    master=JOBS,
    slug="jobs",
    area="work",
    area_title=_("Work"),
    icon="queue-list",
    lead=_("Long work: imports, exports, bulk changes. It goes on when you leave the page."),
    filterset=JobFilter,
    columns=(
        Column("title", link=True),
        Column("state", tones=TONES),
        Column("progress", title=_("Progress"), cell=_percent, value=lambda row: row.percent),
        Column("owner"),
        Column("created_at"),
        Column("finished_at", is_wide_only=True),
        Column("kind", kind="code", is_shown=False),
        Column("attempts", is_shown=False),
    ),
    default_sort="-created_at",
    search=("title", "kind"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
    row_actions=(
        RowAction(
            code="cancel",
            title=_("Cancel the job"),
            run=_cancel,
            right="",
            icon="stop-circle",
            done=_("The job stops at its next step."),
            confirm=_("Cancel this job? What is done stays done."),
            fits=lambda row: not row.is_over,
            is_dangerous=True,
        ),
        RowAction(
            code="retry",
            title=_("Run again"),
            run=_run_again,
            right="",
            icon="arrow-path",
            done=_("The job waits for a worker."),
            fits=lambda row: row.state in (Job.State.FAILED, Job.State.CANCELLED),
        ),
    ),
    detail=(
        Panel("core/running/job.html", lambda row, actor: {"job": job_card(row), "row": row}),
        Section(_("Job"), ("kind", "owner", "created_at", "started_at", "finished_at", "attempts"), is_aside=True),
    ),
    empty_title=_("No jobs"),
    empty_text=_("Imports, exports and bulk changes of many rows appear here while they run and afterwards."),
)


# --- deliveries -----------------------------------------------------------------------------------------------------
class SkipForm(forms.Form):
    """Why a delivery is given up."""

    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("Stays on the delivery."))


def _each(ids: Sequence[int], work: Any) -> BulkAnswer:
    changed: list[int] = []
    refused: dict[int, DomainError] = {}
    for identity in ids:
        try:
            work(identity)
        except DomainError as error:
            refused[identity] = error
        else:
            changed.append(identity)
    return BulkAnswer(dict.fromkeys(changed), refused)


def _retry(ids: Sequence[int], actor: Actor, data: Data) -> BulkAnswer:
    return _each(ids, lambda identity: retry_delivery(delivery_id=identity, actor=actor))


def _skip(ids: Sequence[int], actor: Actor, data: Data) -> BulkAnswer:
    return _each(ids, lambda identity: skip_delivery(delivery_id=identity, reason=data["reason"], actor=actor))


def _is_open(row: OutboxDelivery) -> bool:
    return row.state in (OutboxDelivery.State.PENDING, OutboxDelivery.State.QUARANTINED)


def _delivery(row: OutboxDelivery, actor: Actor) -> Mapping[str, Any]:
    held_back = OutboxDelivery.objects.filter(
        handler=row.handler, key=row.key, pk__gt=row.pk, state=OutboxDelivery.State.PENDING
    )
    return {"row": row, "event": row.event, "held_back": held_back.count() if row.key and _is_open(row) else 0}


DELIVERY_PAGES = ModelPages(
    master=DELIVERIES,
    slug="deliveries",
    area="work",
    area_title=_("Work"),
    icon="inbox-stack",
    lead=_("Every event on its way to whoever listens. One that fails holds back its own key and nothing else."),
    filterset=DeliveryFilter,
    columns=(
        Column("handler", link=True),
        Column("event__name", title=_("Event"), kind="code", needs=("event",)),
        Column("state", tones=DELIVERY_TONES),
        Column("attempts"),
        Column("next_at", is_wide_only=True),
        Column("event__occurred_at", title=_("Happened"), needs=("event",)),
        Column("key", kind="code", is_shown=False),
        Column("done_at", is_shown=False),
        Column("mended_by", is_shown=False),
    ),
    default_sort="-event__occurred_at",
    search=("handler", "key"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
    actions=(
        BulkAction(
            code="retry",
            title=_("Try again"),
            run=_retry,
            right=MEND_OUTBOX,
            icon="arrow-path",
            help=_("At once, with all five attempts before it."),
            fits=_is_open,
        ),
        BulkAction(
            code="skip",
            title=_("Skip"),
            run=_skip,
            right=MEND_OUTBOX,
            icon="forward",
            form=SkipForm,
            help=_("The handler never hears of it; what it held back goes on."),
            fits=_is_open,
            is_dangerous=True,
        ),
    ),
    detail=(
        Panel("core/running/delivery.html", _delivery),
        Section(
            _("Delivery"),
            ("handler", "key", "attempts", "next_at", "done_at", "mended_by", "skip_reason"),
            is_aside=True,
        ),
    ),
    empty_title=_("Nothing here"),
    empty_text=_("Deliveries appear when something happens that somebody listens to."),
)


# --- messages -------------------------------------------------------------------------------------------------------
def _resend(row: Message, actor: Actor, data: Data, item: int) -> str | None:
    resend_message(message_id=row.pk, actor=actor)
    return None


def _message(row: Message, actor: Actor) -> Mapping[str, Any]:
    about = Ref(row.about_kind, row.about_id) if row.about_kind else None
    return {"message": row, "body": shown_body(row, actor), "about": describe([about])[about] if about else None}


def _waits(row: Message, actor: Actor) -> Words:
    return _("It still waits to be sent.") if row.state == Message.State.QUEUED else ""


MESSAGE_PAGES = ModelPages(
    master=MESSAGES,
    slug="messages",
    area="work",
    area_title=_("Work"),
    icon="envelope",
    lead=_("Every mail of the house, as it was sent, with each attempt."),
    filterset=MessageFilter,
    columns=(
        Column("subject", link=True),
        Column("recipient"),
        Column("state", tones=MESSAGE_TONES),
        Column("created_at"),
        Column("sent_at", is_wide_only=True),
        Column("kind", kind="code", is_shown=False),
        Column("language", is_shown=False),
        Column("attempts", is_shown=False),
    ),
    default_sort="-created_at",
    search=("subject", "recipient"),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    row_actions=(
        RowAction(
            code="resend",
            title=_("Send again"),
            run=_resend,
            right=MANAGE_MESSAGES,
            icon="paper-airplane",
            done=_("The message waits to be sent."),
            confirm=_("Send this message once more, in the same words?"),
            reason=_waits,
        ),
    ),
    detail=(
        Panel("core/running/message.html", _message),
        Related(
            code="attempts",
            title=_("Attempts to send"),
            model=MessageAttempt,
            rows=lambda row, actor: row.log.order_by("-pk"),
            columns=("number", "created_at", "way", Column("is_sent"), "answer"),
            empty=_("Not tried yet."),
        ),
        Section(_("Message"), ("kind", "language", "created_at", "sent_at"), is_aside=True),
    ),
    empty_title=_("No messages"),
    empty_text=_("Confirmations, shipping news and links appear here as they are sent."),
)

TEMPLATE_PAGES = ModelPages(
    master=TEMPLATES,
    slug="templates",
    area="settings",
    area_title=_("Settings"),
    icon="document-text",
    lead=_("Your own words for the mails of the house. Where there are none, the product's are used."),
    filterset=TemplateFilter,
    columns=(
        Column("kind", link=True, kind="code"),
        Column("language"),
        Column("channel"),
        Column("subject"),
        "updated_at",
        "is_active",
    ),
    default_sort="kind",
    search=("kind", "subject"),
    form=(
        Group(
            _("Which mail"),
            (Input("kind", span="half"), Input("language", span="quarter"), Input("channel", span="quarter")),
        ),
        Group(
            _("Words"),
            (Input("subject"), Input("body")),
            help=_("{{ name }} is filled in; {{#if name}}…{{/if}} and {{#each lines}}…{{/each}} choose and repeat."),
        ),
    ),
    empty_title=_("No words of your own"),
    empty_text=_("Add a template to say something in your own words; it can be switched off again."),
)
