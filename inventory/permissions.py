"""What one may do in the catalog and with places."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import Permission

VIEW_CATALOG = "inventory.view_catalog"
EDIT_CATALOG = "inventory.edit_catalog"
VIEW_PLACES = "inventory.view_places"
EDIT_PLACES = "inventory.edit_places"
BLOCK_PLACES = "inventory.block_places"

# The kind of limit that narrows a person or a key to some warehouses.
WAREHOUSE_LIMIT = "inventory.warehouse"

PERMISSIONS = (
    Permission(VIEW_CATALOG, _("See products, SKUs, packs and barcodes")),
    Permission(EDIT_CATALOG, _("Add and change products, SKUs, packs, barcodes, brands and categories")),
    Permission(VIEW_PLACES, _("See warehouses and their places")),
    Permission(EDIT_PLACES, _("Add and change warehouses and their places, make bins in bulk")),
    Permission(BLOCK_PLACES, _("Block places for picking and put-away, and free them again")),
)

_EVERYBODY = (VIEW_CATALOG, VIEW_PLACES)

ROLES: Mapping[str, tuple[str, ...]] = {
    "picker": _EVERYBODY,
    "packer": _EVERYBODY,
    "warehouse_lead": (*_EVERYBODY, EDIT_PLACES, BLOCK_PLACES),
    "buyer": (*_EVERYBODY, EDIT_CATALOG),
    "support": _EVERYBODY,
    "accountant": _EVERYBODY,
    "manager": (*_EVERYBODY, EDIT_CATALOG, EDIT_PLACES, BLOCK_PLACES),
    "integrator": (*_EVERYBODY, EDIT_CATALOG),
}
