"""Lists, details and writes of one model by declaration: say whose rows, which serializer and which filters.

Every write is one call of a service; what may be written, by whom and when it is refused is decided there.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from backoffice.core.api import bulk, filters, paging
from backoffice.core.api.doors import FIELDS, Door
from backoffice.core.api.problems import BadParameter
from backoffice.core.api.serializers import ONLY, MasterSerializer
from backoffice.core.errors import Missing
from backoffice.core.masters import Master
from backoffice.core.services.masters import change_row, create_row, set_active, visible
from backoffice.core.texts import quoted

KEY: Final = "[0-9]{1,19}"


class ListViewSet(Door, GenericViewSet[Any]):
    """Rows to be read: a list in pages, and each by its key. `rows()` says which of them this actor may see."""

    lookup_value_regex = KEY
    orderings: ClassVar[Mapping[str, str]] = {"id": "id"}
    ordering: ClassVar[str] = "id"

    def rows(self) -> QuerySet[Any, Any]:
        """What this actor may see, with all that the serializer shows in a fixed number of queries."""
        raise TypeError(f"{type(self).__name__} does not say which rows it shows.")

    def get_queryset(self) -> QuerySet[Any, Any]:
        if getattr(self, "swagger_fake_view", False):  # asked by the OpenAPI document, on nobody's behalf
            cls: Any = type(self)
            nothing: QuerySet[Any, Any] = cls.queryset
            return nothing
        return self.rows()

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """One page of the rows that match."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(rows, many=True).data)

    def retrieve(self, request: Any, pk: str, *args: Any, **kwargs: Any) -> Response:
        """One row."""
        return Response(self._shown(self.row(pk)).data)

    def row(self, pk: str) -> Any:
        """The row with this key; Missing when there is none, or none that this actor may see."""
        found = self.get_queryset().filter(pk=int(pk)).first()
        if found is None:
            thing = self.get_queryset().model._meta.verbose_name
            raise Missing("not_found", _("There is no %(thing)s %(id)s here.") % {"thing": thing, "id": pk})
        return found

    def known_parameters(self, action: str | None) -> frozenset[str]:
        own = super().known_parameters(action)
        if action == "list":
            changes = {filters.CHANGED_SINCE} if filters.has_changes(self) else set()
            return own | paging.PARAMETERS | filters.filter_names(self._filterset) | {FIELDS} | changes
        return own | {FIELDS} if action == "retrieve" else own

    def repeatable_parameters(self) -> frozenset[str]:
        return filters.repeatable_names(self._filterset)

    @property
    def _filterset(self) -> Any:
        return getattr(self, "filterset_class", None)

    def _shown(self, rows: Any, *, many: bool = False) -> Any:
        return self.get_serializer(rows, many=many, context={**self.get_serializer_context(), ONLY: self._only()})

    def _only(self) -> frozenset[str] | None:
        """The fields that were asked for by `?fields=id,name`; None for all. BadParameter for one that is not there."""
        text = self.request.query_params.get(FIELDS)
        if text is None:
            return None
        serializer: Any = self.get_serializer()
        known = set(serializer.fields)
        wanted = frozenset(text.split(","))
        for name in sorted(wanted - known):
            raise BadParameter(
                "unknown_field",
                format_lazy(_("There is no field “{name}” here."), name=quoted(name)),
                field=FIELDS,
                hint=format_lazy(_("Known are: {names}."), names=", ".join(sorted(known))),
            )
        return wanted


class MasterViewSet(ListViewSet):
    """Master data: list, retrieve, create, change with its version, switch on and off, and both writes in bulk."""

    master: ClassVar[Master]
    serializer_class: type[MasterSerializer]
    key_required = frozenset({"bulk_create", "bulk_change"})
    most_bytes = bulk.MOST_BYTES
    policies: ClassVar[tuple[str, ...]] = bulk.POLICIES

    def __init_subclass__(cls, **options: Any) -> None:
        """Rights and model follow from the master; a subclass adds those of its own actions."""
        super().__init_subclass__(**options)
        if "master" not in vars(cls):
            return
        seen = dict.fromkeys(("list", "retrieve"), cls.master.view)
        writes = ("create", "partial_update", "activate", "deactivate", "bulk_create", "bulk_change")
        cls.rights = {**seen, **dict.fromkeys(writes, cls.master.edit), **cls.rights}
        cls.queryset = cls.master.model._default_manager.none()

    def rows(self) -> QuerySet[Any, Any]:
        return visible(self.master, self.actor)

    def address_of(self, identity: int) -> str:
        """Where a new row can be read."""
        return reverse(f"api:{self.basename}-detail", args=[identity])

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Add a row."""
        serializer: Any = self.get_serializer()
        values = serializer.run_validation(self.body_object())
        with serializer.our_names():
            row = create_row(master=self.master, values=values, actor=self.actor)
        return Response(self._shown(row).data, status=201)

    def partial_update(self, request: Any, pk: str, *args: Any, **kwargs: Any) -> Response:
        """Change some fields of a row. `version` is the one that was seen; 409, with what is there now, if it is old."""
        self.row(pk)
        serializer: Any = self.get_serializer(partial=True)
        values, version = bulk.with_version(serializer.run_validation(self.body_object()))
        with serializer.our_names():
            row = change_row(master=self.master, row_id=int(pk), values=values, version=version, actor=self.actor)
        return Response(self._shown(row).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def activate(self, request: Any, pk: str) -> Response:
        """Switch a row on."""
        return self._switched(pk, is_active=True)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Any, pk: str) -> Response:
        """Switch a row off. It stays where it is used, and is offered no more."""
        return self._switched(pk, is_active=False)

    @action(detail=False, methods=["post"], url_path="bulk", url_name="bulk")
    def bulk_create(self, request: Any) -> Response:
        """Add up to 1,000 rows, each answered in its place."""
        return Response(bulk.create_many(self))

    @bulk_create.mapping.patch
    def bulk_change(self, request: Any) -> Response:
        """Change up to 1,000 rows, each named by its id and the version that was seen."""
        return Response(bulk.change_many(self))

    def _switched(self, pk: str, *, is_active: bool) -> Response:
        self.no_body()
        row = self.row(pk)
        set_active(master=self.master, row_ids=[row.pk], is_active=is_active, actor=self.actor)
        return Response(self._shown(self.row(pk)).data)
