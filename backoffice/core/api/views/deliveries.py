"""Events on their way to their handlers: what waits, what failed, and what to do about it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from backoffice.core.api import fields
from backoffice.core.api.serializers import StrictSerializer
from backoffice.core.api.viewsets import ListViewSet
from backoffice.core.models.outbox import OutboxDelivery
from backoffice.core.outbox import retry_delivery, skip_delivery
from backoffice.core.permissions import MEND_OUTBOX, VIEW_OUTBOX
from backoffice.core.services.masters import visible
from backoffice.core.work import DELIVERIES
from backoffice.core.work_filters import DeliveryFilter


class DeliverySerializer(StrictSerializer):
    """One event on its way to one handler."""

    id = fields.IntegerField(read_only=True)
    event_id = fields.IntegerField(read_only=True)
    event = fields.LineField(source="event.name", read_only=True)
    payload = fields.ObjectField(source="event.payload", read_only=True)
    occurred_at = fields.MomentField(source="event.occurred_at", read_only=True)
    handler = fields.LineField(read_only=True)
    key = fields.LineField(read_only=True, allow_blank=True)
    state = fields.ChoiceField(OutboxDelivery.State, read_only=True)
    attempts = fields.IntegerField(read_only=True)
    next_at = fields.MomentField(read_only=True)
    done_at = fields.MomentField(read_only=True, allow_null=True)
    last_error = fields.TextField(read_only=True, allow_blank=True)
    skip_reason = fields.LineField(read_only=True, allow_blank=True)
    mended_by = fields.LineField(read_only=True, allow_blank=True)


class SkipSerializer(StrictSerializer):
    """Why a delivery is given up."""

    reason = fields.LineField(max_length=500)


class DeliveryViewSet(ListViewSet):
    """The outbox."""

    rights = {"list": VIEW_OUTBOX, "retrieve": VIEW_OUTBOX, "retry": MEND_OUTBOX, "skip": MEND_OUTBOX}
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    queryset = OutboxDelivery.objects.none()
    ordering = "-id"

    def rows(self) -> QuerySet[Any, Any]:
        return visible(DELIVERIES, self.actor)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Any, pk: str) -> Response:
        """Try it again now, with all its attempts before it."""
        self.no_body()
        retry_delivery(delivery_id=self.row(pk).pk, actor=self.actor)
        return Response(self._shown(self.row(pk)).data)

    @extend_schema(request=SkipSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: Any, pk: str) -> Response:
        """Give it up, for a reason that stays with it. What it held back goes on."""
        reason = SkipSerializer().run_validation(self.body_object())["reason"]
        skip_delivery(delivery_id=self.row(pk).pk, reason=reason, actor=self.actor)
        return Response(self._shown(self.row(pk)).data)
