"""What the search box finds of the catalog and the places, and what a scan means here."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.search import BEGINS, EXACT, Hit, SearchKind, rank_of, register_scan, register_search
from inventory.models import Location, Sku
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.selectors.catalog import search_products, search_skus
from inventory.selectors.places import search_places, search_warehouses
from inventory.selectors.scans import find_by_scan


def _sku_hit(sku: Sku, rank: int, note: str = "") -> Hit:
    words = f"{sku.product.name} · {sku.name}" if sku.name else sku.product.name
    url = reverse("inventory_sku_detail", args=[sku.pk])
    return Hit(title=sku.code, url=url, note=note or words, icon="qr-code", rank=rank)


def _place_hit(place: Location, rank: int) -> Hit:
    where = f"{place.warehouse.name} · {place.path}" if place.warehouse is not None else str(place.get_kind_display())
    pill, tone = (_("blocked"), "warning") if place.is_blocked else ("", "")
    url = reverse("inventory_location_detail", args=[place.pk])
    return Hit(title=place.code, url=url, note=where, icon="map-pin", pill=pill, tone=tone, rank=rank)


def _products(text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        Hit(
            title=product.name,
            url=reverse("inventory_product_detail", args=[product.pk]),
            note=product.code,
            icon="cube",
            pill="" if product.status == "active" else product.get_status_display(),
            rank=rank_of(text, product.name, product.code),
        )
        for product in search_products(text, actor=actor, limit=limit)
    ]


def _skus(text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        _sku_hit(sku, rank_of(text, sku.code, sku.name, sku.product.name))
        for sku in search_skus(text, actor=actor, limit=limit)
    ]


def _warehouses(text: str, actor: Actor, limit: int) -> list[Hit]:
    return [
        Hit(
            title=warehouse.name,
            url=reverse("inventory_warehouse_detail", args=[warehouse.pk]),
            note=warehouse.code,
            icon="building-storefront",
            rank=rank_of(text, warehouse.name, warehouse.code),
        )
        for warehouse in search_warehouses(text, actor=actor, limit=limit)
    ]


def _places(text: str, actor: Actor, limit: int) -> list[Hit]:
    # One code may be in several warehouses: only the label of a place names it exactly.
    return [
        _place_hit(place, max(rank_of(text, place.code, place.name), BEGINS))
        for place in search_places(text, actor=actor, limit=limit)
    ]


def _scanned(text: str, actor: Actor) -> Hit | None:
    """A barcode, the label of a place, or the code of a SKU. Missing and Invalid pass through: then it means nothing here."""
    scan = find_by_scan(text, actor=actor)
    if scan.location is not None:
        return _place_hit(scan.location, EXACT)
    if scan.sku is None:
        return None
    note = _("%(pack)s of %(product)s") % {"pack": scan.pack, "product": scan.sku.product} if scan.pack else ""
    return _sku_hit(scan.sku, EXACT, note)


register_scan("inventory", _scanned)
for kind in (
    SearchKind(code="inventory.sku", title=gettext_lazy("SKUs"), right=VIEW_CATALOG, find=_skus, order=20),
    SearchKind(code="inventory.product", title=gettext_lazy("Products"), right=VIEW_CATALOG, find=_products, order=30),
    SearchKind(code="inventory.location", title=gettext_lazy("Places"), right=VIEW_PLACES, find=_places, order=40),
    SearchKind(
        code="inventory.warehouse", title=gettext_lazy("Warehouses"), right=VIEW_PLACES, find=_warehouses, order=50
    ),
):
    register_search(kind)
