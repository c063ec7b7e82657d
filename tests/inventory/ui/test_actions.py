"""What is done on the pages of the inventory alone: barcodes, packs, the range, moving places, making bins."""

import pytest
from django.test import Client

from backoffice.core.errors import Invalid
from backoffice.core.services.bulk_changes import set_fields, shared_fields
from backoffice.core.services.masters import create_row
from inventory.drafts import BarcodeDraft
from inventory.masters import BRANDS, PRODUCTS
from inventory.models import Barcode, Location, Pack
from inventory.permissions import EDIT_PLACES, VIEW_CATALOG, VIEW_PLACES
from tests.factories.inventory import SYSTEM, a_location, a_product, a_sku, a_warehouse
from tests.support.console import HTMX, hidden, signed_in, text_of

pytestmark = pytest.mark.django_db
PATTERN = "{zone:Z}-{aisle:01-02}-{bay:01-05}-{level:1-2}"


@pytest.fixture
def editor() -> Client:
    return signed_in()


def test_adds_a_barcode_once_and_removes_it(editor: Client) -> None:
    sku = a_sku("KET-1")
    address = f"/skus/{sku.pk}/do/add_barcode/"
    form = editor.get(address, headers=HTMX)
    assert '"openDialog"' in form["HX-Trigger"]
    sent = {"value": "4006381333931", "symbology": "gtin", "command": hidden(form, "command")}
    assert editor.post(address, sent).status_code == 302
    assert editor.post(address, sent).status_code == 302
    barcode = Barcode.objects.get(sku=sku)
    page = text_of(editor.get(f"/skus/{sku.pk}/"))
    assert "Barcode 04006381333931: added" in page
    editor.post(f"/skus/{sku.pk}/do/remove_barcode/", {"item": barcode.pk})
    assert Barcode.objects.count() == 0
    assert "Barcode 04006381333931: removed" in text_of(editor.get(f"/skus/{sku.pk}/history/"))


def test_a_wrong_barcode_is_said_beside_its_field_and_kept(editor: Client) -> None:
    a_sku("OTHER", barcodes=(BarcodeDraft(text="4006381333931"),))
    sku = a_sku("KET-1")
    address = f"/skus/{sku.pk}/do/add_barcode/"
    wrong = editor.post(address, {"value": "4006381333932", "symbology": "gtin"})
    assert wrong.status_code == 422
    assert 'value="4006381333932"' in wrong.content.decode()
    taken = editor.post(address, {"value": "4006381333931", "symbology": "gtin"})
    assert taken.status_code == 422
    assert "OTHER" in text_of(taken)
    assert Barcode.objects.filter(sku=sku).count() == 0


def test_adds_a_pack_and_switches_it_off(editor: Client) -> None:
    sku = a_sku("KET-1")
    sent = {"code": "CARTON", "name": "carton of 12", "units": "12"}
    assert editor.post(f"/skus/{sku.pk}/do/add_pack/", sent).status_code == 302
    pack = Pack.objects.get(sku=sku)
    editor.post(f"/skus/{sku.pk}/do/switch_off_pack/", {"item": pack.pk})
    pack.refresh_from_db()
    assert (pack.units, pack.is_active) == (12, False)


def test_a_reader_sees_the_actions_refused_with_their_reason_and_cannot_do_them() -> None:
    sku = a_sku("KET-1", barcodes=(BarcodeDraft(text="4006381333931"),))
    reader = signed_in(VIEW_CATALOG)
    page = reader.get(f"/skus/{sku.pk}/").content.decode()
    assert page.count('aria-disabled="true"') >= 3
    assert "You lack the right" in page
    for code in ("add_barcode", "remove_barcode", "add_pack", "switch_off_pack"):
        assert reader.post(f"/skus/{sku.pk}/do/{code}/", {"item": "1"}).status_code == 403
    assert Barcode.objects.count() == 1


def test_discontinues_a_product_with_a_reason_that_its_timeline_keeps(editor: Client) -> None:
    product = a_product()
    address = f"/products/{product.pk}/do/retire/"
    assert editor.post(address, {"reason": ""}).status_code == 422
    assert editor.post(address, {"reason": "too heavy"}).status_code == 302
    product.refresh_from_db()
    assert product.status == "discontinued"
    assert "too heavy" in text_of(editor.get(f"/products/{product.pk}/"))


def test_moves_a_place_with_all_that_lies_in_it(editor: Client) -> None:
    house = a_warehouse("HFA")
    zone = a_location(house, code="Z", kind="zone")
    aisle = a_location(house, code="AISLE", kind="aisle")
    place = a_location(house, code="BIN", parent_id=aisle.pk)
    sent = {"parent": zone.pk, "code": "AISLE-1", "warehouse": house.pk}
    assert editor.post(f"/locations/{aisle.pk}/do/move/", sent).status_code == 302
    place.refresh_from_db()
    assert place.path == "Z/AISLE-1/BIN"


def test_bins_are_looked_at_first_and_then_made_once(editor: Client) -> None:
    house = a_warehouse("HFA")
    address = f"/warehouses/{house.pk}/make-bins/"
    before = Location.objects.count()
    form = {"pattern": PATTERN, "aisle_mm": "3000", "bay_mm": "1200", "level_mm": "450"}
    look = editor.post(address, {**form, "do": "look"})
    assert "20 bins" in text_of(look)
    assert Location.objects.count() == before
    sent = {**form, "do": "make", "command": hidden(look, "command")}
    made = editor.post(address, sent)
    assert made["Location"] == f"/locations/?warehouse={house.pk}&kind=bin"
    assert editor.post(address, sent)["Location"] == made["Location"]
    assert Location.objects.count() == before + 20 + 3
    assert editor.get(made["Location"]).status_code == 200
    again = editor.post(address, {**form, "do": "look"})
    assert "Some of these codes are taken" in text_of(again)


@pytest.mark.parametrize("pattern", ["", "A", "{nonsense:1-2}", "{bay:9-1}", "{bay:00001-99999}", "{bay:1-2", "\x00"])
def test_a_pattern_that_cannot_be_read_is_said_at_its_field(editor: Client, pattern: str) -> None:
    house = a_warehouse("HFA")
    before = Location.objects.count()
    form = {"pattern": pattern, "aisle_mm": "3000", "bay_mm": "1200", "level_mm": "450", "do": "make"}
    response = editor.post(f"/warehouses/{house.pk}/make-bins/", form)
    assert response.status_code == 422
    assert "pattern" in response.context["form"].errors
    assert Location.objects.count() == before


def test_making_bins_takes_the_right_and_the_reach() -> None:
    house = a_warehouse("HFA")
    assert signed_in(VIEW_PLACES).get(f"/warehouses/{house.pk}/make-bins/").status_code == 403
    limited = signed_in(VIEW_PLACES, EDIT_PLACES, limits={"inventory.warehouse": [0]})
    assert limited.get(f"/warehouses/{house.pk}/make-bins/").status_code == 404


def test_codes_are_never_set_for_many_rows_at_once() -> None:
    product = a_product()
    brand = create_row(master=BRANDS, values={"code": "B1", "name": "Brand"}, actor=SYSTEM)
    assert shared_fields(BRANDS) == ("name",)
    assert {"code", "company"} & set(shared_fields(PRODUCTS)) == set()
    assert "brand" in shared_fields(PRODUCTS)
    with pytest.raises(Invalid, match="field_not_shared"):
        set_fields(master=PRODUCTS, row_ids=[product.pk], values={"code": "X"}, actor=SYSTEM)
    set_fields(master=PRODUCTS, row_ids=[product.pk], values={"brand": brand}, actor=SYSTEM)
    before = product.code
    product.refresh_from_db()
    assert (product.code, product.brand) == (before, brand)


def test_the_tree_of_categories_opens(editor: Client) -> None:
    assert editor.get("/categories/tree/").status_code == 200
