"""What a scan means."""

from datetime import date

import pytest

from backoffice.core.clock import FrozenClock
from backoffice.core.errors import Invalid, Missing
from inventory.drafts import BarcodeDraft, PackDraft
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.selectors.scans import find_by_scan
from tests.factories.inventory import SYSTEM, a_location, a_sku, a_warehouse, somebody

pytestmark = pytest.mark.django_db

EAN = "4006381333931"
CARTON_GTIN = "14006381333938"


@pytest.fixture
def pot() -> None:
    a_sku(
        "85123A",
        packs=(PackDraft(code="carton", name="Carton", units=12),),
        barcodes=(
            BarcodeDraft(text=EAN),
            BarcodeDraft(text=CARTON_GTIN, pack="carton"),
            BarcodeDraft(text="036000291452"),
            BarcodeDraft(text="Rack/7", symbology="supplier"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "kind", "quantity"),
    [
        (EAN, "sku", 1),
        (f"  {EAN}\r\n", "sku", 1),
        ("0" + EAN, "sku", 1),
        ("036000291452", "sku", 1),
        ("0036000291452", "sku", 1),
        (CARTON_GTIN, "pack", 12),
        ("Rack/7", "sku", 1),
        ("85123A", "sku", 1),
        ("85123a", "sku", 1),
        (f"(01)0{EAN}", "sku", 1),
        (f"(01)0{EAN}(30)5", "sku", 5),
        (f"(01){CARTON_GTIN}(10)L1", "pack", 12),
        (f"(02)0{EAN}(37)48", "sku", 48),
        (f"(02){CARTON_GTIN}(37)40", "pack", 480),
        (f"]C101{CARTON_GTIN}", "pack", 12),
    ],
)
def test_finds_a_sku_or_a_pack_and_how_many_it_stands_for(pot: None, text: str, kind: str, quantity: int) -> None:
    found = find_by_scan(text, actor=SYSTEM)
    assert found.sku is not None
    assert (found.kind, found.sku.code, found.quantity) == (kind, "85123A", quantity)
    assert (found.pack is not None) == (kind == "pack")


def test_one_scan_fills_product_expiry_and_lot(pot: None, clock: FrozenClock) -> None:
    for text in (f"(01)0{EAN}(17)270831(10)LOT-9", f"]d2010{EAN}17270831" + "10LOT-9"):
        found = find_by_scan(text, actor=SYSTEM)
        assert found.sku is not None
        assert found.facts is not None
        assert (found.sku.code, found.facts.lot, found.facts.expires_on) == ("85123A", "LOT-9", date(2027, 8, 31))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4006381333932", "bad_check_digit"),
        ("(01)04006381333932(10)A", "bad_check_digit"),
        ("0104006381333932" + "10A1", "bad_check_digit"),
        (f"(01)0{EAN}(17)271332", "no_such_day"),
        (f"]d2010{EAN}17", "cut_off"),
        ("", "not_a_barcode"),
        ("\x00", "not_a_barcode"),
        ("x" * 401, "not_a_barcode"),
    ],
)
def test_refuses_a_damaged_barcode(pot: None, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        find_by_scan(text, actor=SYSTEM)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["96385074", "nothing", "(01)00000096385074", "rack/7", "(00)123456789012345675"])
def test_says_that_nothing_is_called_so(pot: None, text: str) -> None:
    with pytest.raises(Missing) as refusal:
        find_by_scan(text, actor=SYSTEM)
    assert refusal.value.code == "nothing_scanned"


def test_finds_a_place_by_its_label_whatever_its_case() -> None:
    place = a_location(a_warehouse("LYS"), code="A-01")
    for text in ("LYS-A-01", "lys-a-01"):
        found = find_by_scan(text, actor=SYSTEM)
        assert (found.kind, found.location, found.sku) == ("location", place, None)


def test_finds_only_what_is_within_reach_and_right(pot: None) -> None:
    mine, other = a_warehouse("MINE"), a_warehouse("OTHER")
    a_location(mine, code="A"), a_location(other, code="A")
    limited = somebody(warehouses=(mine,))
    assert find_by_scan("MINE-A", actor=limited).kind == "location"
    hidden = [
        ("OTHER-A", limited),
        ("MINE-A", somebody(VIEW_CATALOG)),
        (EAN, somebody(VIEW_PLACES)),
        ("85123A", somebody(VIEW_PLACES)),
        (f"(01)0{EAN}", somebody(VIEW_PLACES)),
    ]
    for text, actor in hidden:
        with pytest.raises(Missing):
            find_by_scan(text, actor=actor)
