"""Imports by programs: upload, check, apply, take back; each answers at once and the work is a job."""

import base64
import binascii
from io import BytesIO
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from backoffice.core.api import fields
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.serializers import StrictSerializer
from backoffice.core.api.viewsets import ListViewSet
from backoffice.core.errors import Invalid
from backoffice.core.import_sessions import IMPORTS
from backoffice.core.models.imports import DecimalMark, ImportSession
from backoffice.core.services.imports import apply_import, begin_import, map_and_check, undo_import
from backoffice.core.services.masters import visible
from backoffice.core.work_filters import ImportFilter


class FileField(fields.StrictField):
    """The bytes of a file, in base64."""

    def read(self, data: Any) -> bytes:
        if not isinstance(data, str):
            raise Invalid("not_text", _("Send the file in base64."))
        try:
            return base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Invalid("not_base64", _("This is not base64.")) from error

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "format": "byte"}


class ListField(fields.StrictField):
    """A list that is only ever shown."""

    def read(self, data: Any) -> Any:
        raise Invalid("field_not_writable", _("This field cannot be written."))

    def shape(self) -> dict[str, Any]:
        return {"type": "array", "items": {}}


class ImportSerializer(StrictSerializer):
    """One import: the file, how its columns are read, and what its rows do or did."""

    id = fields.IntegerField(read_only=True)
    kind = fields.LineField(read_only=True)
    name = fields.LineField(read_only=True)
    state = fields.ChoiceField(ImportSession.State, read_only=True)
    policy = fields.ChoiceField(ImportSession.Policy, read_only=True)
    titles = ListField(read_only=True, help_text="Of the columns of the file.")
    columns = fields.ObjectField(read_only=True, help_text="Field → place of its column, counted from 0.")
    decimal_mark = fields.ChoiceField(DecimalMark, read_only=True)
    clears = fields.BooleanField(read_only=True, help_text="Whether a blank cell empties the field.")
    problems = ListField(read_only=True, help_text="Of the file as a whole.")
    counts = fields.ObjectField(read_only=True)
    job_id = fields.IntegerField(read_only=True, allow_null=True)
    created_at = fields.MomentField(read_only=True)
    finished_at = fields.MomentField(read_only=True, allow_null=True)


class BadRowSerializer(StrictSerializer):
    """A row that cannot be taken, and why."""

    line = fields.IntegerField(read_only=True)
    state = fields.LineField(read_only=True)
    problems = ListField(read_only=True)


class UploadSerializer(StrictSerializer):
    """A table to import."""

    kind = fields.LineField(max_length=60)
    name = fields.LineField(max_length=150, help_text="With its ending: stock.csv.")
    content = FileField(
        help_text="The bytes of the file in base64. Files beyond one and a half megabytes come in by the console."
    )


class CheckSerializer(StrictSerializer):
    """Which column is which. What is left out stays as it was guessed."""

    columns = fields.ObjectField(required=False)
    decimal_mark = fields.ChoiceField(DecimalMark, required=False)
    clears = fields.BooleanField(required=False)


class ApplySerializer(StrictSerializer):
    """What becomes of bad rows."""

    policy = fields.ChoiceField(ImportSession.Policy)


class ImportViewSet(ListViewSet):
    """One's own imports; all of them with the right to see everybody's jobs. The right of the kind is asked by the service."""

    rights = dict.fromkeys(("list", "retrieve", "create", "check", "apply", "undo", "bad_rows"), ANYBODY)
    key_required: ClassVar[frozenset[str]] = frozenset({"create"})
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    queryset = ImportSession.objects.none()
    ordering = "-id"

    def rows(self) -> QuerySet[Any, Any]:
        return visible(IMPORTS, self.actor)

    @extend_schema(request=UploadSerializer)
    def create(self, request: Any) -> Response:
        """Upload a CSV file or a workbook. Its columns are guessed and nothing is changed."""
        sent = UploadSerializer().run_validation(self.body_object())
        session = begin_import(kind=sent["kind"], file=BytesIO(sent["content"]), name=sent["name"], actor=self.actor)
        return Response(self._shown(session).data, status=201)

    @extend_schema(request=CheckSerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def check(self, request: Any, pk: str) -> Response:
        """Have every row tried without changing anything."""
        sent = CheckSerializer().run_validation(self.body_object())
        session = self.row(pk)
        changed = map_and_check(
            session_id=session.pk,
            columns=sent.get("columns", session.columns),
            decimal_mark=sent.get("decimal_mark", session.decimal_mark),
            clears=sent.get("clears", session.clears),
            actor=self.actor,
        )
        return Response(self._shown(changed).data, status=202)

    @extend_schema(request=ApplySerializer, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Any, pk: str) -> Response:
        """Take the rows."""
        sent = ApplySerializer().run_validation(self.body_object())
        changed = apply_import(session_id=self.row(pk).pk, policy=sent["policy"], actor=self.actor)
        return Response(self._shown(changed).data, status=202)

    @extend_schema(request=None, responses={202: ImportSerializer})
    @action(detail=True, methods=["post"])
    def undo(self, request: Any, pk: str) -> Response:
        """Take back what was taken, where nothing has happened to it since."""
        self.no_body()
        return Response(self._shown(undo_import(session_id=self.row(pk).pk, actor=self.actor)).data, status=202)

    @extend_schema(request=None, responses=BadRowSerializer(many=True))
    @action(detail=True, methods=["get"], url_path="bad-rows", pagination_class=None, filterset_class=None)
    def bad_rows(self, request: Any, pk: str) -> Response:
        """The first thousand bad rows, each with what is wrong with it."""
        rows = self.row(pk).rows.filter(action="error").order_by("line", "pk")[:1_000]
        return Response([{"line": row.line, "state": row.state, "problems": row.problems} for row in rows])
