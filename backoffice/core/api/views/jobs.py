"""Long work: how far it is, what came of it, and the two things one can do about it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from backoffice.core.api import fields
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.serializers import StrictSerializer
from backoffice.core.api.viewsets import ListViewSet
from backoffice.core.jobs import cancel_job, retry_job
from backoffice.core.models.jobs import Job
from backoffice.core.services.masters import visible
from backoffice.core.work import JOBS
from backoffice.core.work_filters import JobFilter


class JobSerializer(StrictSerializer):
    """One piece of long work."""

    id = fields.IntegerField(read_only=True)
    kind = fields.LineField(read_only=True)
    title = fields.LineField(read_only=True)
    state = fields.ChoiceField(Job.State, read_only=True)
    done = fields.IntegerField(read_only=True, help_text="So many of `total`.")
    total = fields.IntegerField(read_only=True, allow_null=True)
    percent = fields.IntegerField(read_only=True, allow_null=True)
    note = fields.LineField(read_only=True, allow_blank=True)
    result = fields.ObjectField(read_only=True, allow_null=True)
    result_file = fields.RelationField(read_only=True, allow_null=True)
    error = fields.TextField(
        read_only=True, allow_blank=True, help_text="One sentence; the rest is for administrators."
    )
    attempts = fields.IntegerField(read_only=True)
    cancel_requested = fields.BooleanField(read_only=True)
    created_at = fields.MomentField(read_only=True)
    started_at = fields.MomentField(read_only=True, allow_null=True)
    finished_at = fields.MomentField(read_only=True, allow_null=True)

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """A traceback names our insides: of an unforeseen failure only the fact is told."""
        shown: dict[str, Any] = super().to_representation(instance)
        if str(shown.get("error", "")).startswith("Traceback"):
            shown["error"] = "Something went wrong on our side."
        return shown


class JobViewSet(ListViewSet):
    """One's own jobs; all jobs with the right to see them."""

    rights = {"list": ANYBODY, "retrieve": ANYBODY, "cancel": ANYBODY, "retry": ANYBODY}
    serializer_class = JobSerializer
    filterset_class = JobFilter
    queryset = Job.objects.none()
    ordering = "-id"

    def rows(self) -> QuerySet[Any, Any]:
        return visible(JOBS, self.actor)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Any, pk: str) -> Response:
        """Stop it: at once while it is queued, at its next report of progress while it runs."""
        self.no_body()
        return Response(self._shown(cancel_job(job_id=self.row(pk).pk, actor=self.actor)).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Any, pk: str) -> Response:
        """Queue a job that failed or was cancelled once more."""
        self.no_body()
        return Response(self._shown(retry_job(job_id=self.row(pk).pk, actor=self.actor)).data)
