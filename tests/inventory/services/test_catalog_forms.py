"""SKUs by the doors of master data: the form, the API, the import."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Invalid
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.services.masters import RowChange, change_row, change_rows, create_row, create_rows
from inventory.drafts import BarcodeDraft
from inventory.masters import SKUS
from inventory.models import Sku
from tests.factories.inventory import SYSTEM, a_location, a_product, a_sku, a_warehouse

pytestmark = pytest.mark.django_db


def test_a_form_changes_a_sku_and_its_key_follows_the_code() -> None:
    sku = a_sku("Straße-1", price=Decimal("5"))
    values = {"code": "STRASSE-2 ", "price": Decimal("6.5")}
    changed = change_row(master=SKUS, row_id=sku.pk, values=values, version=1, actor=SYSTEM)
    changed.refresh_from_db()
    assert (changed.code, changed.code_key, changed.price) == ("STRASSE-2", "strasse-2", Decimal("6.500"))
    told = OutboxEvent.objects.filter(name="inventory.sku_changed").get().payload
    assert told == {
        "sku_id": sku.pk,
        "product_id": sku.product_id,
        "code": "STRASSE-2",
        "status": "active",
        "is_active": True,
    }


def test_codes_that_differ_in_case_composition_or_invisible_marks_are_one() -> None:
    a_sku("85123A")
    product = a_product()
    for code in ("85123a", " 85123A", "85123A\u200e"):
        with pytest.raises(Invalid):
            create_row(master=SKUS, values={"product": product, "code": code}, actor=SYSTEM)
    a_sku("é")
    with pytest.raises(Invalid):
        create_row(master=SKUS, values={"product": product, "code": "E\u0301"}, actor=SYSTEM)
    # The letter O is no zero: that would be a guess.
    create_row(master=SKUS, values={"product": product, "code": "851230"}, actor=SYSTEM)
    create_row(master=SKUS, values={"product": product, "code": "85123O"}, actor=SYSTEM)


def test_a_form_refuses_a_code_that_is_another_skus_barcode_and_allows_its_own() -> None:
    sku = a_sku("OLD", barcodes=(BarcodeDraft(text="MINE", symbology="internal"),))
    a_sku(barcodes=(BarcodeDraft(text="THEIRS", symbology="internal"),))
    a_location(a_warehouse("LYS"), code="A-1")
    for code in ("THEIRS", "LYS-A-1"):
        with pytest.raises(Invalid) as refusal:
            change_row(master=SKUS, row_id=sku.pk, values={"code": code}, version=1, actor=SYSTEM)
        assert refusal.value.code == "code_is_a_barcode"
    assert change_row(master=SKUS, row_id=sku.pk, values={"code": "MINE"}, version=1, actor=SYSTEM).code == "MINE"


def test_an_import_of_many_asks_for_all_rows_at_once() -> None:
    product = a_product()
    counts = []
    for word, count in (("A", 1), ("B", 200)):
        sent = [{"product": product, "code": f"{word}-{number}"} for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            outcomes = create_rows(master=SKUS, rows=sent, actor=SYSTEM, policy="reject_rows")
        counts.append(len(queries))
        changes = [RowChange(outcome.row.pk, {"reorder_point": 7}, 1) for outcome in outcomes]
        with CaptureQueriesContext(connection) as queries:
            change_rows(master=SKUS, changes=changes, actor=SYSTEM)
        counts.append(len(queries))
    assert counts[0] == counts[2]
    assert counts[1] == counts[3]
    assert Sku.objects.filter(reorder_point=7).count() == 201
