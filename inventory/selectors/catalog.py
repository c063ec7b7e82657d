"""Questions about the catalog: its tree of categories, what a search finds, which picture stands for a product."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from backoffice.core.actors import Actor
from backoffice.core.models.files import StoredFile
from backoffice.core.texts import sku_key
from inventory.models import Product, ProductPicture, Sku
from inventory.permissions import VIEW_CATALOG


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category in its tree. `products` are those in the category itself."""

    id: int
    code: str
    name: str
    depth: int
    products: int
    is_active: bool


def category_tree(actor: Actor) -> list[Shelf]:
    """All categories, each followed by those inside it, by name; in one query."""
    actor.require(VIEW_CATALOG)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE walk AS ("
            "  SELECT id, code, name, is_active, 0 AS depth, ARRAY[lower(name), id::text] AS place"
            "  FROM inventory_category WHERE parent_id IS NULL UNION ALL"
            "  SELECT c.id, c.code, c.name, c.is_active, walk.depth + 1, walk.place || ARRAY[lower(c.name), c.id::text]"
            "  FROM inventory_category AS c JOIN walk ON c.parent_id = walk.id"
            ") SELECT walk.id, code, name, depth, coalesce(held.products, 0), is_active FROM walk LEFT JOIN ("
            "  SELECT category_id, count(*) AS products FROM inventory_product GROUP BY category_id"
            ") AS held ON held.category_id = walk.id ORDER BY place"
        )
        return [Shelf(*row) for row in cursor.fetchall()]


def search_products(query: str, *, actor: Actor, limit: int = 8) -> list[Product]:
    """The best few for a search box: codes that begin so first, then by name."""
    actor.require(VIEW_CATALOG)
    text = query.strip()
    if not text:
        return []
    rows = Product.objects.select_related("brand").matching(text)
    begins = list(rows.filter(code__istartswith=text).order_by("code")[:limit])
    seen = [product.pk for product in begins]
    return begins + list(rows.exclude(pk__in=seen).order_by("name", "pk")[: limit - len(begins)])


def search_skus(query: str, *, actor: Actor, limit: int = 8) -> list[Sku]:
    """The best few for a search box: the very code first, then codes that begin so, then by code."""
    actor.require(VIEW_CATALOG)
    text = query.strip()
    if not text:
        return []
    rows = Sku.objects.select_related("product").matching(text)
    exact = list(rows.filter(code_key=sku_key(text)))
    begins = list(
        rows.filter(code__istartswith=text).exclude(pk__in=[sku.pk for sku in exact]).order_by("code")[:limit]
    )
    best = exact + begins
    rest = rows.exclude(pk__in=[sku.pk for sku in best]).order_by("code")[: max(limit - len(best), 0)]
    return (best + list(rest))[:limit]


def pictures_of(product_ids: Iterable[int]) -> dict[int, StoredFile]:
    """The picture that stands for each product; products without one are left out. One query."""
    rows = ProductPicture.objects.filter(product_id__in=set(product_ids)).select_related("file")
    first = rows.order_by("product_id", "position", "pk").distinct("product_id")
    return {picture.product_id: picture.file for picture in first}
