"""The only place of the inventory that locks rows; see core's locks for how: keys in order, the row itself, no key lock.

The order of the house: warehouse before its places, product before its SKUs, then by primary key.
"""

from collections.abc import Iterable

from backoffice.core.actors import Actor
from backoffice.core.locks import lock_by_key, lock_one
from inventory.models import Location, Product, Sku, Warehouse


def lock_warehouse(warehouse_id: int, actor: Actor) -> Warehouse:
    """The warehouse, so that its tree of places is changed by one at a time. Missing when it is out of the actor's reach."""
    return lock_one(Warehouse.objects.in_reach(actor), warehouse_id)


def lock_location(location_id: int, actor: Actor) -> Location:
    """One place. Missing when it is out of the actor's reach."""
    return lock_one(Location.objects.in_reach(actor), location_id)


def lock_locations(location_ids: Iterable[int], actor: Actor) -> dict[int, Location]:
    """These places by key, in order; those out of the actor's reach are left out."""
    return lock_by_key(Location.objects.in_reach(actor), location_ids)


def lock_product(product_id: int) -> Product:
    """One product."""
    return lock_one(Product.objects.all(), product_id)


def lock_sku(sku_id: int) -> Sku:
    """One SKU, so that its packs and barcodes are changed by one at a time."""
    return lock_one(Sku.objects.all(), sku_id)
