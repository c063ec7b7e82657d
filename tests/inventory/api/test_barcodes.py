"""Barcodes and scans, and products made with all that belongs to them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from backoffice.core.models.companies import Company
from inventory.models import Barcode, Pack, Product, Sku
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from tests.support.api import body_of, program, refused

GTIN = "4006381333931"


@pytest.fixture
def sku(db: None) -> Sku:
    company = Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")
    return Sku.objects.create(product=Product.objects.create(company=company, code="P", name="Pen"), code="PEN-1")


@pytest.fixture
def editor(db: None) -> APIClient:
    return program(VIEW_CATALOG, EDIT_CATALOG)


def test_adds_finds_and_removes_a_barcode(sku: Sku, editor: APIClient) -> None:
    made = body_of(editor.post("/api/v1/barcodes", {"sku": sku.pk, "value": GTIN}))
    assert (made["value"], made["printed"], made["is_primary"], made["sku_code"]) == ("0" + GTIN, GTIN, True, "PEN-1")
    assert [row["id"] for row in body_of(editor.get("/api/v1/barcodes", {"value": GTIN}))["results"]] == [made["id"]]
    scanned = body_of(editor.get(f"/api/v1/scan/{GTIN}"))
    assert (scanned["kind"], scanned["quantity"], scanned["sku"]["code"]) == ("sku", 1, "PEN-1")
    told = refused(editor.post("/api/v1/barcodes", {"sku": sku.pk, "value": GTIN}), 409, "barcode_taken")
    assert (told["errors"][0]["field"], told["facts"]["owner"]) == ("/value", "SKU PEN-1")
    gone = editor.delete(f"/api/v1/barcodes/{made['id']}", headers={"Idempotency-Key": "once"})
    assert (gone.status_code, gone.content) == (204, b"")
    again = editor.delete(f"/api/v1/barcodes/{made['id']}", headers={"Idempotency-Key": "once"})
    assert (again.status_code, again["Idempotent-Replay"]) == (204, "true")
    refused(editor.delete(f"/api/v1/barcodes/{made['id']}"), 404)
    refused(editor.get(f"/api/v1/scan/{GTIN}"), 404, "nothing_scanned")
    assert Barcode.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"value": "4006381333932"}, "bad_check_digit", "/value"),
        ({"value": "40063813339３1"}, "not_digits", "/value"),
        ({"sku": 999999}, "not_found", "/sku"),
        ({"sku": "1"}, "not_a_key", "/sku"),
        ({"sku": True}, "not_a_key", "/sku"),
        ({"pack": 999999}, "not_found", "/pack"),
        ({"symbology": "sonar"}, "unknown_choice", "/symbology"),
        ({"is_primary": "yes"}, "not_a_boolean", "/is_primary"),
        ({"value": "A\u0000B", "symbology": "internal"}, "null_character", ""),
        ({"value": "A\r\nB", "symbology": "internal"}, "line_break", "/value"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_refuses_a_barcode_that_will_not_do(
    sku: Sku, editor: APIClient, change: dict[str, Any], code: str, field: str
) -> None:
    told = refused(editor.post("/api/v1/barcodes", {"sku": sku.pk, "value": GTIN, **change}), 400, code)
    assert [item["field"] for item in told["errors"]] == ([field] if field else [])
    assert Barcode.objects.count() == 0


def test_a_scan_reads_a_pack_a_gs1_barcode_and_what_has_slashes(sku: Sku, editor: APIClient) -> None:
    pack = Pack.objects.create(sku=sku, code="CTN", name="Carton", units=12)
    editor.post("/api/v1/barcodes", {"sku": sku.pk, "value": "A/B 1".replace(" ", "-"), "symbology": "internal"})
    editor.post("/api/v1/barcodes", {"sku": sku.pk, "pack": pack.pk, "value": "14006381333938"})
    assert body_of(editor.get("/api/v1/scan/A/B-1"))["sku"]["id"] == sku.pk
    carton = body_of(editor.get("/api/v1/scan/(01)14006381333938(10)LOT7(17)270131"))
    assert (carton["kind"], carton["quantity"], carton["pack"]["code"]) == ("pack", 12, "CTN")
    assert (carton["facts"]["lot"], carton["facts"]["expires_on"]) == ("LOT7", "2027-01-31")
    refused(editor.get("/api/v1/scan/(01)14006381333937"), 400, "bad_check_digit")
    refused(editor.get("/api/v1/scan/%00"), 400, "not_a_barcode")
    refused(editor.get("/api/v1/scan/%ff%fe"), 404)
    refused(editor.get("/api/v1/scan/x", {"y": "1"}), 400, "unknown_parameter")


def whole() -> dict[str, Any]:
    return {
        "company": Company.objects.get().pk,
        "code": "TEA",
        "name": "Tea",
        "skus": [
            {
                "code": "TEA-250",
                "price": {"amount": "4.20", "currency": "EUR"},
                "packs": [{"code": "CTN", "name": "Carton", "units": 12}],
                "barcodes": [{"value": GTIN}, {"value": "14006381333938", "pack": "CTN"}],
            },
            {"code": "TEA-500"},
        ],
    }


def test_makes_a_product_with_all_that_belongs_to_it_or_nothing(sku: Sku, editor: APIClient) -> None:
    bad = whole()
    bad["skus"][1]["price"] = {"amount": "1.5", "currency": "EUX"}
    bad["skus"][0]["barcodes"][1]["value"] = "14006381333937"
    told = refused(editor.post("/api/v1/products/whole", bad), 400, "unknown_currency")
    assert "/skus/1/price" in [item["field"] for item in told["errors"]]
    bad = whole()
    bad["skus"][0]["packs"][0]["units"] = 1
    bad["skus"][1]["nonsense"] = 1
    told = refused(editor.post("/api/v1/products/whole", bad), 400, "too_small")
    assert [item["field"] for item in told["errors"]] == ["/skus/0/packs/0/units", "/skus/1/nonsense"]
    bad = whole()
    bad["skus"][1]["code"] = "pen-1"
    told = refused(editor.post("/api/v1/products/whole", bad), 400, "unique")
    assert [item["field"] for item in told["errors"]] == ["/skus/1/code"]
    assert Product.objects.count() == 1

    made = body_of(editor.post("/api/v1/products/whole", whole()))
    assert (Sku.objects.filter(product=made["id"]).count(), Barcode.objects.count(), Pack.objects.count()) == (2, 2, 1)
    launched = body_of(editor.post(f"/api/v1/products/{made['id']}/launch"))
    assert launched["status"] == "active"
    refused(editor.post(f"/api/v1/products/{made['id']}/retire", {}), 400, "required")
    assert (
        body_of(editor.post(f"/api/v1/products/{made['id']}/retire", {"reason": "sold out"}))["status"]
        == "discontinued"
    )
    refused(
        editor.patch(f"/api/v1/products/{made['id']}", {"status": "draft", "version": 3}), 422, "status_cannot_follow"
    )
