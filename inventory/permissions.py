"""What one may do in the catalog and with places."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import Permission

VIEW_CATALOG = "inventory.view_catalog"
EDIT_CATALOG = "inventory.edit_catalog"
VIEW_PLACES = "inventory.view_places"
EDIT_PLACES = "inventory.edit_places"
BLOCK_PLACES = "inventory.block_places"

VIEW_STOCK = "inventory.view_stock"
VIEW_COSTS = "inventory.view_costs"
MOVE_STOCK = "inventory.move_stock"
ADJUST_STOCK = "inventory.adjust_stock"
APPROVE_ADJUSTMENTS = "inventory.approve_adjustments"

# The kind of limit that narrows a person or a key to some warehouses.
WAREHOUSE_LIMIT = "inventory.warehouse"

PERMISSIONS = (
    Permission(VIEW_CATALOG, _("See products, SKUs, packs and barcodes")),
    Permission(EDIT_CATALOG, _("Add and change products, SKUs, packs, barcodes, brands and categories")),
    Permission(VIEW_PLACES, _("See warehouses and their places")),
    Permission(EDIT_PLACES, _("Add and change warehouses and their places, make bins in bulk")),
    Permission(BLOCK_PLACES, _("Block places for picking and put-away, and free them again")),
    Permission(VIEW_STOCK, _("See stock, moves and reservations")),
    Permission(VIEW_COSTS, _("See what stock cost and what it is worth")),
    Permission(MOVE_STOCK, _("Move stock from place to place inside a warehouse")),
    Permission(ADJUST_STOCK, _("Ask for adjustments of stock, and post those below the limit")),
    Permission(APPROVE_ADJUSTMENTS, _("Approve or reject adjustments that somebody else asked for")),
)

_EVERYBODY = (VIEW_CATALOG, VIEW_PLACES, VIEW_STOCK)

ROLES: Mapping[str, tuple[str, ...]] = {
    "picker": (*_EVERYBODY, MOVE_STOCK),
    "packer": _EVERYBODY,
    "warehouse_lead": (*_EVERYBODY, EDIT_PLACES, BLOCK_PLACES, MOVE_STOCK, ADJUST_STOCK),
    "buyer": (*_EVERYBODY, EDIT_CATALOG, VIEW_COSTS),
    "support": _EVERYBODY,
    "accountant": (*_EVERYBODY, VIEW_COSTS),
    "manager": (
        *_EVERYBODY,
        EDIT_CATALOG,
        EDIT_PLACES,
        BLOCK_PLACES,
        VIEW_COSTS,
        MOVE_STOCK,
        ADJUST_STOCK,
        APPROVE_ADJUSTMENTS,
    ),
    "integrator": (*_EVERYBODY, EDIT_CATALOG),
}
