"""The inventory's part of the menu; its search and its tiles come along."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.ui.navigation import Entry, add_area
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES, VIEW_STOCK
from inventory.selectors.stock import waiting_adjustments
from inventory.ui import search, tiles

__all__ = ["search", "tiles"]

add_area(
    "catalog",
    title=_("Catalog"),
    icon="cube",
    order=300,
    entries=[
        Entry(_("Products"), "inventory_product_list", VIEW_CATALOG, key="p"),
        Entry(_("SKUs"), "inventory_sku_list", VIEW_CATALOG, key="s"),
        Entry(_("Brands"), "inventory_brand_list", VIEW_CATALOG),
        Entry(_("Categories"), "inventory_category_list", VIEW_CATALOG),
    ],
)
add_area(
    "places",
    title=_("Places"),
    icon="building-storefront",
    order=350,
    entries=[
        Entry(_("Warehouses"), "inventory_warehouse_list", VIEW_PLACES, key="w"),
        Entry(_("Places"), "inventory_location_list", VIEW_PLACES, key="l"),
    ],
)
add_area(
    "stock",
    title=_("Stock"),
    icon="archive-box",
    order=320,
    entries=[
        Entry(_("Stock"), "inventory_level_list", VIEW_STOCK, key="t"),
        Entry(_("Moves"), "inventory_move_list", VIEW_STOCK),
        Entry(_("Reservations"), "inventory_reservation_list", VIEW_STOCK),
        Entry(_("Adjustments"), "inventory_adjustment_list", VIEW_STOCK, count=waiting_adjustments),
    ],
)
