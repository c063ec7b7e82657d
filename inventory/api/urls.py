"""Addresses of the inventory, under /api/v1/."""

from django.urls import path

from backoffice.core.api.routers import Router
from inventory.api.views.barcodes import BarcodeViewSet, ScanView
from inventory.api.views.catalog import BrandViewSet, CategoryViewSet, PackViewSet, ProductViewSet, SkuViewSet
from inventory.api.views.places import LocationViewSet, WarehouseViewSet

router = Router()
router.register("brands", BrandViewSet, basename="brand")
router.register("categories", CategoryViewSet, basename="category")
router.register("products", ProductViewSet, basename="product")
router.register("skus", SkuViewSet, basename="sku")
router.register("packs", PackViewSet, basename="pack")
router.register("barcodes", BarcodeViewSet, basename="barcode")
router.register("warehouses", WarehouseViewSet, basename="warehouse")
router.register("locations", LocationViewSet, basename="location")

urlpatterns = [*router.urls, path("scan/<path:code>", ScanView.as_view(), name="scan")]
