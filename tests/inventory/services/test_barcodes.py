"""Packs and barcodes: what a scanner may read has one owner."""

import pytest
from django.db import IntegrityError, connection, transaction

from backoffice.core.errors import Conflict, DomainError, Invalid, Missing, NotPermitted
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.services.masters import change_row, create_row, set_active
from inventory.drafts import BarcodeDraft, PackDraft, Size, SkuDraft
from inventory.masters import PACKS
from inventory.models import Barcode, Pack
from inventory.permissions import VIEW_CATALOG
from inventory.services.barcodes import add_barcode, add_pack, remove_barcode
from tests.factories.inventory import SYSTEM, a_location, a_product, a_sku, a_warehouse, somebody
from tests.support.database import broken_rule, history

pytestmark = pytest.mark.django_db

EAN = "4006381333931"
UPC = "036000291452"
CARTON = PackDraft(code="carton", name="Carton", units=12)


# --- packs ----------------------------------------------------------------------------------------------------------


def test_adds_a_pack_with_its_own_weight_and_size() -> None:
    sku = a_sku()
    draft = PackDraft(code="pallet", name="Pallet", units=480, size=Size(weight_g=310_000, length_mm=1_200))
    pack = add_pack(sku_id=sku.pk, draft=draft, actor=somebody(), reason="bigger supplier")
    pack.refresh_from_db()
    assert (pack.code, pack.units, pack.weight_g, pack.length_mm, pack.height_mm) == (
        "pallet",
        480,
        310_000,
        1_200,
        None,
    )
    told_of = history(Pack, pgh_obj=pack).get()
    assert told_of.pgh_context.metadata["reason"] == "bigger supplier"
    assert OutboxEvent.objects.filter(name="inventory.sku_changed", payload__sku_id=sku.pk).count() == 1


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (PackDraft(code="one", name="One", units=1), "units", "min_value"),
        (PackDraft(code="all", name="All", units=1_000_001), "units", "max_value"),
        (PackDraft(code="a b", name="A", units=2), "code", "bad_code"),
        (PackDraft(code="x", name=" ", units=2), "name", "blank"),
        (PackDraft(code="CARTON", name="Carton", units=6), "code", "unique"),
        (PackDraft(code="x", name="X", units=2, size=Size(weight_g=0)), "weight_g", "min_value"),
    ],
)
def test_refuses_a_pack_and_names_the_field(draft: PackDraft, field: str, code: str) -> None:
    sku = a_sku(packs=(CARTON,))
    with pytest.raises(Invalid) as refusal:
        add_pack(sku_id=sku.pk, draft=draft, actor=SYSTEM)
    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [(field, code)]
    assert list(sku.packs.values_list("code", flat=True)) == ["carton"]


def test_the_units_of_a_pack_never_change_by_any_door() -> None:
    sku = a_sku(packs=(CARTON,))
    pack = sku.packs.get()
    with pytest.raises(Invalid) as refusal:
        change_row(master=PACKS, row_id=pack.pk, values={"units": 6}, version=1, actor=SYSTEM)
    assert refusal.value.code == "field_not_writable"
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_pack SET units = 6 WHERE id = %s", [pack.pk])
    pack.refresh_from_db()
    assert pack.units == 12


def test_a_pack_that_was_wrong_is_switched_off_and_made_anew_under_its_code() -> None:
    sku = a_sku(packs=(CARTON,))
    set_active(master=PACKS, row_ids=[sku.packs.get().pk], is_active=False, actor=SYSTEM)
    add_pack(sku_id=sku.pk, draft=PackDraft(code="carton", name="Carton", units=10), actor=SYSTEM)
    assert list(sku.packs.order_by("units").values_list("units", "is_active")) == [(10, True), (12, False)]


def test_a_pack_made_by_a_form_keeps_the_same_rules() -> None:
    sku = a_sku()
    values = {"sku": sku, "code": "box", "name": "Box", "units": 1}
    with pytest.raises(Invalid):
        create_row(master=PACKS, values=values, actor=SYSTEM)
    assert create_row(master=PACKS, values={**values, "units": 4}, actor=SYSTEM).units == 4


# --- barcodes -------------------------------------------------------------------------------------------------------


def test_adds_a_barcode_as_printed_and_as_compared() -> None:
    sku = a_sku()
    first = add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=EAN), actor=somebody(), reason="new label")
    second = add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=UPC), actor=SYSTEM)
    own = add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text="Rack/7", symbology="internal"), actor=SYSTEM)
    rows = Barcode.objects.filter(sku=sku).order_by("pk")
    assert list(rows.values_list("value", "printed", "symbology", "is_primary")) == [
        ("04006381333931", EAN, "gtin", True),
        ("00036000291452", UPC, "gtin", False),
        ("Rack/7", "Rack/7", "internal", False),
    ]
    told = OutboxEvent.objects.filter(name="inventory.barcode_added").order_by("pk").values_list("payload", flat=True)
    assert list(told)[-3:] == [
        {"sku_id": sku.pk, "pack_id": None, "value": barcode.value} for barcode in (first, second, own)
    ]
    told_of = history(Barcode, pgh_obj=first).get()
    assert (told_of.pgh_label, told_of.pgh_context.metadata["reason"]) == ("insert", "new label")


def test_a_pack_has_barcodes_of_its_own() -> None:
    sku = a_sku(packs=(CARTON,))
    add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=EAN), actor=SYSTEM)
    barcode = add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text="14006381333938", pack="Carton"), actor=SYSTEM)
    assert barcode.pack is not None
    assert (barcode.pack.units, barcode.is_primary) == (12, True)


def test_a_new_first_choice_takes_the_place_of_the_old() -> None:
    sku = a_sku(barcodes=(BarcodeDraft(text=EAN),))
    add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=UPC, is_primary=True), actor=SYSTEM)
    assert dict(sku.barcodes.values_list("printed", "is_primary")) == {EAN: False, UPC: True}


@pytest.mark.parametrize(
    ("draft", "code", "words"),
    [
        (BarcodeDraft(text="4006381333932"), "bad_check_digit", "1 was expected, not 2"),
        (BarcodeDraft(text="400638133393"), "bad_check_digit", "expected"),
        (BarcodeDraft(text="40063813339"), "bad_length", "8, 12, 13 or 14"),
        (BarcodeDraft(text="40O6381333931"), "not_digits", "digits"),
        (BarcodeDraft(text="٤٠٠٦٣٨١٣٣٣٩٣١"), "not_digits", "digits"),
        (BarcodeDraft(text="", symbology="internal"), "blank", "empty"),
        (BarcodeDraft(text="a b", symbology="internal"), "cannot_be_printed", "no spaces"),
        (BarcodeDraft(text="ą1", symbology="supplier"), "cannot_be_printed", "no spaces"),
        (BarcodeDraft(text="x" * 65, symbology="internal"), "too_long", "65"),
        (BarcodeDraft(text="a\x00b", symbology="internal"), "null_character", "null"),
        (BarcodeDraft(text="1", symbology="magic"), "unknown_symbology", "magic"),
        (BarcodeDraft(text=EAN, pack="crate"), "unknown_pack", "crate"),
    ],
)
def test_refuses_a_barcode_and_says_why(draft: BarcodeDraft, code: str, words: str) -> None:
    sku = a_sku(packs=(CARTON,))
    with pytest.raises(Invalid) as refusal:
        add_barcode(sku_id=sku.pk, draft=draft, actor=SYSTEM)
    assert refusal.value.code == code
    assert words in str(refusal.value.message)
    assert Barcode.objects.count() == 0
    assert OutboxEvent.objects.filter(name="inventory.barcode_added").count() == 0


@pytest.mark.parametrize(
    ("text", "symbology"),
    [(EAN, "gtin"), ("0" + EAN, "gtin"), (EAN, "internal"), ("00" + UPC, "gtin"), ("Rack/7", "supplier")],
)
def test_refuses_a_barcode_that_has_an_owner_and_names_it(text: str, symbology: str) -> None:
    drafts = (
        BarcodeDraft(text=EAN),
        BarcodeDraft(text=UPC, pack="carton"),
        BarcodeDraft(text="Rack/7", symbology="internal"),
    )
    a_sku("TEAPOT", packs=(CARTON,), barcodes=drafts)
    other = a_sku()
    with pytest.raises(Conflict) as refusal:
        add_barcode(sku_id=other.pk, draft=BarcodeDraft(text=text, symbology=symbology), actor=SYSTEM)
    assert refusal.value.code == "barcode_taken"
    assert "TEAPOT" in str(refusal.value.message)
    assert other.barcodes.count() == 0


def test_refuses_a_barcode_that_labels_a_place_or_is_another_skus_code() -> None:
    house = a_warehouse("LYS")
    a_location(house, code="A-1")
    sku, _other = a_sku("MINE"), a_sku("OTHER")
    for text, owner in (("lys-a-1", "place A-1 in LYS"), ("other", "SKU OTHER")):
        with pytest.raises(Conflict) as refusal:
            add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=text, symbology="internal"), actor=SYSTEM)
        assert refusal.value.facts["owner"] == owner
    assert Barcode.objects.count() == 0
    # Its own code may well stand on the label.
    add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text="MINE", symbology="internal"), actor=SYSTEM)
    assert sku.barcodes.get().value == "MINE"


def test_removes_a_barcode_and_another_becomes_the_first_choice() -> None:
    sku = a_sku(barcodes=(BarcodeDraft(text=EAN), BarcodeDraft(text=UPC)))
    barcode = sku.barcodes.get(printed=EAN)
    remove_barcode(barcode_id=barcode.pk, actor=somebody(), reason="relabelled")
    assert list(sku.barcodes.values_list("printed", "is_primary")) == [(UPC, True)]
    gone = history(Barcode, pgh_label="delete").get()
    assert (gone.printed, gone.pgh_context.metadata["reason"]) == (EAN, "relabelled")
    assert OutboxEvent.objects.filter(name="inventory.barcode_removed").get().payload["value"] == "04006381333931"
    # The value is free again, for whomever.
    add_barcode(sku_id=a_sku().pk, draft=BarcodeDraft(text=EAN), actor=SYSTEM)
    with pytest.raises(Missing):
        remove_barcode(barcode_id=barcode.pk, actor=SYSTEM)


def test_needs_the_right_to_edit_the_catalog() -> None:
    sku = a_sku(barcodes=(BarcodeDraft(text=EAN),))
    reader = somebody(VIEW_CATALOG)
    calls = (
        lambda: add_pack(sku_id=sku.pk, draft=CARTON, actor=reader),
        lambda: add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text=UPC), actor=reader),
        lambda: remove_barcode(barcode_id=sku.barcodes.get().pk, actor=reader),
    )
    for call in calls:
        with pytest.raises(NotPermitted):
            call()
    assert (sku.packs.count(), sku.barcodes.count()) == (0, 1)


@pytest.mark.parametrize("missing", [add_pack, add_barcode])
def test_refuses_a_sku_that_is_not_there(missing: object) -> None:
    draft = CARTON if missing is add_pack else BarcodeDraft(text=EAN)
    with pytest.raises(DomainError) as refusal:
        missing(sku_id=999_999, draft=draft, actor=SYSTEM)  # type: ignore[operator]  # one of the two functions
    assert refusal.value.code == "not_found"


# --- the database by itself -----------------------------------------------------------------------------------------


def test_a_barcode_never_names_a_pack_of_another_sku() -> None:
    product = a_product(skus=(SkuDraft(code="A", packs=(CARTON,)), SkuDraft(code="B")))
    first, second = product.skus.order_by("code")
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Barcode.objects.create(sku=second, pack=first.packs.get(), value="X", printed="X", symbology="internal")
    assert broken_rule(refusal) == "barcode_pack_of_its_sku"


@pytest.mark.parametrize(
    ("column", "value"), [("value", "00036000291452"), ("printed", "X"), ("symbology", "internal")]
)
def test_a_barcode_never_becomes_another(column: str, value: str) -> None:
    barcode = a_sku(barcodes=(BarcodeDraft(text=EAN),)).barcodes.get()
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inventory_barcode SET {column} = %s WHERE id = %s", [value, barcode.pk])
    assert broken_rule(refusal) == "barcode_fixed"


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"value": "4006381333931"}, "barcode_symbology_fits"),
        ({"value": "a b", "symbology": "internal"}, "barcode_can_be_printed"),
        ({"value": "X", "symbology": "magic"}, "barcode_symbology_fits"),
        ({"value": "04006381333931", "is_primary": True}, "barcode_one_primary"),
        ({"value": "00036000291452"}, "barcode_once"),
    ],
)
def test_a_barcode_cannot_be_so(values: dict[str, object], rule: str) -> None:
    sku = a_sku(barcodes=(BarcodeDraft(text=UPC),))
    row = {"sku": sku, "symbology": "gtin", "printed": "X", **values}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Barcode.objects.create(**row)
    assert Barcode.objects.count() == 1
