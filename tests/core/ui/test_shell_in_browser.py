"""The scripts of the shell, each in a real browser: keys, palette, scans, selection, dialogs, toasts, colour mode."""

import pytest

from .conftest import Console

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CURSOR = "[data-row].cursor"

# What reaches over an edge of the page and does not lie in a box that scrolls.
CUT_OFF = """() => [...document.querySelectorAll('.topbar *, main *')].filter((one) => {
  if (one.closest('.table-box, .tabs, [popover], .visually-hidden, svg') || !one.getClientRects().length) return false;
  const box = one.getBoundingClientRect();
  return box.right > innerWidth + 1 || box.left < -1;
}).map((one) => one.outerHTML.slice(0, 80))"""


def test_slash_and_ctrl_k_open_the_search_box_with_the_field_ready(console: Console) -> None:
    page = console.open()
    for key in ("/", "Control+k"):
        console.press(key)
        page.wait_for_selector("#palette[open]")
        assert page.evaluate("document.activeElement.id") == "palette-q"
        console.press("Escape")
        assert page.query_selector("#palette[open]") is None


def test_a_few_letters_and_enter_go_to_a_page(console: Console) -> None:
    page = console.open()
    console.press("/")
    page.keyboard.type("wareh", delay=90)
    page.wait_for_selector("#palette-found [role=option]")
    console.press("ArrowDown")
    assert "Warehouses" in page.inner_text("#palette [aria-selected=true]")
    console.press("Enter")
    console.went_to("/arrived/warehouses")


def test_what_the_server_found_comes_first_and_opens_by_enter(console: Console) -> None:
    page = console.open()
    console.press("/")
    page.keyboard.type("SO-104", delay=90)
    page.wait_for_selector("#palette-found [role=option]")
    assert page.inner_text("#palette [aria-selected=true]").strip() == "SO-104"
    console.press("Enter")
    console.went_to("/arrived/SO-104")


def test_g_and_a_letter_go_to_an_area_even_when_its_pages_are_folded_away(console: Console) -> None:
    console.open()
    console.press("g", "i")
    console.went_to("/arrived/products")


def test_j_k_and_x_move_and_select_and_enter_opens(console: Console) -> None:
    page = console.open()
    console.press("j", "j", "j", "k")
    assert page.inner_text(f"{CURSOR} .main") == "SO-10481"
    console.press("x")
    assert page.eval_on_selector_all("[data-bulk-row]:checked", "all => all.map(one => one.value)") == ["1"]
    console.press("Enter")
    page.wait_for_url("**/gallery/#order-1")


def test_a_scan_opens_the_one_thing_it_names_and_never_acts_as_shortcuts(console: Console) -> None:
    page = console.open()
    console.press("j")
    console.burst("xjk4006381333931")
    console.went_to("/arrived/xjk4006381333931")
    page.go_back(wait_until="networkidle")
    assert page.query_selector("[data-bulk-row]:checked") is None


def test_a_scan_on_a_hebrew_keyboard_arrives_in_latin_letters(console: Console) -> None:
    page = console.open()
    page.evaluate(
        """() => { for (const [key, code] of [['ש','KeyA'],['נ','KeyB'],['1','Digit1'],['2','Digit2'],['Enter','Enter']])
             document.body.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true})) }"""
    )
    console.went_to("/arrived/ab12")


def test_what_is_typed_into_a_field_stays_there(console: Console) -> None:
    page = console.open()
    field = page.locator(".list-search input")
    field.click()
    page.keyboard.type("gjx?12345", delay=3)
    page.wait_for_timeout(150)
    assert field.input_value() == "gjx?12345"
    assert page.query_selector("dialog[open]") is None
    assert page.query_selector(CURSOR) is None


def test_single_keys_can_be_switched_off_and_stay_off(console: Console) -> None:
    page = console.open()
    console.press("?")
    page.wait_for_selector("#keys[open]")
    assert "New order" in page.inner_text("[data-keys-page]")
    assert "Inventory: Products" in page.inner_text("[data-keys-goto]")
    page.uncheck("#keys-single")
    page.reload(wait_until="networkidle")
    console.press("j")
    assert page.query_selector(CURSOR) is None
    console.press("?")
    page.wait_for_selector("#keys[open]")


def test_enter_on_a_tick_runs_no_bulk_action(console: Console) -> None:
    page = console.open()
    page.locator("[data-bulk-row]").nth(2).click()
    page.evaluate("document.getElementById('bulk').method = 'get'")
    console.press("Enter")
    assert page.url == console.address + "/gallery/"
    assert page.query_selector("dialog[open]") is None
    assert page.is_visible("[data-bulk-bar]")


def test_shift_selects_a_run_and_a_full_page_offers_all_that_match(console: Console) -> None:
    page = console.open()
    boxes = page.locator("[data-bulk-row]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    assert page.inner_text("[data-bulk-count]") == "Selected: 4"
    assert page.evaluate("document.querySelector('[data-bulk-all]').indeterminate") is True
    assert not page.is_visible("[data-bulk-whole]")
    page.click("[data-bulk-all]")
    page.click("[data-bulk-whole]")
    assert page.input_value("[data-bulk-scope]") == "filter"
    assert page.inner_text("[data-bulk-count]") == "Selected: all that match"
    boxes.nth(0).click()
    assert page.input_value("[data-bulk-scope]") == "selected"
    page.click("[data-bulk-none]")
    assert not page.is_visible("[data-bulk-bar]")


def test_a_question_comes_before_what_cannot_be_undone(console: Console) -> None:
    page = console.open()
    page.evaluate("document.getElementById('bulk').action = '/arrived/cancelled'")
    page.evaluate("document.getElementById('bulk').method = 'get'")
    for answer in ("no", "yes"):
        page.click("[popovertarget=page-menu]")
        page.click("#page-menu [data-confirm]")
        page.wait_for_selector("#confirm[open]")
        assert page.inner_text("#confirm-text") == "The stock goes back and the customer is told."
        page.click(f"#confirm [value={answer}]")
        page.wait_for_timeout(150)
        assert ("/arrived/cancelled" in page.url) is (answer == "yes")
    assert "do=cancel" in page.url


def test_a_menu_opens_at_its_button_and_moves_by_arrow_keys(console: Console) -> None:
    page = console.open()
    page.focus("[popovertarget=page-menu]")
    console.press("Enter")
    menu, button = page.locator("#page-menu"), page.locator("[popovertarget=page-menu]")
    below = menu.bounding_box()["y"] - button.bounding_box()["y"] - button.bounding_box()["height"]
    assert 0 < below < 12
    assert page.evaluate("document.activeElement.textContent.trim()") == "Duplicate"
    console.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent.trim()").startswith("Print")
    console.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('popovertarget')") == "page-menu"


def test_a_job_that_ends_says_so_and_is_asked_no_more(console: Console) -> None:
    page = console.open("/job/")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/job/") else None)
    page.wait_for_selector("[data-toast]", timeout=6_000)
    assert page.inner_text("[data-toast] .toast-text").strip() == "Import products.xlsx: Done"
    assert page.get_attribute("#job-7 progress", "value") == "1500"
    page.wait_for_timeout(2_500)
    assert len(asked) == 1


def test_a_lost_connection_is_told_in_a_toast(console: Console) -> None:
    page = console.open()
    page.context.set_offline(True)
    page.evaluate("htmx.ajax('GET', '/find/?q=x', {swap: 'none'}).catch(() => null)")
    page.wait_for_selector("[data-toast].tone-warning")
    assert "Nothing was changed" in page.inner_text("[data-toast]")
    page.context.set_offline(False)
    console.complaints.clear()  # the browser itself logs the broken request


def test_dark_is_remembered_and_there_before_the_page_is_drawn(console: Console) -> None:
    page = console.open()
    assert page.get_attribute("html", "data-bs-theme") == "light"
    page.click("[popovertarget=person-menu]")
    page.click("[data-theme-choice=dark]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => { window.first = document.documentElement.dataset.bsTheme })"
    )
    page.reload(wait_until="networkidle")
    assert page.evaluate("window.first") == "dark"


def test_the_wheel_changes_no_number(console: Console) -> None:
    page = console.open()
    field = page.locator("#id_price")
    field.click()
    page.mouse.wheel(0, 200)
    page.wait_for_timeout(100)
    assert field.input_value() == "18.40"
    assert page.evaluate("document.activeElement.id") != "id_price"


def test_a_refused_form_moves_the_focus_to_what_is_wrong(console: Console) -> None:
    page = console.open("/gallery/?bad=1")
    assert "Nothing was saved yet" in page.evaluate("document.activeElement.textContent")
    described = page.get_attribute("#id_name", "aria-describedby")
    assert page.inner_text(f"#{described}").strip() == "This field is required."
    assert page.get_attribute("#id_weight", "aria-invalid") == "true"


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
@pytest.mark.parametrize("language", ["en", "he"])
def test_nothing_is_wider_than_the_page(console: Console, width: int, language: str) -> None:
    console.page.set_viewport_size({"width": width, "height": 844})
    page = console.open(f"/gallery/?lang={language}")
    assert page.get_attribute("html", "dir") == ("rtl" if language == "he" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(CUT_OFF) == []
