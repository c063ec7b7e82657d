"""Products with their SKUs: made in one call, all or nothing, and taken out of the range again."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Invalid, Missing, NotPermitted, Refused
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.services.masters import change_row, create_row
from inventory.drafts import BarcodeDraft, PackDraft, ProductDraft, Size, SkuDraft
from inventory.masters import BRANDS, CATEGORIES, PRODUCTS, SKUS
from inventory.models import Barcode, Pack, Product, Sku
from inventory.permissions import VIEW_CATALOG
from inventory.services.catalog import activate_product, add_sku, create_product, create_products, retire_product
from tests.factories.inventory import SYSTEM, a_company, a_product, a_sku, a_warehouse, somebody
from tests.support.database import history

pytestmark = pytest.mark.django_db

EAN = "4006381333931"


def draft(**values: Any) -> ProductDraft:
    return ProductDraft(**{"company": a_company(), "code": "POT", "name": "Pot", **values})


def rows() -> tuple[int, ...]:
    tables = (Product, Sku, Pack, Barcode, OutboxEvent)
    return tuple(model.objects.count() for model in tables)


def problems(refusal: pytest.ExceptionInfo[Any]) -> list[tuple[str | None, str]]:
    return [(problem.field, problem.code) for problem in refusal.value.problems]


# --- making ---------------------------------------------------------------------------------------------------------


def test_creates_a_product_with_skus_packs_and_barcodes_in_one_call() -> None:
    brand = create_row(master=BRANDS, values={"code": "HLD", "name": "Halden"}, actor=SYSTEM)
    category = create_row(master=CATEGORIES, values={"code": "POTS", "name": "Pots"}, actor=SYSTEM)
    product = create_product(
        draft=draft(
            name=" Pot ",
            description="a\r\nb",
            brand=brand,
            category=category,
            tracking="lot",
            has_expiry=True,
            valuation="average",
            hs_code="732393",
            origin_country="FR",
            attributes={"care": "wipe clean", "oven": True, "sizes": ["S", "L"], "litres": 2},
            skus=(
                SkuDraft(
                    code="POT-1",
                    name="blue",
                    price=Decimal("34.90"),
                    size=Size(weight_g=980, length_mm=320, width_mm=190, height_mm=120),
                    reorder_point=5,
                    packs=(PackDraft(code="carton", name="Carton", units=6),),
                    barcodes=(BarcodeDraft(text=EAN), BarcodeDraft(text="14006381333938", pack="carton")),
                ),
                SkuDraft(code="POT-2", price=Decimal("1250"), currency="JPY"),
            ),
        ),
        actor=somebody(),
        reason="spring range",
    )
    product.refresh_from_db()
    assert (product.name, product.description, product.status) == ("Pot", "a\nb", "draft")
    assert product.attributes == {"care": "wipe clean", "oven": True, "sizes": ["S", "L"], "litres": 2}
    skus = product.skus.order_by("code")
    columns = ("code", "code_key", "name", "price", "currency", "weight_g", "reorder_point", "base_unit", "status")
    assert list(skus.values_list(*columns)) == [
        ("POT-1", "pot-1", "blue", Decimal("34.900"), "EUR", 980, 5, "each", "active"),
        ("POT-2", "pot-2", "", Decimal("1250.000"), "JPY", None, None, "each", "active"),
    ]
    barcodes = Barcode.objects.order_by("pk").values_list("sku__code", "pack__code", "value", "is_primary")
    assert list(barcodes) == [("POT-1", None, "04006381333931", True), ("POT-1", "carton", "14006381333938", True)]
    names = list(OutboxEvent.objects.order_by("pk").values_list("name", flat=True))
    assert names[-5:] == ["inventory.product_created", *["inventory.sku_created"] * 2, *["inventory.barcode_added"] * 2]
    for model, count in ((Product, 1), (Sku, 2), (Pack, 1), (Barcode, 2)):
        found = [(row.pgh_label, row.pgh_context.metadata["reason"]) for row in history(model)]
        assert found == [("insert", "spring range")] * count


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"code": ""}, "code", "blank"),
        ({"code": "x" * 65}, "code", "too_long"),
        ({"name": "\u200b"}, "name", "blank"),
        ({"name": "a\x00"}, "name", "null_character"),
        ({"name": "Pot\nlid"}, "name", "line_break"),
        ({"status": "sold"}, "status", "invalid_choice"),
        ({"tracking": "guess"}, "tracking", "invalid_choice"),
        ({"has_expiry": True}, "tracking", "expiry_needs_lots"),
        ({"hs_code": "12345"}, "hs_code", "bad_hs_code"),
        ({"hs_code": "٧٣٢٣٩٣"}, "hs_code", "bad_hs_code"),
        ({"origin_country": "XX"}, "origin_country", "unknown_country"),
        ({"origin_country": "fr"}, "origin_country", "unknown_country"),
        ({"attributes": {"a": {"b": 1}}}, "attributes", "not_plain"),
        ({"attributes": {"a": 1.5}}, "attributes", "not_plain"),
        ({"attributes": {"a": "\x00"}}, "attributes", "null_character"),
        ({"attributes": {" a": 1}}, "attributes", "spaces"),
        ({"attributes": {str(number): 1 for number in range(51)}}, "attributes", "too_many"),
        ({"code": "taken"}, "code", "unique"),
        ({"skus": (SkuDraft(code=" "),)}, "skus.0.code", "blank"),
        ({"skus": (SkuDraft(code="A", price=Decimal("-0.01")),)}, "skus.0.price", "sku_price_believable"),
        ({"skus": (SkuDraft(code="A", price=Decimal("1.005")),)}, "skus.0.price", "too_many_places"),
        ({"skus": (SkuDraft(code="A", price=Decimal("1.5"), currency="JPY"),)}, "skus.0.price", "too_many_places"),
        ({"skus": (SkuDraft(code="A", price=Decimal("1"), currency="ABC"),)}, "skus.0.currency", "unknown_currency"),
        ({"skus": (SkuDraft(code="A", currency="EUR"),)}, "skus.0.currency", "price_needs_currency"),
        ({"skus": (SkuDraft(code="A", size=Size(weight_g=0)),)}, "skus.0.weight_g", "min_value"),
        ({"skus": (SkuDraft(code="A", size=Size(height_mm=2_000_000)),)}, "skus.0.height_mm", "max_value"),
        ({"skus": (SkuDraft(code="A", reorder_point=-1),)}, "skus.0.reorder_point", "min_value"),
        ({"skus": (SkuDraft(code="A", base_unit=""),)}, "skus.0.base_unit", "blank"),
        ({"skus": (SkuDraft(code="A"), SkuDraft(code="B"), SkuDraft(code="a"))}, "skus.2.code", "unique"),
        ({"skus": (SkuDraft(code="85123a"),)}, "skus.0.code", "unique"),
        ({"skus": (SkuDraft(code="A", packs=(PackDraft(code="c", name="C", units=1),)),)}, "skus.0.packs.0.units", "min_value"),
        ({"skus": (SkuDraft(code="A", packs=(PackDraft(code="c", name="C", units=2),) * 2),)}, "skus.0.packs.1.code", "unique"),
        ({"skus": (SkuDraft(code="A", barcodes=(BarcodeDraft(text="123"),)),)}, "skus.0.barcodes.0", "bad_length"),
        ({"skus": (SkuDraft(code="A", barcodes=(BarcodeDraft(text=EAN, pack="c"),)),)}, "skus.0.barcodes.0", "unknown_pack"),
        ({"skus": (SkuDraft(code="A", barcodes=(BarcodeDraft(text=EAN),)),)}, "skus.0.barcodes.0", "barcode_taken"),
        ({"skus": (SkuDraft(code="A", barcodes=(BarcodeDraft(text="96385074"),) * 2),)}, "skus.0.barcodes.1", "barcode_taken"),
        ({"skus": (SkuDraft(code=EAN),)}, "skus.0.code", "code_is_a_barcode"),
        ({"skus": (SkuDraft(code="lys-dock"),)}, "skus.0.code", "code_is_a_barcode"),
        (
            {"skus": (SkuDraft(code="A"), SkuDraft(code="B", barcodes=(BarcodeDraft(text="a", symbology="internal"),)))},
            "skus.0.code",
            "code_is_a_barcode",
        ),
    ],
)  # fmt: skip
def test_refuses_a_draft_names_the_field_and_writes_nothing(values: dict[str, Any], field: str, code: str) -> None:
    a_warehouse("LYS")
    a_product(code="TAKEN", skus=(SkuDraft(code="85123A", barcodes=(BarcodeDraft(text=EAN),)),))
    before = rows()
    with pytest.raises(Invalid) as refusal:
        create_product(draft=draft(**values), actor=SYSTEM)
    assert problems(refusal) == [(field, code)]
    assert rows() == before


def test_names_everything_that_is_wrong_in_one_answer() -> None:
    before = rows()
    wrong = draft(name="", hs_code="1", skus=(SkuDraft(code=""), SkuDraft(code="B", size=Size(weight_g=-1))))
    with pytest.raises(Invalid) as refusal:
        create_products(drafts=[draft(code="FINE"), wrong], actor=SYSTEM)
    assert problems(refusal) == [
        ("1.name", "blank"),
        ("1.hs_code", "bad_hs_code"),
        ("1.skus.0.code", "blank"),
        ("1.skus.1.weight_g", "min_value"),
    ]
    assert rows() == before


def test_names_the_owner_of_a_barcode_that_is_taken() -> None:
    a_sku("TEAPOT", barcodes=(BarcodeDraft(text=EAN),))
    with pytest.raises(Invalid) as refusal:
        create_product(draft=draft(skus=(SkuDraft(code="A", barcodes=(BarcodeDraft(text=EAN),)),)), actor=SYSTEM)
    assert str(refusal.value.message) == f"The barcode {EAN} belongs to SKU TEAPOT."


def test_the_same_product_code_stands_in_two_companies_and_a_sku_code_in_one() -> None:
    create_product(draft=draft(skus=(SkuDraft(code="S"),)), actor=SYSTEM)
    other = a_company(code="OTHER", name="Other")
    create_product(draft=draft(company=other), actor=SYSTEM)
    assert Product.objects.filter(code="POT").count() == 2
    with pytest.raises(Invalid):
        create_product(draft=draft(company=other, code="POT-2", skus=(SkuDraft(code="s"),)), actor=SYSTEM)
    assert Product.objects.count() == 2


def test_creates_a_hundred_products_in_as_many_queries_as_one() -> None:
    def drafts(word: str, count: int) -> list[ProductDraft]:
        labels = [BarcodeDraft(text=f"{word}/{number}", symbology="internal") for number in range(count)]
        skus = [SkuDraft(code=f"{word}{number}", barcodes=(label,)) for number, label in enumerate(labels)]
        return [draft(code=sku.code, skus=(sku,)) for sku in skus]

    counts = []
    for word, count in (("A", 1), ("B", 100)):
        made = drafts(word, count)
        with CaptureQueriesContext(connection) as queries:
            create_products(drafts=made, actor=SYSTEM)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 25
    assert Sku.objects.count() == 101


def test_adds_a_sku_to_a_product_that_is_there() -> None:
    product = a_product()
    sku = add_sku(product_id=product.pk, draft=SkuDraft(code="MORE", price=Decimal("2")), actor=somebody())
    assert (sku.product_id, sku.currency, product.skus.count()) == (product.pk, "EUR", 2)
    with pytest.raises(Invalid) as refusal:
        add_sku(product_id=product.pk, draft=SkuDraft(code="more"), actor=SYSTEM)
    assert problems(refusal) == [("code", "unique")]
    with pytest.raises(Missing):
        add_sku(product_id=product.pk + 1, draft=SkuDraft(code="X"), actor=SYSTEM)
    assert product.skus.count() == 2


def test_needs_the_right_to_edit_the_catalog() -> None:
    product, reader = a_product(), somebody(VIEW_CATALOG)
    for call in (
        lambda: create_product(draft=draft(), actor=reader),
        lambda: add_sku(product_id=product.pk, draft=SkuDraft(code="X"), actor=reader),
        lambda: retire_product(product_id=product.pk, actor=reader, reason="x"),
        lambda: create_row(master=PRODUCTS, values={"code": "X"}, actor=reader),
    ):
        with pytest.raises(NotPermitted):
            call()
    assert (Product.objects.count(), Sku.objects.count()) == (1, 1)


# --- the range ------------------------------------------------------------------------------------------------------


def test_retires_a_product_with_all_its_skus_and_brings_it_back() -> None:
    product = a_product(skus=(SkuDraft(code="A"), SkuDraft(code="B", status="discontinued")))
    before = OutboxEvent.objects.count()
    retire_product(product_id=product.pk, actor=somebody(), reason="no longer made")
    product.refresh_from_db()
    assert (product.status, product.version) == ("discontinued", 2)
    assert list(product.skus.values_list("status", "version")) == [("discontinued", 2), ("discontinued", 1)]
    told = OutboxEvent.objects.order_by("pk")[before:]
    assert [event.name for event in told] == ["inventory.product_changed", "inventory.sku_changed"]
    told_of = history(Product, pgh_obj=product, pgh_label="update").get()
    assert (told_of.status, told_of.pgh_context.metadata["reason"]) == ("discontinued", "no longer made")
    retire_product(product_id=product.pk, actor=SYSTEM, reason="again")
    assert OutboxEvent.objects.count() == before + 2
    activate_product(product_id=product.pk, actor=SYSTEM)
    assert list(product.skus.values_list("status", flat=True)) == ["active", "active"]


def test_refuses_to_take_a_product_without_skus_into_the_range() -> None:
    product = a_product(status="draft", skus=())
    with pytest.raises(Refused) as refusal:
        activate_product(product_id=product.pk, actor=SYSTEM)
    assert refusal.value.code == "no_skus"
    product.refresh_from_db()
    assert product.status == "draft"


@pytest.mark.parametrize(
    ("before", "after", "is_allowed"),
    [
        ("draft", "active", True),
        ("draft", "discontinued", True),
        ("active", "discontinued", True),
        ("discontinued", "active", True),
        ("active", "draft", False),
        ("discontinued", "draft", False),
    ],
)
def test_a_form_follows_the_order_of_statuses(before: str, after: str, is_allowed: bool) -> None:
    product = a_product(status=before, skus=(SkuDraft(code="S", status=before),))
    for master, row in ((PRODUCTS, product), (SKUS, product.skus.get())):
        if is_allowed:
            assert (
                change_row(master=master, row_id=row.pk, values={"status": after}, version=1, actor=SYSTEM).status
                == after
            )
            continue
        with pytest.raises(Refused) as refusal:
            change_row(master=master, row_id=row.pk, values={"status": after}, version=1, actor=SYSTEM)
        assert refusal.value.code == "status_cannot_follow"
        row.refresh_from_db()
        assert (row.status, row.version) == (before, 1)
