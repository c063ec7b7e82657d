"""What the database itself refuses about the catalog, by plain SQL and past every service."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from backoffice.core.models.files import StoredFile
from backoffice.core.services.masters import create_row
from inventory.drafts import PackDraft
from inventory.masters import CATEGORIES
from inventory.models import Category, Product, ProductPicture, Sku
from inventory.models.trees import ids_above
from tests.factories.inventory import SYSTEM, a_company, a_product, a_sku
from tests.support.database import broken_rule, history

pytestmark = pytest.mark.django_db


def update(table: str, row_id: int, **values: Any) -> None:
    sets = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*values.values(), row_id])


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"code": ""}, "product_has_names"),
        ({"name": ""}, "product_has_names"),
        ({"status": "sold"}, "product_status_known"),
        ({"tracking": "guess"}, "product_tracking_known"),
        ({"valuation": "lifo"}, "product_valuation_known"),
        ({"has_expiry": True}, "product_expiry_needs_lots"),
        ({"hs_code": "12345"}, "product_hs_code_shape"),
        ({"origin_country": "fr"}, "product_origin_shape"),
    ],
)
def test_a_product_cannot_be_so(values: dict[str, Any], rule: str) -> None:
    product = a_product()
    with pytest.raises(IntegrityError, match=rule):
        update("inventory_product", product.pk, **values)
    product.refresh_from_db()
    assert product.version == 1


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"code": ""}, "sku_has_a_code"),
        ({"base_unit": ""}, "sku_"),
        ({"status": "sold"}, "sku_status_known"),
        ({"storage_class": "damp"}, "sku_storage_known"),
        ({"price": "-0.001", "currency": "EUR"}, "sku_price_believable"),
        ({"price": "NaN", "currency": "EUR"}, "sku_price_believable"),
        ({"price": "1"}, "sku_price_has_currency"),
        ({"currency": "EUR"}, "sku_price_has_currency"),
        ({"price": "1", "currency": "eur"}, "sku_price_has_currency"),
        ({"weight_g": 0}, "sku_weight_believable"),
        ({"height_mm": 2_000_000}, "sku_size_believable"),
        ({"reorder_point": 1_000_000_000}, "sku_reorder_believable"),
    ],
)
def test_a_sku_cannot_be_so(values: dict[str, Any], rule: str) -> None:
    sku = a_sku()
    with pytest.raises(IntegrityError, match=rule):
        update("inventory_sku", sku.pk, **values)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"code": "a b"}, "pack_code_shape"),
        ({"weight_g": 0}, "pack_weight_believable"),
        ({"units": 13}, "never changes"),
    ],
)
def test_a_pack_cannot_be_so(values: dict[str, Any], rule: str) -> None:
    pack = a_sku(packs=(PackDraft(code="carton", name="Carton", units=12),)).packs.get()
    with pytest.raises(IntegrityError, match=rule):
        update("inventory_pack", pack.pk, **values)


def test_a_code_is_taken_by_another_of_its_case() -> None:
    a_product(code="POT")
    other = a_product()
    with pytest.raises(IntegrityError, match="product_code_once"):
        update("inventory_product", other.pk, code="pot")
    first, second = a_sku("85123A"), a_sku()
    with pytest.raises(IntegrityError, match="sku_code_once"):
        update("inventory_sku", second.pk, code_key=first.code_key)


def test_what_never_changes_never_changes() -> None:
    product, other = a_product(), a_company(code="OTHER", name="Other")
    sku, stranger = product.skus.get(), a_product()
    for table, row, values, rule in (
        ("inventory_product", product.pk, {"company_id": other.pk}, "product_company_fixed"),
        ("inventory_sku", sku.pk, {"product_id": stranger.pk}, "sku_product_fixed"),
        ("inventory_sku", sku.pk, {"base_unit": "gram"}, "sku_product_fixed"),
    ):
        with pytest.raises(IntegrityError) as refusal:
            update(table, row, **values)
        assert broken_rule(refusal) == rule


def test_history_can_be_neither_changed_nor_deleted() -> None:
    product = a_product()
    for statement in ("UPDATE inventory_productevent SET name = 'x'", "DELETE FROM inventory_productevent"):
        with pytest.raises(Exception, match=r"append_only|Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert history(Product, pgh_obj=product).get().name == product.name


def test_a_product_with_skus_and_a_sku_with_history_cannot_be_deleted_unnoticed() -> None:
    product = a_product()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inventory_product WHERE id = %s", [product.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Sku.objects.filter(product=product).count() == 1


def test_two_pictures_never_share_a_position() -> None:

    product = a_product()
    file = StoredFile.objects.create(name="x", kind="x", content_type="image/png", size=1, sha256="0" * 64, actor={})
    ProductPicture.objects.create(product=product, file=file, position=1)
    with pytest.raises(IntegrityError, match="picture_position_once"), transaction.atomic():
        ProductPicture.objects.create(product=product, file=file, position=1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- the tree of categories -----------------------------------------------------------------------------------------


def a_category(code: str, parent: Category | None = None) -> Category:
    row: Category = create_row(master=CATEGORIES, values={"code": code, "name": code, "parent": parent}, actor=SYSTEM)
    return row


def test_a_category_never_lies_inside_itself() -> None:
    top = a_category("A")
    inner = a_category("B", top)
    for row, parent in ((top, top), (top, inner)):
        with pytest.raises(IntegrityError) as refusal:
            update("inventory_category", row.pk, parent_id=parent.pk)
        assert broken_rule(refusal) == "category_no_circle"


@contextmanager
def without_the_rule() -> Iterator[None]:
    def switch(word: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE inventory_category {word} TRIGGER USER")

    switch("DISABLE")
    try:
        yield
    finally:
        switch("ENABLE")


def _crossed_moves() -> list[str]:
    """Two moves that are fine each by itself and close a circle together: the first is not committed when the second begins."""
    first, second = a_category("A"), a_category("B")
    outcome: list[str] = []
    begun, may_commit = threading.Event(), threading.Event()

    def move_second_under_first() -> None:
        try:
            begun.wait(5)
            update("inventory_category", second.pk, parent_id=first.pk)
            outcome.append("moved")
        except IntegrityError:
            outcome.append("refused")
        finally:
            connection.close()

    other = threading.Thread(target=move_second_under_first)
    other.start()
    with transaction.atomic():
        update("inventory_category", first.pk, parent_id=second.pk)
        begun.set()
        may_commit.wait(0.5)
    other.join(10)
    return outcome


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_never_close_a_circle() -> None:
    assert _crossed_moves() == ["refused"]
    assert len(ids_above(Category.objects.get(code="A").pk)) == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_rule_two_moves_at_once_do_close_a_circle() -> None:
    with without_the_rule():
        assert _crossed_moves() == ["moved"]
    assert len(ids_above(Category.objects.get(code="A").pk)) > 2
    Category.objects.update(parent=None)
