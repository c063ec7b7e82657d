"""The inventory's tiles on the home page."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.ui.tiles import add_list_tile
from inventory.ui.pages.catalog import PRODUCT_PAGES
from inventory.ui.pages.places import LOCATION_PAGES, WAREHOUSE_PAGES
from inventory.ui.pages.skus import SKU_PAGES

add_list_tile("inventory.products", PRODUCT_PAGES, title=_("Products in the range"), query="status=active", order=300)
add_list_tile("inventory.drafts", PRODUCT_PAGES, title=_("Products being prepared"), query="status=draft", order=310)
add_list_tile(
    "inventory.no_barcode",
    SKU_PAGES,
    title=_("SKUs without a barcode"),
    query="has_barcode=false",
    tone="warning",
    order=320,
)
add_list_tile(
    "inventory.no_weight", SKU_PAGES, title=_("SKUs not weighed"), query="has_weight=false", tone="warning", order=330
)
add_list_tile("inventory.warehouses", WAREHOUSE_PAGES, title=_("Warehouses"), query="is_active=true", order=350)
add_list_tile(
    "inventory.blocked",
    LOCATION_PAGES,
    title=_("Blocked places"),
    query="is_blocked=true",
    icon="lock-closed",
    tone="warning",
    order=360,
)
