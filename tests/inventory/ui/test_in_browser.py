"""The generic pages in a real browser: typing, keys, dialogs, two tabs, a scanner, a phone."""

import pytest
from playwright.sync_api import expect

from backoffice.core.models.bulk import BulkRun
from backoffice.core.models.views import SavedView
from backoffice.core.services.masters import create_row, create_rows
from inventory.drafts import BarcodeDraft
from inventory.masters import BRANDS
from inventory.models import Barcode, Brand, Product
from tests.core.ui.conftest import Console
from tests.factories.inventory import SYSTEM, a_location, a_product, a_sku, a_warehouse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def brands(*names: str) -> list[Brand]:
    rows = [{"code": name.upper(), "name": name} for name in names]
    return [outcome.row for outcome in create_rows(master=BRANDS, rows=rows, actor=SYSTEM)]


def test_typing_narrows_the_list_in_place_and_the_address_follows(desk: Console) -> None:
    brands("Borosil", "Kettler", "Nordkap")
    page = desk.open("/brands/")
    page.locator("#list-q").press_sequentially("nord", delay=30)
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page).to_have_url(f"{desk.address}/brands/?q=nord")
    expect(page.locator("#list-q")).to_be_focused()
    page.locator("th a.sort").first.click()
    expect(page).to_have_url(f"{desk.address}/brands/?q=nord&sort=-name")


def test_rows_are_ticked_by_keys_switched_off_and_taken_back(desk: Console) -> None:
    rows = brands("Borosil", "Kettler", "Nordkap")
    page = desk.open("/brands/")
    desk.press("j", "x", "j", "x")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Switch off: 2 brands")
    page.locator(".form-bar").get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("2 rows done")).to_be_visible()
    assert list(Brand.objects.filter(is_active=False).order_by("pk")) == rows[:2]
    page.get_by_role("button", name="Undo what was done").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo: Switch off")
    assert Brand.objects.filter(is_active=False).count() == 0
    assert BulkRun.objects.count() == 2


def test_enter_opens_the_row_under_the_cursor(desk: Console) -> None:
    rows = brands("Borosil", "Kettler")
    desk.open("/brands/")
    desk.press("j", "j", "Enter")
    desk.went_to(f"/brands/{rows[1].pk}/")


def test_filters_are_set_in_a_dialog_and_saved_as_a_view(desk: Console) -> None:
    a_product(name="Pan", status="draft")
    a_product(name="Pot")
    page = desk.open("/products/")
    desk.press("f")
    page.get_by_label("being prepared").check()
    page.get_by_role("button", name="Show the rows that match").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("menuitem", name="Save this as a new view").click()
    page.get_by_role("textbox", name="Name").fill("Being prepared")
    page.get_by_role("button", name="Save the view").click()
    expect(page.locator(".tab[aria-current]")).to_have_text("Being prepared")
    assert SavedView.objects.get().query == "status=draft"


def test_columns_are_put_in_order(desk: Console) -> None:
    brands("Borosil")
    page = desk.open("/brands/")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="Move Code towards the beginning").click()
    page.get_by_label("Products", exact=True).uncheck()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.locator("thead th").nth(1)).to_have_text("Code")
    expect(page.locator("thead")).not_to_contain_text("Products")


def test_a_brand_is_chosen_by_typing_and_the_arrow_keys(desk: Console) -> None:
    brands("Borosil", "Nordic", "Nordkap")
    product = a_product()
    page = desk.open(f"/products/{product.pk}/edit/")
    box = page.get_by_role("combobox", name="Brand")
    box.press_sequentially("nord", delay=30)
    expect(page.locator("#id_brand-list [role=option]")).to_have_count(2)
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Nordkap")
    box.press("Control+Enter")
    desk.went_to(f"/products/{product.pk}/")
    product.refresh_from_db()
    assert str(product.brand) == "Nordkap"


def test_words_that_are_no_choice_go_back_to_what_was_chosen(desk: Console) -> None:
    [brand] = brands("Borosil")
    product = a_product(brand=brand)
    page = desk.open(f"/products/{product.pk}/edit/")
    box = page.get_by_role("combobox", name="Brand")
    box.fill("nonsense")
    expect(page.get_by_text("Nothing matches “nonsense”.")).to_be_visible()
    box.press("Tab")
    expect(box).to_have_value("Borosil")


def test_two_tabs_edit_one_brand_and_the_second_chooses(desk: Console) -> None:
    [brand] = brands("Borosil")
    page = desk.open(f"/brands/{brand.pk}/edit/")
    other = page.context.new_page()
    other.goto(f"{desk.address}/brands/{brand.pk}/edit/")
    other.get_by_label("Name").fill("Borosil Glass")
    other.keyboard.press("Control+Enter")
    other.wait_for_url(f"{desk.address}/brands/{brand.pk}/")
    page.get_by_label("Name").fill("Borosil India")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("both of you changed it")).to_be_visible()
    page.get_by_label("Borosil Glass").check()
    page.get_by_role("button", name="Save my choice").click()
    desk.went_to(f"/brands/{brand.pk}/")
    brand.refresh_from_db()
    assert brand.name == "Borosil Glass"
    # The browser writes every answer above 399 into its console; a conflict is one, and is no fault of the page.
    desk.complaints[:] = [text for text in desk.complaints if "409" not in text]


def test_a_barcode_is_scanned_into_the_dialog_of_a_sku(desk: Console) -> None:
    sku = a_sku("KET-1")
    page = desk.open(f"/skus/{sku.pk}/")
    page.get_by_role("link", name="Add a barcode").click()
    expect(page.get_by_role("textbox", name="Barcode")).to_be_focused()
    desk.burst("4006381333931")
    expect(page.get_by_text("The barcode is saved")).to_be_visible()
    assert Barcode.objects.get(sku=sku).printed == "4006381333931"


def test_a_scan_anywhere_opens_what_was_scanned(desk: Console) -> None:
    sku = a_sku("KET-1", barcodes=(BarcodeDraft(text="4006381333931"),))
    desk.open("/brands/")
    desk.burst("4006381333931")
    desk.went_to(f"/skus/{sku.pk}/")


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_overflows(desk: Console, width: int) -> None:
    brand = create_row(master=BRANDS, values={"code": "LONG", "name": "Ä" * 100}, actor=SYSTEM)
    product = a_product(name="W" * 120, brand=brand)
    place = a_location(a_warehouse("HFA"), code="A-01-01-1")
    page = desk.page
    page.set_viewport_size({"width": width, "height": 844})
    addresses = ["/", "/products/", "/brands/", "/skus/", "/locations/", "/search/?q=w", f"/products/{product.pk}/"]
    addresses += [f"/products/{product.pk}/edit/", f"/locations/{place.pk}/", f"/warehouses/{place.warehouse_id}/"]
    addresses += [
        f"/warehouses/{place.warehouse_id}/make-bins/",
        "/categories/tree/",
        f"/products/{product.pk}/history/",
    ]
    for address in addresses:
        desk.open(address)
        room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert room[0] <= room[1], address
    assert Product.objects.count() == 1
