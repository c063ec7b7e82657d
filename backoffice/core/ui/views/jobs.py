"""The moving part of a job's page, its cancel button and its result file."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Missing
from backoffice.core.files.storage import answer_with
from backoffice.core.jobs import cancel_job
from backoffice.core.models.jobs import Job
from backoffice.core.services.masters import visible
from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.job_cards import job_card
from backoffice.core.work import JOBS


class JobPage(ConsolePage):
    """A page about one job that this person may see."""

    def job(self, key: int) -> Job:
        row: Job | None = visible(JOBS, self.actor).filter(pk=key).first()
        if row is None:
            raise Missing("not_found", _("There is no such job here."))
        return row


class JobCardView(JobPage):
    """The card alone, asked for every two seconds while the job runs."""

    def get(self, request: HttpRequest, key: int, **_kwargs: Any) -> HttpResponse:
        return render(request, "core/components/job.html", {"job": job_card(self.job(key))})


class JobCancelView(JobPage):
    """Cancel, and show the card as it is then."""

    def post(self, request: HttpRequest, key: int, **_kwargs: Any) -> HttpResponse:
        self.job(key)
        row = cancel_job(job_id=key, actor=self.actor)
        return render(request, "core/components/job.html", {"job": job_card(row)})


class JobResultView(JobPage):
    """The file that a job made. Who may see the job may have it."""

    def get(self, request: HttpRequest, key: int, **_kwargs: Any) -> FileResponse:
        file = self.job(key).result_file
        if file is None:
            raise Missing("no_result_file", _("This job made no file."))
        return answer_with(file, "attachment")
