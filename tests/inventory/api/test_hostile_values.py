"""Numbers, texts and dates of reliability 9.2 to 9.4, by their numbers, through real addresses: refused by code and place."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from backoffice.core.models.companies import Company
from inventory.models import Brand, Pack, Product, Sku, Warehouse
from inventory.permissions import EDIT_CATALOG, EDIT_PLACES, VIEW_CATALOG, VIEW_PLACES
from tests.support.api import body_of, program, refused, send_raw

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db: None) -> APIClient:
    return program(VIEW_CATALOG, EDIT_CATALOG, VIEW_PLACES, EDIT_PLACES)


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")


@pytest.fixture
def sku(company: Company) -> Sku:
    product = Product.objects.create(company=company, code="P", name="Pen")
    return Sku.objects.create(product=product, code="S", price=Decimal("1.00"), currency="EUR")


def raw_of(field: str, literal: str, **rest: Any) -> bytes:
    return (json.dumps(rest)[:-1] + (", " if rest else "") + f'"{field}": {literal}}}').encode()


INTEGERS = [
    (20, '"1_000"', "underscore"),
    (21, '"٣"', "foreign_digits"),
    (21, '"３"', "foreign_digits"),
    (21, '"²"', "foreign_digits"),
    (22, '"-0"', "negative_zero"),
    (22, "-0", "negative_zero"),
    (23, '"1E+3"', "exponent"),
    (23, "1E+3", "exponent"),
    (24, "9223372036854775808", "too_large"),
    (24, "-9223372036854775809", "too_small"),
    (24, '"9223372036854775808"', "too_large"),
    (25, '"1,50"', "decimal_comma"),
    (25, '"1.234,56"', "decimal_comma"),
    (26, "12.5", "not_a_number"),
    (26, '"12.5"', "fraction"),
    (26, "12.0", "not_a_number"),
    (27, "true", "not_a_number"),
    (27, "false", "not_a_number"),
    (28, '" 5 "', "surrounding_space"),
    (28, '"5\\u00a0"', "surrounding_space"),
    (29, "-12", "too_small"),
    (30, "0", "too_small"),
    (36, "80995000", "too_large"),
    (36, "-80995", "too_small"),
    (0, "null", "null"),
    (0, '""', "blank"),
    (0, "[]", "not_a_number"),
    (0, "{}", "not_a_number"),
    (0, '"0x10"', "not_a_number"),
    (0, '"+5"', "plus_sign"),
    (0, '"1 000"', "not_a_number"),
    (0, '"NaN"', "not_finite"),
    (0, '"Infinity"', "not_finite"),
    (0, '"twelve"', "not_a_number"),
    (0, f'"{"9" * 100}"', "too_long"),
]


@pytest.mark.parametrize(("number", "literal", "code"), INTEGERS, ids=lambda value: str(value)[:20])
def test_a_quantity_is_a_whole_number_or_is_refused(
    editor: APIClient, sku: Sku, number: int, literal: str, code: str
) -> None:
    raw = raw_of("units", literal, sku=sku.pk, code="CTN", name="Carton")
    told = refused(send_raw(editor, "post", "/api/v1/packs", raw, headers={"X-Row": str(number)}), 400, code)
    assert [item["field"] for item in told["errors"]] == ([] if literal == "1E+3" else ["/units"])
    assert Pack.objects.count() == 0


def test_36_a_large_quantity_that_real_data_holds_is_taken(editor: APIClient, sku: Sku) -> None:
    for literal in ("80995", '"80996"'):
        raw = raw_of("units", literal, sku=sku.pk, code=f"C{literal.strip(chr(34))}", name="Pallet")
        assert send_raw(editor, "post", "/api/v1/packs", raw).status_code == 201
    assert sorted(Pack.objects.values_list("units", flat=True)) == [80995, 80996]


@pytest.mark.parametrize(
    ("number", "literal", "code"),
    [
        (20, '{"amount": "1_000", "currency": "EUR"}', "underscore"),
        (21, '{"amount": "١٢", "currency": "EUR"}', "foreign_digits"),
        (22, '{"amount": "-0.00", "currency": "EUR"}', "negative_zero"),
        (23, '{"amount": "1E+3", "currency": "EUR"}', "exponent"),
        (25, '{"amount": "1,50", "currency": "EUR"}', "decimal_comma"),
        (26, '{"amount": "0.001", "currency": "EUR"}', "too_many_places"),
        (27, '{"amount": true, "currency": "EUR"}', "not_money"),
        (27, '{"amount": 12.5, "currency": "EUR"}', "not_money"),
        (29, '{"amount": "-1.00", "currency": "EUR"}', "sku_price_believable"),
        (31, '{"amount": "9999999999999999.99", "currency": "EUR"}', "too_many_digits"),
        (32, '{"amount": "100.5", "currency": "JPY"}', "too_many_places"),
        (32, '{"amount": "1.2345", "currency": "KWD"}', "too_many_places"),
        (37, '{"amount": "NaN", "currency": "EUR"}', "not_finite"),
        (0, '{"amount": "1", "currency": "eur"}', "unknown_currency"),
        (0, '{"amount": "1", "currency": "XXX"}', "unknown_currency"),
        (0, '{"amount": "1", "currency": null}', "unknown_currency"),
        (0, '{"amount": "1", "currency": ["EUR"]}', "unknown_currency"),
        (0, '{"amount": "1"}', "not_money"),
        (0, '{"amount": "1", "currency": "EUR", "tax": 1}', "not_money"),
        (0, '"1.00 EUR"', "not_money"),
        (0, "1", "not_money"),
        (0, "[]", "not_money"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_amount_is_exact_in_its_currency_or_is_refused(
    editor: APIClient, sku: Sku, number: int, literal: str, code: str
) -> None:
    raw = raw_of("price", literal, version=1)
    path = f"/api/v1/skus/{sku.pk}"
    told = refused(send_raw(editor, "patch", path, raw, headers={"X-Row": str(number)}), 400, code)
    assert [item["field"] for item in told["errors"]] == ["/price"]
    sku.refresh_from_db()
    assert (sku.price, sku.currency, sku.version) == (Decimal("1.000"), "EUR", 1)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"amount": "0.1", "currency": "EUR"}, {"amount": "0.10", "currency": "EUR"}),
        ({"amount": "1.234", "currency": "KWD"}, {"amount": "1.234", "currency": "KWD"}),
        ({"amount": "1000", "currency": "JPY"}, {"amount": "1000", "currency": "JPY"}),
        ({"amount": "0", "currency": "EUR"}, {"amount": "0.00", "currency": "EUR"}),
        ({"amount": "999999999999999.99", "currency": "EUR"}, {"amount": "999999999999999.99", "currency": "EUR"}),
        (None, None),
    ],
    ids=str,
)
def test_32_33_an_amount_comes_back_as_it_went_in(editor: APIClient, sku: Sku, sent: Any, stored: Any) -> None:
    changed = editor.patch(f"/api/v1/skus/{sku.pk}", {"price": sent, "version": 1})
    assert (changed.status_code, body_of(changed)["price"]) == (200, stored)
    assert body_of(editor.get(f"/api/v1/skus/{sku.pk}"))["price"] == stored


@pytest.mark.parametrize(
    ("literal", "code"),
    [('"91"', "max_value"), ('"1.2345678"', "too_many_places"), ('"1E1"', "exponent"), ("1.2345678", "too_many_places"),
     ('"-0.0"', "negative_zero"), ("-0.0", "negative_zero"), ("true", "not_a_number"),
     ('"1000"', "too_many_digits"), ("1e1", "exponent")],
)  # fmt: skip
def test_a_decimal_has_its_places_or_is_refused(editor: APIClient, company: Company, literal: str, code: str) -> None:
    raw = raw_of("latitude", literal, company=company.pk, code="W", name="House", time_zone="UTC", longitude="1")
    refused(send_raw(editor, "post", "/api/v1/warehouses", raw), 400, code)
    assert Warehouse.objects.count() == 0


TEXTS = [
    (38, "ab\u202egpj", "hidden_direction"),
    (39, "\u200b\u200d\u2060", "blank"),
    (39, "\u3164", "blank"),
    (40, "a" + "\u0301" * 90, "too_many_marks"),
    (43, " \u00a0 ", "blank"),
    (44, "a\r\nb", "line_break"),
    (44, "a\u2028b", "line_break"),
    (46, "x" * 1_000_000, "too_long"),
    (46, "x" * 101, "too_long"),
    (51, "a\x1b[31mb", "control_character"),
    (51, "a\x85b", "control_character"),
    (0, "", "blank"),
    (0, "\ufffe", "broken_character"),
    (0, None, "null"),
    (0, 7, "not_text"),
    (0, True, "not_text"),
    (0, ["a"], "not_text"),
    (0, {"a": 1}, "not_text"),
]


@pytest.mark.parametrize(("number", "text", "code"), TEXTS, ids=lambda value: ascii(value)[:20])
def test_a_name_that_misleads_is_refused(editor: APIClient, number: int, text: Any, code: str) -> None:
    response = editor.post("/api/v1/brands", {"code": "B1", "name": text}, headers={"X-Row": str(number)})
    told = refused(response, 400, code)
    assert [item["field"] for item in told["errors"]] == ["/name"]
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    ("number", "text", "stored"),
    [
        (43, "  Acme\u00a0 ", "Acme"),
        (45, "Tea 🍵 Co", "Tea 🍵 Co"),
        (47, "Асmе", "Асmе"),
        (48, "<script>alert(1)</script>", "<script>alert(1)</script>"),
        (49, "{{7*7}}{% debug %}${x}", "{{7*7}}{% debug %}${x}"),
        (50, "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        (50, "@SUM(1)", "@SUM(1)"),
        (52, "../../etc/passwd", "../../etc/passwd"),
        (52, 'a"; X: y.csv', 'a"; X: y.csv'),
        (41, "e\u0301", "é"),
        (0, "קָפֶה", "קָפֶה"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_name_that_is_only_odd_is_kept_as_it_is(editor: APIClient, number: int, text: str, stored: str) -> None:
    made = body_of(editor.post("/api/v1/brands", {"code": f"B{number}", "name": text}))
    assert made["name"] == stored
    assert body_of(editor.get(f"/api/v1/brands/{made['id']}"))["name"] == stored


def test_41_42_skus_that_people_take_for_one_are_one(editor: APIClient, sku: Sku) -> None:
    def add(code: str) -> Any:
        return editor.post("/api/v1/skus", {"product": sku.product_id, "code": code})

    assert add("85123A").status_code == 201
    for code in ("85123a", "85123\u200bA", " 85123A "):
        told = refused(add(code), 400, "unique")
        assert [item["field"] for item in told["errors"]] == ["/code"]
    assert add("caf\u00e9").status_code == 201
    refused(add("cafe\u0301"), 400, "unique")
    assert add("85I23O").status_code == add("85123O").status_code == add("851230").status_code == 201


@pytest.mark.parametrize(
    ("number", "moment", "code"),
    [
        (54, "2026-02-30T00:00:00Z", "no_such_day"),
        (55, "0000-01-01T00:00:00Z", "year_out_of_range"),
        (55, "9999-12-31T23:59:59Z", "year_out_of_range"),
        (56, "2026-03-29T02:30:00", "no_offset"),
        (57, "2016-12-31T23:59:60Z", "leap_second"),
        (58, "01/02/2011", "ambiguous_date"),
        (59, "40544", "not_a_date"),
        (60, "2026-W01-1", "week_date"),
        (61, "1767225600000", "epoch"),
        (62, "2026-01-01T00:00:00+25:00", "bad_offset"),
        (0, "2026-01-01", "not_a_time"),
        (0, "", "blank"),
        (0, "yesterday", "not_a_date"),
        (0, "2026-01-01T00:00:00Z ", "not_a_time"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_moment_is_one_or_is_refused(editor: APIClient, number: int, moment: str, code: str) -> None:
    response = editor.get("/api/v1/brands", {"changed_since": moment}, headers={"X-Row": str(number)})
    told = refused(response, 400, code)
    assert (told["errors"][0]["in"], told["errors"][0]["field"]) == ("query", "changed_since")


@pytest.mark.parametrize(
    "cutoff", ["25:00", "14:60", "14", "14:30Z", "14:30+02:00", " 14:30", "2:30pm", 1430, True, "14:30:00.5"]
)
def test_a_time_of_day_is_one_or_is_refused(editor: APIClient, company: Company, cutoff: Any) -> None:
    body = {"company": company.pk, "code": "W", "name": "House", "time_zone": "UTC", "cutoff": cutoff}
    told = refused(editor.post("/api/v1/warehouses", body), 400)
    assert [item["field"] for item in told["errors"]] == ["/cutoff"]
    assert Warehouse.objects.count() == 0


@pytest.mark.parametrize(
    "attributes",
    [[], "x", None, 7, {"a": None}, {"a": {"b": 1}}, {"": 1}, {"a": 1.5}, {"a": "\u202e"}, {"a": 2**60}, {"a": ["x", 1.5]},
     {f"k{number}": 1 for number in range(60)}, {"x" * 60: 1}, {"a\nb": 1}],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_attributes_are_plain_or_are_refused(editor: APIClient, company: Company, attributes: Any) -> None:
    body = {"company": company.pk, "code": "P1", "name": "Pen", "attributes": attributes}
    told = refused(editor.post("/api/v1/products", body), 400)
    assert told["errors"][0]["field"] == "/attributes"
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("skus", {"price_min": "NaN"}),
        ("skus", {"price_max": "x"}),
        ("skus", {"product": "99999999999999999999"}),
        ("skus", {"product": "-1"}),
        ("skus", {"product": "1 OR 1=1"}),
        ("skus", {"is_active": "maybe"}),
        ("skus", {"is_active": "1"}),
        ("skus", {"status": "sold"}),
        ("skus", {"status": ""}),
        ("skus", {"q": ""}),
        ("skus", {"q": "x" * 300}),
        ("products", {"category": "0"}),
        ("products", {"brand": "x"}),
        ("products", {"has_picture": "nonsense"}),
        ("locations", {"inside": "999999"}),
        ("locations", {"warehouse": "\u0663"}),
    ],
    ids=str,
)
def test_a_filter_that_cannot_be_read_is_refused_and_never_ignored(
    editor: APIClient, path: str, query: dict[str, str]
) -> None:
    told = refused(editor.get(f"/api/v1/{path}", query), 400)
    assert told["errors"][0]["in"] == "query"


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE x; --", "%", "_", "\\", "%%%", "(((", "a' OR '1'='1", "\u202e", "🔑", "{}"]
)
def test_a_search_takes_any_text(editor: APIClient, sku: Sku, text: str) -> None:
    for path in ("skus", "products", "brands", "locations", "barcodes", "packs", "categories", "warehouses"):
        response = editor.get(f"/api/v1/{path}", {"q": text})
        assert (response.status_code, body_of(response)["results"]) == (200, [])
