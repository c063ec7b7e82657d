"""Brands, categories, products, SKUs and packs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from backoffice.core.api.viewsets import MasterViewSet
from inventory.api.drafts import product_draft
from inventory.api.serializers.catalog import (
    BrandSerializer,
    CategorySerializer,
    PackSerializer,
    ProductSerializer,
    ReasonSerializer,
    SkuSerializer,
    WholeProductSerializer,
)
from inventory.filters import BrandFilter, CategoryFilter, PackFilter, ProductFilter, SkuFilter
from inventory.masters import BRANDS, CATEGORIES, PACKS, PRODUCTS, SKUS
from inventory.permissions import EDIT_CATALOG
from inventory.services.catalog import activate_product, create_product, retire_product

BY_CODE = {"id": "id", "code": "code", "name": "name", "updated_at": "updated_at"}


class BrandViewSet(MasterViewSet):
    """Whose name stands on products."""

    master = BRANDS
    serializer_class = BrandSerializer
    filterset_class = BrandFilter
    orderings = BY_CODE


class CategoryViewSet(MasterViewSet):
    """The shelves of the catalog, which lie in one another."""

    master = CATEGORIES
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    orderings = BY_CODE


class ProductViewSet(MasterViewSet):
    """What a shop page shows."""

    master = PRODUCTS
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    orderings = BY_CODE
    rights = {"launch": EDIT_CATALOG, "retire": EDIT_CATALOG, "create_whole": EDIT_CATALOG}

    @extend_schema(request=WholeProductSerializer, responses={201: ProductSerializer})
    @action(detail=False, methods=["post"], url_path="whole", url_name="whole")
    def create_whole(self, request: Any) -> Response:
        """Add a product with its SKUs, packs and barcodes, all or nothing."""
        serializer = WholeProductSerializer(context=self.get_serializer_context())
        draft = product_draft(serializer.run_validation(self.body_object()), self.actor)
        with serializer.our_names():
            row = create_product(draft=draft, actor=self.actor)
        return Response(self._shown(row).data, status=201)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def launch(self, request: Any, pk: str) -> Response:
        """Take a product and all its SKUs into the range."""
        self.no_body()
        activate_product(product_id=self.row(pk).pk, actor=self.actor)
        return Response(self._shown(self.row(pk)).data)

    @extend_schema(request=ReasonSerializer)
    @action(detail=True, methods=["post"])
    def retire(self, request: Any, pk: str) -> Response:
        """Discontinue a product and all its SKUs: what is left is sold off and nothing is bought again."""
        reason = ReasonSerializer().run_validation(self.body_object())["reason"]
        retire_product(product_id=self.row(pk).pk, actor=self.actor, reason=reason)
        return Response(self._shown(self.row(pk)).data)


class SkuViewSet(MasterViewSet):
    """The smallest things that are stocked and counted separately."""

    master = SKUS
    serializer_class = SkuSerializer
    filterset_class = SkuFilter
    orderings = BY_CODE


class PackViewSet(MasterViewSet):
    """How SKUs are packed together."""

    master = PACKS
    serializer_class = PackSerializer
    filterset_class = PackFilter
    orderings = {"id": "id", "code": "code", "units": "units", "updated_at": "updated_at"}
