"""Warehouses and their places."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from backoffice.core.api.viewsets import MasterViewSet
from inventory.api.serializers.places import (
    BinPlanSerializer,
    BlockSerializer,
    ChangedSerializer,
    FreeSerializer,
    LocationSerializer,
    MadeBinsSerializer,
    MakeBinsSerializer,
    MoveSerializer,
    WarehouseSerializer,
)
from inventory.filters import LocationFilter, WarehouseFilter
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES, VIEW_PLACES
from inventory.services.bins import BinLayout, make_bins, preview_bins
from inventory.services.places import block_locations, free_locations, move_location


class WarehouseViewSet(MasterViewSet):
    """Buildings that stock lies in and parcels leave from."""

    master = WAREHOUSES
    serializer_class = WarehouseSerializer
    filterset_class = WarehouseFilter
    orderings = {"id": "id", "code": "code", "name": "name", "priority": "priority", "updated_at": "updated_at"}
    rights = {"bins": EDIT_PLACES, "preview_bins": VIEW_PLACES}
    key_required = MasterViewSet.key_required | {"bins"}

    @extend_schema(request=MakeBinsSerializer, responses=MadeBinsSerializer)
    @action(detail=True, methods=["post"])
    def bins(self, request: Any, pk: str) -> Response:
        """Make up to 20,000 bins from a pattern, with the zones and aisles it names, all or nothing."""
        return Response(asdict(self._bins(make_bins, pk)))

    @extend_schema(request=MakeBinsSerializer, responses=BinPlanSerializer)
    @action(detail=True, methods=["post"], url_path="preview-bins")
    def preview_bins(self, request: Any, pk: str) -> Response:
        """What a pattern would make, without making it."""
        return Response(asdict(self._bins(preview_bins, pk)))

    def _bins(self, service: Any, pk: str) -> Any:
        serializer = MakeBinsSerializer()
        values = serializer.run_validation(self.body_object())
        warehouse = self.row(pk)
        layout = BinLayout(**values["layout"]) if "layout" in values else None
        with serializer.our_names():
            return service(
                warehouse_id=warehouse.pk,
                pattern=values["pattern"],
                parent_id=values.get("parent"),
                layout=layout,
                actor=self.actor,
            )


class LocationViewSet(MasterViewSet):
    """Zones, aisles, bins and the other places of warehouses, and the virtual ones."""

    master = LOCATIONS
    serializer_class = LocationSerializer
    filterset_class = LocationFilter
    orderings = {
        "id": "id",
        "code": "code",
        "path": "path",
        "pick_sequence": "pick_sequence",
        "updated_at": "updated_at",
    }
    rights = {"move": EDIT_PLACES, "block": BLOCK_PLACES, "free": BLOCK_PLACES}

    @extend_schema(request=MoveSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Any, pk: str) -> Response:
        """Hang a place, with all that lies in it, elsewhere in its warehouse, or rename it."""
        serializer = MoveSerializer()
        values = serializer.run_validation(self.body_object())
        place = self.row(pk)
        with serializer.our_names():
            move_location(location_id=place.pk, parent_id=values["parent"], code=values.get("code"), actor=self.actor)
        return Response(self._shown(self.row(pk)).data)

    @extend_schema(request=BlockSerializer, responses=ChangedSerializer)
    @action(detail=False, methods=["post"])
    def block(self, request: Any) -> Response:
        """Stop picking from, or put-away into, these places and whatever lies in them."""
        values = BlockSerializer().run_validation(self.body_object())
        return Response({"changed": [place.pk for place in block_locations(**values, actor=self.actor)]})

    @extend_schema(request=FreeSerializer, responses=ChangedSerializer)
    @action(detail=False, methods=["post"])
    def free(self, request: Any) -> Response:
        """Open these places again."""
        values = FreeSerializer().run_validation(self.body_object())
        return Response({"changed": [place.pk for place in free_locations(**values, actor=self.actor)]})
