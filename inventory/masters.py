"""Which tables of the inventory are master data: their forms, lists, imports and API calls come from these declarations."""

from typing import Any

from django.urls import reverse

from backoffice.core.masters import Master, register_master
from inventory.events import (
    LocationChanged,
    LocationsAdded,
    ProductChanged,
    ProductCreated,
    SkuChanged,
    SkuCreated,
    WarehouseChanged,
    WarehouseCreated,
)
from inventory.models import Brand, Category, Location, Pack, Product, Sku, Warehouse
from inventory.permissions import EDIT_CATALOG, EDIT_PLACES, VIEW_CATALOG, VIEW_PLACES, WAREHOUSE_LIMIT
from inventory.services.catalog import check_category, check_products, check_skus
from inventory.services.places import add_standard_places, check_locations


def _page(name: str) -> Any:
    return lambda identity: reverse(name, args=[identity])


def _product_changed(row: Product) -> ProductChanged:
    return ProductChanged(product_id=row.pk, code=row.code, status=row.status, is_active=row.is_active)


def _sku_changed(row: Sku) -> SkuChanged:
    return SkuChanged(
        sku_id=row.pk, product_id=row.product_id, code=row.code, status=row.status, is_active=row.is_active
    )


def _location_changed(row: Location) -> LocationChanged:
    return LocationChanged(
        location_id=row.pk, warehouse_id=row.warehouse_id or 0, code=row.code, is_active=row.is_active
    )


def _location_added(row: Location) -> LocationsAdded:
    return LocationsAdded(warehouse_id=row.warehouse_id or 0, count=1, first=row.code, last=row.code)


BRANDS = register_master(
    Master(
        code="inventory.brand",
        model=Brand,
        view=VIEW_CATALOG,
        edit=EDIT_CATALOG,
        editable=("code", "name"),
        natural_key=("code",),
        url=_page("inventory_brand_detail"),
    )
)

CATEGORIES = register_master(
    Master(
        code="inventory.category",
        model=Category,
        view=VIEW_CATALOG,
        edit=EDIT_CATALOG,
        editable=("code", "name", "parent"),
        natural_key=("code",),
        select=("parent",),
        url=_page("inventory_category_detail"),
        clean=check_category,
    )
)

PRODUCTS = register_master(
    Master(
        code="inventory.product",
        model=Product,
        view=VIEW_CATALOG,
        edit=EDIT_CATALOG,
        editable=(
            "code",
            "name",
            "description",
            "brand",
            "category",
            "status",
            "tracking",
            "has_expiry",
            "valuation",
            "hs_code",
            "origin_country",
            "attributes",
        ),
        fixed=("company",),
        natural_key=("company", "code"),
        select=("company", "brand", "category"),
        url=_page("inventory_product_detail"),
        clean_many=check_products,
        created=lambda row: ProductCreated(product_id=row.pk, code=row.code),
        changed=_product_changed,
    )
)

SKUS = register_master(
    Master(
        code="inventory.sku",
        model=Sku,
        view=VIEW_CATALOG,
        edit=EDIT_CATALOG,
        editable=(
            "code",
            "name",
            "attributes",
            "status",
            "price",
            "currency",
            "weight_g",
            "length_mm",
            "width_mm",
            "height_mm",
            "reorder_point",
            "storage_class",
        ),
        fixed=("product", "base_unit"),
        natural_key=("code",),
        select=("product",),
        describe_with="code",
        url=_page("inventory_sku_detail"),
        clean_many=check_skus,
        created=lambda row: SkuCreated(sku_id=row.pk, product_id=row.product_id, code=row.code),
        changed=_sku_changed,
    )
)

PACKS = register_master(
    Master(
        code="inventory.pack",
        model=Pack,
        view=VIEW_CATALOG,
        edit=EDIT_CATALOG,
        editable=("name", "weight_g", "length_mm", "width_mm", "height_mm"),
        fixed=("sku", "code", "units"),
        natural_key=("sku", "code"),
        select=("sku",),
    )
)

WAREHOUSES = register_master(
    Master(
        code="inventory.warehouse",
        model=Warehouse,
        view=VIEW_PLACES,
        edit=EDIT_PLACES,
        editable=("code", "name", "address", "time_zone", "latitude", "longitude", "cutoff", "priority"),
        fixed=("company",),
        natural_key=("code",),
        limit=(WAREHOUSE_LIMIT, "pk"),
        select=("company",),
        url=_page("inventory_warehouse_detail"),
        after_create=add_standard_places,
        created=lambda row: WarehouseCreated(warehouse_id=row.pk, code=row.code),
        changed=lambda row: WarehouseChanged(warehouse_id=row.pk, code=row.code, is_active=row.is_active),
    )
)

# Where a place stands and what it is called are the matter of move_location, since all that lies in it follows; blocking has a
# reason and is the matter of block_locations.
LOCATIONS = register_master(
    Master(
        code="inventory.location",
        model=Location,
        view=VIEW_PLACES,
        edit=EDIT_PLACES,
        editable=(
            "name",
            "barcode",
            "pick_sequence",
            "x_mm",
            "y_mm",
            "z_mm",
            "max_weight_g",
            "max_units",
            "max_volume_ml",
            "storage_class",
        ),
        fixed=("warehouse", "parent", "kind", "code"),
        natural_key=("warehouse", "code"),
        limit=(WAREHOUSE_LIMIT, "warehouse_id"),
        select=("warehouse", "parent"),
        describe_with="code",
        url=_page("inventory_location_detail"),
        clean_many=check_locations,
        created=_location_added,
        changed=_location_changed,
    )
)
