"""What a search of the catalog finds, and by which filters its lists are narrowed."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import NotPermitted
from backoffice.core.services.masters import create_row
from inventory.drafts import BarcodeDraft, PackDraft, Size, SkuDraft
from inventory.filters import BarcodeFilter, BrandFilter, CategoryFilter, PackFilter, ProductFilter, SkuFilter
from inventory.masters import BRANDS, CATEGORIES
from inventory.models import Barcode, Brand, Category, Pack, Product, Sku
from inventory.models.trees import height_of, ids_above, ids_below
from inventory.permissions import VIEW_PLACES
from inventory.selectors.catalog import category_tree, search_products, search_skus
from tests.factories.inventory import SYSTEM, a_product, somebody

pytestmark = pytest.mark.django_db

EAN = "4006381333931"


@pytest.fixture
def range_of_pots() -> dict[str, Any]:
    brand = create_row(master=BRANDS, values={"code": "HLD", "name": "Halden"}, actor=SYSTEM)
    kitchen = create_row(master=CATEGORIES, values={"code": "K", "name": "Kitchen"}, actor=SYSTEM)
    pots = create_row(master=CATEGORIES, values={"code": "P", "name": "Pots", "parent": kitchen}, actor=SYSTEM)
    pot = a_product(
        code="POT-1",
        name="Ember stock pot",
        brand=brand,
        category=pots,
        skus=(
            SkuDraft(
                code="POT-1-BLU",
                name="blue",
                price=Decimal("20"),
                size=Size(weight_g=900),
                packs=(PackDraft(code="carton", name="Carton", units=6),),
                barcodes=(BarcodeDraft(text=EAN), BarcodeDraft(text="C/1", symbology="supplier", pack="carton")),
            ),
            SkuDraft(code="POT-1-RED", name="red", status="discontinued"),
        ),
    )
    lid = a_product(
        code="LID",
        name="Lid for POT-1",
        category=kitchen,
        status="draft",
        tracking="lot",
        skus=(SkuDraft(code="LID-1"),),
    )
    return {"brand": brand, "kitchen": kitchen, "pots": pots, "pot": pot, "lid": lid}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("ember", ["POT-1"]),
        ("STOCK POT", ["POT-1"]),
        ("halden", ["POT-1"]),
        ("red", ["POT-1"]),
        ("pot-1", ["POT-1", "LID"]),
        ("lid-1", ["LID"]),
        (EAN, ["POT-1"]),
        ("0" + EAN, ["POT-1"]),
        ("4006 3813 3393 1", ["POT-1"]),
        ("63813", ["POT-1"]),
        ("c/1", ["POT-1"]),
        ("%", []),
        ("_", []),
        ("nothing", []),
        (" ", []),
    ],
)
def test_a_search_finds_products_by_any_of_their_words(
    range_of_pots: dict[str, Any], text: str, codes: list[str]
) -> None:
    assert [product.code for product in search_products(text, actor=SYSTEM)] == codes


def test_a_search_finds_skus_the_very_one_first(range_of_pots: dict[str, Any]) -> None:
    a_product(name="x", skus=(SkuDraft(code="AA-LID-1"), SkuDraft(code="LID-10")))
    assert [sku.code for sku in search_skus("lid-1", actor=SYSTEM)] == ["LID-1", "LID-10", "AA-LID-1"]
    assert [sku.code for sku in search_skus("lid-1", actor=SYSTEM, limit=1)] == ["LID-1"]
    assert [sku.code for sku in search_skus("ember", actor=SYSTEM)] == ["POT-1-BLU", "POT-1-RED"]
    assert [sku.code for sku in search_skus(EAN, actor=SYSTEM)] == ["POT-1-BLU"]


def test_a_search_needs_the_right_to_see_the_catalog(range_of_pots: dict[str, Any]) -> None:
    for search in (search_products, search_skus):
        with pytest.raises(NotPermitted):
            search("pot", actor=somebody(VIEW_PLACES))
    with pytest.raises(NotPermitted):
        category_tree(somebody(VIEW_PLACES))


def test_the_search_is_made_for_its_indexes(range_of_pots: dict[str, Any]) -> None:
    """With tables too large to read in whole, no part of the question reads one in whole."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    plan = Product.objects.matching("ember").explain()
    for index in ("product_by_name", "product_by_code", "sku_by_code", "sku_by_name", "barcode_by_value"):
        assert index in plan, plan


def test_walks_categories_up_and_down(range_of_pots: dict[str, Any]) -> None:
    kitchen, pots = range_of_pots["kitchen"], range_of_pots["pots"]
    assert ids_above(pots.pk) == [pots.pk, kitchen.pk]
    assert ids_below(kitchen.pk) == [kitchen.pk, pots.pk]
    assert (height_of(kitchen.pk), height_of(pots.pk)) == (2, 1)
    tree = [(shelf.code, shelf.depth, shelf.products) for shelf in category_tree(SYSTEM)]
    assert tree == [("K", 0, 1), ("P", 1, 1)]


def narrowed(filterset: Any, model: Any, query: str) -> list[str]:
    bound = filterset(QueryDict(query), queryset=model.objects.all(), request=None)
    assert bound.is_valid(), bound.errors
    return sorted(str(getattr(row, "code", row)) for row in bound.qs)


def test_filters_products(range_of_pots: dict[str, Any]) -> None:
    kitchen, pots, brand = (range_of_pots[name].pk for name in ("kitchen", "pots", "brand"))
    assert narrowed(ProductFilter, Product, f"category={kitchen}") == ["LID", "POT-1"]
    assert narrowed(ProductFilter, Product, f"category={pots}") == ["POT-1"]
    assert narrowed(ProductFilter, Product, f"brand={brand}") == ["POT-1"]
    assert narrowed(ProductFilter, Product, "status=draft&status=discontinued") == ["LID"]
    assert narrowed(ProductFilter, Product, "tracking=lot") == ["LID"]
    assert narrowed(ProductFilter, Product, "code=pot-1") == ["POT-1"]
    assert narrowed(ProductFilter, Product, "has_picture=true") == []
    assert narrowed(ProductFilter, Product, "q=ember&status=draft") == []


def test_filters_skus_packs_barcodes_brands_and_categories(range_of_pots: dict[str, Any]) -> None:
    kitchen, pot = range_of_pots["kitchen"].pk, range_of_pots["pot"].pk
    assert narrowed(SkuFilter, Sku, "code=pot-1-BLU") == ["POT-1-BLU"]
    assert narrowed(SkuFilter, Sku, f"product={pot}&status=discontinued") == ["POT-1-RED"]
    assert narrowed(SkuFilter, Sku, f"category={kitchen}") == ["LID-1", "POT-1-BLU", "POT-1-RED"]
    assert narrowed(SkuFilter, Sku, "has_barcode=false") == ["LID-1", "POT-1-RED"]
    assert narrowed(SkuFilter, Sku, "has_weight=true") == ["POT-1-BLU"]
    assert narrowed(SkuFilter, Sku, "price_min=19.99&price_max=20") == ["POT-1-BLU"]
    assert narrowed(PackFilter, Pack, "q=cart") == ["carton"]
    assert narrowed(BarcodeFilter, Barcode, f"value={EAN}") == [EAN]
    assert narrowed(BarcodeFilter, Barcode, "is_of_pack=true") == ["C/1"]
    assert narrowed(BarcodeFilter, Barcode, "is_of_pack=false") == [EAN]
    assert narrowed(BarcodeFilter, Barcode, "q=blu") == ["4006381333931", "C/1"]
    assert narrowed(BarcodeFilter, Barcode, "symbology=supplier") == ["C/1"]
    assert narrowed(BrandFilter, Brand, "q=hald") == ["HLD"]
    assert narrowed(CategoryFilter, Category, f"parent={kitchen}") == ["P"]


def test_a_search_takes_as_many_queries_for_many_rows_as_for_few(range_of_pots: dict[str, Any]) -> None:
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            search_products("pot", actor=SYSTEM, limit=50)
        counts.append(len(queries))
        for _number in range(20):
            a_product(name="another pot")
    assert counts[0] == counts[1] == 2
