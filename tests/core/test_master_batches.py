"""Master data in batches: asked and written as sets, one bad row by itself, and the same verdicts as Django row by row."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, NotPermitted
from backoffice.core.models.companies import Company
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.permissions import EVERYTHING
from backoffice.core.services import masters
from backoffice.core.services.master_rules import broken_rules, field_problems
from backoffice.core.services.masters import (
    RowChange,
    RowsRefused,
    change_row,
    change_rows,
    create_row,
    create_rows,
    set_active,
)
from inventory.masters import BRANDS, CATEGORIES, LOCATIONS, PACKS, PRODUCTS, SKUS
from inventory.models import Brand, Category, Location, Pack, Product, Sku
from inventory.permissions import EDIT_CATALOG, EDIT_PLACES, VIEW_CATALOG, VIEW_PLACES
from inventory.services.places import create_warehouse

pytestmark = pytest.mark.django_db
CLERK = Actor("user", 7, "Clerk", frozenset({VIEW_CATALOG, EDIT_CATALOG, VIEW_PLACES, EDIT_PLACES}))


@pytest.fixture
def company() -> Company:
    return Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")


@pytest.fixture
def product(company: Company) -> Product:
    return Product.objects.create(company=company, code="P", name="Pen")


def codes(outcomes: list[Any]) -> list[str | None]:
    return [outcome.error and (outcome.error.problems or [outcome.error])[0].code for outcome in outcomes]


def brand(number: int, **values: Any) -> dict[str, Any]:
    return {"code": f"B{number}", "name": f"Brand {number}", **values}


def test_writes_the_good_rows_and_says_what_is_wrong_with_each_other(product: Product) -> None:
    Brand.objects.create(code="old", name="Old")
    rows: list[Mapping[str, Any]] = [
        brand(1), brand(2, code="OLD"), brand(3, code="b1"), brand(4, name=""), brand(5, version=3),
        brand(6, code="b d"), brand(7),
    ]  # fmt: skip
    outcomes = create_rows(master=BRANDS, rows=rows, actor=CLERK, policy="reject_rows")
    assert codes(outcomes) == [None, "unique", "unique", "blank", "field_not_writable", "bad_code", None]
    assert sorted(Brand.objects.values_list("code", flat=True)) == ["B1", "B7", "old"]


def test_rejecting_all_writes_nothing_and_names_every_row() -> None:
    with pytest.raises(RowsRefused) as refusal:
        create_rows(master=BRANDS, rows=[brand(1), brand(2, code=""), brand(1)], actor=CLERK)
    assert [(item.code, item.field) for item in refusal.value.problems] == [("blank", "1.code"), ("unique", "2.code")]
    assert refusal.value.facts == {"refused": 2, "rows": 3}
    assert (Brand.objects.count(), OutboxEvent.objects.count()) == (0, 0)


def test_a_batch_tells_of_each_row_once_and_one_is_a_batch_of_one(company: Company) -> None:
    rows = [{"company": company.pk, "code": f"P{number}", "name": "Pen"} for number in range(3)]
    create_rows(master=PRODUCTS, rows=rows, actor=CLERK)
    row = create_row(master=PRODUCTS, values={"company": company, "code": "P9", "name": "Pen"}, actor=CLERK)
    assert list(OutboxEvent.objects.order_by("pk").values_list("payload__code", flat=True)) == ["P0", "P1", "P2", "P9"]
    assert (row.pk is not None, row.version, row.company) == (True, 1, company)


def test_refuses_without_the_right_before_anything_is_looked_up(product: Product) -> None:
    reader = Actor("user", 8, "Reader", frozenset({VIEW_CATALOG}))
    with CaptureQueriesContext(connection) as queries:
        for call in (
            lambda: create_rows(master=BRANDS, rows=[brand(1)], actor=reader),
            lambda: change_rows(master=PRODUCTS, changes=[RowChange(product.pk, {"name": "x"}, 1)], actor=reader),
            lambda: set_active(master=PRODUCTS, row_ids=[product.pk], is_active=False, actor=reader),
        ):
            with pytest.raises(NotPermitted):
                call()
    assert len(queries) == 0


def test_a_relation_may_be_given_itself_or_by_its_key_and_must_be_there(product: Product) -> None:
    rows = [{"product": product, "code": "S1"}, {"product": product.pk, "code": "S2"}, {"product": 999999, "code": "S3"},
            {"product": None, "code": "S4"}, {"code": "S5"}, {"product": "1", "code": "S6"}]  # fmt: skip
    outcomes = create_rows(master=SKUS, rows=rows, actor=CLERK, policy="reject_rows")
    assert codes(outcomes) == [None, None, "not_found", "null", "null", "not_found"]
    assert list(Sku.objects.values_list("code", "product_id")) == [("S1", product.pk), ("S2", product.pk)]


def test_a_relation_out_of_reach_is_not_there(company: Company) -> None:
    north, south = [
        create_warehouse(company=company, code=code, name=code, time_zone="UTC", actor=Actor.system("tests"))
        for code in "NS"
    ]
    clerk = Actor("user", 7, "Clerk", CLERK.permissions, {"inventory.warehouse": frozenset({north.pk})})
    before = Location.objects.count()
    rows = [{"warehouse": house, "kind": "bin", "code": "B"} for house in (south, south.pk, north)]
    assert codes(create_rows(master=LOCATIONS, rows=rows, actor=clerk, policy="reject_rows")) == [
        "not_found",
        "not_found",
        None,
    ]
    assert Location.objects.count() == before + 1


def test_changes_follow_their_versions_and_write_only_what_is_different() -> None:
    rows = [Brand.objects.create(code=f"B{number}", name=f"Brand {number}") for number in range(5)]
    changes = [
        RowChange(rows[0].pk, {"name": "New"}, 1),
        RowChange(rows[1].pk, {"name": "Brand 1"}, 1),
        RowChange(rows[2].pk, {"name": "New"}, 2),
        RowChange(rows[3].pk, {"code": "B4"}, 1),
        RowChange(rows[0].pk, {"name": "Twice"}, 1),
        RowChange(999999, {"name": "x"}, 1),
    ]
    outcomes = change_rows(master=BRANDS, changes=changes, actor=CLERK, policy="reject_rows")
    assert codes(outcomes) == [None, None, "edited_meanwhile", "unique", "repeated_row", "not_found"]
    assert [outcome.is_changed for outcome in outcomes][:2] == [True, False]
    assert list(Brand.objects.order_by("pk").values_list("name", "version")) == [
        ("New", 2), ("Brand 1", 1), ("Brand 2", 1), ("Brand 3", 1), ("Brand 4", 1),
    ]  # fmt: skip
    conflict = outcomes[2].error
    assert isinstance(conflict, Conflict)
    assert conflict.facts == {"current": {"code": "B2", "name": "Brand 2"}, "version": 1}


def test_a_change_keeps_every_column_that_it_does_not_name(product: Product) -> None:
    sku = create_row(
        master=SKUS,
        values={"product": product, "code": "S", "attributes": {"a": ["ü", 1]}, "weight_g": 5, "reorder_point": None},
        actor=CLERK,
    )
    before = Sku.objects.filter(pk=sku.pk).values().get()
    change_rows(master=SKUS, changes=[RowChange(sku.pk, {"code": "T", "price": 3, "currency": "EUR"}, 1)], actor=CLERK)
    after = Sku.objects.filter(pk=sku.pk).values().get()
    different = {name for name in before if before[name] != after[name]}
    assert different == {"code", "code_key", "price", "currency", "version", "updated_at"}
    assert after["updated_at"] > before["updated_at"]


def test_the_history_knows_who_wrote_each_row_of_a_batch() -> None:
    create_rows(master=BRANDS, rows=[brand(1), brand(2)], actor=CLERK, reason="spring range")
    rows = list(Brand.objects.order_by("pk"))
    change_rows(
        master=BRANDS, changes=[RowChange(row.pk, {"name": "x"}, 1) for row in rows], actor=CLERK, reason="rebrand"
    )
    events = Brand.pgh_event_model.objects.order_by("pgh_id").values_list("name", "pgh_context__metadata__reason")
    assert list(events) == [
        ("Brand 1", "spring range"),
        ("Brand 2", "spring range"),
        ("x", "rebrand"),
        ("x", "rebrand"),
    ]


def test_what_a_neighbour_wrote_meanwhile_is_found_by_halving(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constraint holds when the question before it is taken away, and only the row at fault is refused."""
    Brand.objects.create(code="B37", name="Neighbour")
    monkeypatch.setattr(masters, "broken_rules", lambda rows: {})
    with CaptureQueriesContext(connection) as queries:
        outcomes = create_rows(
            master=BRANDS, rows=[brand(number) for number in range(100)], actor=CLERK, policy="reject_rows"
        )
    assert [place for place, outcome in enumerate(outcomes) if outcome.error] == [37]
    assert isinstance(outcomes[37].error, Conflict)
    assert outcomes[37].error.facts == {"constraint": "brand_code_once"}
    assert Brand.objects.count() == 100
    assert len(queries) < 70
    with pytest.raises(RowsRefused):
        create_rows(master=BRANDS, rows=[brand(200), brand(37)], actor=CLERK)
    assert Brand.objects.count() == 100


def test_a_rule_over_two_rows_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masters, "_ask_master", lambda master, outcomes: None)
    top = Category.objects.create(code="TOP", name="Top")
    below = Category.objects.create(code="BELOW", name="Below", parent=top)
    with pytest.raises(Conflict) as refusal:
        change_row(master=CATEGORIES, row_id=top.pk, values={"parent": below}, version=1, actor=CLERK)
    assert "inside itself" in str(refusal.value.message)
    top.refresh_from_db()
    assert top.parent is None


def test_a_switch_that_breaks_a_rule_is_refused_for_all(product: Product) -> None:
    sku = Sku.objects.create(product=product, code="S")
    old = Pack.objects.create(sku=sku, code="CTN", name="Carton", units=6, is_active=False)
    Pack.objects.create(sku=sku, code="ctn", name="Carton", units=12)
    with pytest.raises(RowsRefused):
        set_active(master=PACKS, row_ids=[old.pk], is_active=True, actor=CLERK)
    old.refresh_from_db()
    assert (old.is_active, old.version) == (False, 1)


def verdict_of_django(row: Any) -> bool:
    try:
        row.full_clean()
    except ValidationError:
        return False
    return True


def test_sets_are_judged_as_django_judges_each_row(company: Company, product: Product) -> None:
    """Every constraint of the catalog, with rows on both sides of it."""
    sku = Sku.objects.create(product=product, code="KNOWN", price="1.00", currency="EUR")
    Pack.objects.create(sku=sku, code="CTN", name="Carton", units=12)
    Pack.objects.create(sku=sku, code="OFF", name="Old", units=12, is_active=False)
    Category.objects.create(code="CAT", name="Cat")
    rows: list[Any] = [
        Brand(code="OK", name="x"), Brand(code="-x", name="x"), Brand(code="x y", name="x"), Brand(code="", name="x"),
        Category(code="cat", name="x"), Category(code="CAT2", name="x"),
        Product(company=company, code="p", name="x"), Product(company=company, code="Q", name=""),
        Product(company=company, code="Q", name="x", has_expiry=True), Product(company=company, code="Q", name="x", hs_code="12"),
        Product(company=company, code="Q", name="x", hs_code="123456", origin_country="FR", has_expiry=True, tracking="lot"),
        Product(company=company, code="Q", name="x", status="sold"),
        Product(company=company, code="Q", name="x", origin_country="F"),
        Sku(product=product, code="known"), Sku(product=product, code="NEW"), Sku(product=product, code="NEW", price="1"),
        Sku(product=product, code="NEW", currency="EUR"), Sku(product=product, code="NEW", weight_g=0),
        Sku(product=product, code="NEW", price="-1", currency="EUR"), Sku(product=product, code="NEW", base_unit=""),
        Sku(product=product, code="NEW", length_mm=10**7), Sku(product=product, code="NEW", storage_class="warm"),
        Pack(sku=sku, code="ctn", name="x", units=6), Pack(sku=sku, code="OFF", name="x", units=6),
        Pack(sku=sku, code="ctn", name="x", units=6, is_active=False), Pack(sku=sku, code="N", name="x", units=1),
    ]  # fmt: skip
    for row in rows:
        same = type(row)(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})
        ours = not (field_problems(row) or broken_rules([row]))
        assert ours == verdict_of_django(same), (row, field_problems(row), broken_rules([row]))


def test_one_thousand_rows_are_asked_and_written_in_a_few_statements() -> None:
    Brand.objects.bulk_create(Brand(code=f"K{number}", name="Known") for number in range(500))
    rows = [brand(number) if number % 2 else brand(number, code=f"k{number % 500}") for number in range(1000)]
    with CaptureQueriesContext(connection) as queries:
        outcomes = create_rows(master=BRANDS, rows=rows, actor=CLERK, policy="reject_rows")
    assert (sum(1 for outcome in outcomes if outcome.error), Brand.objects.count()) == (500, 1000)
    assert len(queries) <= 10, [query["sql"][:80] for query in queries]


def test_refuses_a_kind_of_value_that_no_column_holds() -> None:
    everybody = Actor("user", 1, "x", frozenset({EVERYTHING}))
    with pytest.raises(Invalid):
        create_row(master=BRANDS, values={"code": {"a": 1}, "name": ["x"]}, actor=everybody)
    assert Brand.objects.count() == 0
