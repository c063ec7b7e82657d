"""What one may do in the catalog and with places."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import Permission

VIEW_CATALOG = "inventory.view_catalog"
EDIT_CATALOG = "inventory.edit_catalog"
VIEW_PLACES = "inventory.view_places"
EDIT_PLACES = "inventory.edit_places"
BLOCK_PLACES = "inventory.block_places"

PERMISSIONS = (
    Permission(VIEW_CATALOG, _("See products, SKUs, packs and barcodes")),
    Permission(EDIT_CATALOG, _("Add and change products, SKUs, packs, barcodes, brands and categories")),
    Permission(VIEW_PLACES, _("See warehouses and their places")),
    Permission(EDIT_PLACES, _("Add and change warehouses and their places, make bins in bulk")),
    Permission(BLOCK_PLACES, _("Block places for picking and put-away, and free them again")),
)
