"""Barcodes, and what a scan means."""

from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from backoffice.core.api import fields
from backoffice.core.api.doors import Door
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.problems import plain
from backoffice.core.api.viewsets import ListViewSet
from backoffice.core.errors import Invalid, Problem
from inventory.api.serializers.catalog import BarcodeSerializer, PackSerializer, SkuSerializer
from inventory.api.serializers.places import LocationSerializer
from inventory.drafts import BarcodeDraft
from inventory.filters import BarcodeFilter
from inventory.models import Barcode, Pack, Sku
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from inventory.selectors.scans import find_by_scan
from inventory.services.barcodes import add_barcode, remove_barcode


class BarcodeViewSet(ListViewSet):
    """What scanners may read, and what it means. A barcode never changes: remove it and add another."""

    rights = {"list": VIEW_CATALOG, "retrieve": VIEW_CATALOG, "create": EDIT_CATALOG, "destroy": EDIT_CATALOG}
    serializer_class = BarcodeSerializer
    filterset_class = BarcodeFilter
    queryset = Barcode.objects.none()

    def rows(self) -> QuerySet[Any, Any]:
        return Barcode.objects.select_related("sku", "pack")

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Add a barcode to a SKU, or to one of its packs."""
        serializer: Any = self.get_serializer()
        values = dict(serializer.run_validation(self.body_object()))
        sku, pack = _owner(values.pop("sku"), values.pop("pack", None))
        draft = BarcodeDraft(text=values.pop("value"), pack=pack.code if pack else "", **values)
        with serializer.our_names():
            row = add_barcode(sku_id=sku.pk, draft=draft, actor=self.actor)
        return Response(self._shown(row).data, status=201)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Any, pk: str, *args: Any, **kwargs: Any) -> Response:
        """Take a barcode away."""
        self.no_body()
        remove_barcode(barcode_id=self.row(pk).pk, actor=self.actor)
        return Response(status=204)


def _owner(sku_id: int, pack_id: int | None) -> tuple[Sku, Pack | None]:
    """The SKU and the pack of it; Invalid for one that is not there."""
    sku = Sku.objects.filter(pk=sku_id).first()
    pack = Pack.objects.filter(pk=pack_id, sku=sku_id).first() if pack_id is not None else None
    for name, is_missing in (("sku", sku is None), ("pack", pack_id is not None and pack is None)):
        if is_missing:
            problem = Problem("not_found", f"There is no such {name}.", name)
            raise Invalid("invalid", "Some fields need attention.", problems=[problem])
    assert sku is not None
    return sku, pack


class ScanSerializer(serializers.Serializer[Any]):
    """What a scan means. One of `sku` and `location` is there."""

    kind = serializers.ChoiceField(choices=["sku", "pack", "location"])
    quantity = serializers.IntegerField(help_text="In base units: what one scan of it stands for.")
    sku = SkuSerializer(allow_null=True)
    pack = PackSerializer(allow_null=True)
    location = LocationSerializer(allow_null=True)
    printed = fields.LineField(allow_null=True, help_text="The barcode as it is printed, where it was one.")
    facts = serializers.DictField(allow_null=True, help_text="What a GS1 barcode says: lot, serial, expires_on, …")


class ScanView(Door):
    """What a scanner's text means here."""

    rights = {"get": ANYBODY}

    @extend_schema(
        operation_id="scan",
        responses=ScanSerializer,
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH, description="The text, percent-encoded.")],
    )
    def get(self, request: Any, code: str) -> Response:
        """A SKU, a pack of it, or a place; with lot, expiry and quantity where the barcode says them."""
        found = find_by_scan(code, actor=self.actor)
        facts = asdict(found.facts) if found.facts is not None else None
        return Response(
            {
                "kind": found.kind,
                "quantity": found.quantity,
                "sku": SkuSerializer(found.sku).data if found.sku is not None else None,
                "pack": PackSerializer(found.pack).data if found.pack is not None else None,
                "location": LocationSerializer(found.location).data if found.location is not None else None,
                "printed": found.barcode.printed if found.barcode is not None else None,
                "facts": {name: plain(value) for name, value in facts.items() if value} if facts is not None else None,
            }
        )
