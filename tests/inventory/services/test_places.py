"""Setting up warehouses, moving places in their tree, blocking and freeing them."""

from datetime import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Conflict, Invalid, Missing, NotPermitted
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.services.masters import change_row, create_row
from inventory.drafts import BarcodeDraft, SkuDraft
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.models import Location, Warehouse
from inventory.permissions import VIEW_PLACES
from inventory.services.bins import make_bins
from inventory.services.places import create_warehouse, move_location
from inventory.states import LocationKind
from tests.factories.inventory import SYSTEM, a_company, a_location, a_product, a_warehouse, somebody
from tests.support.database import history

pytestmark = pytest.mark.django_db

STANDARD = [
    ("damaged", "DAMAGED"), ("dispatch", "DISPATCH"), ("dock", "DOCK"), ("in_transit", "TRANSIT"), ("missing", "MISSING"),
    ("pack_bench", "PACK"), ("quarantine", "QUARANTINE"),
]  # fmt: skip


def told(name: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(name=f"inventory.{name}").order_by("pk").values_list("payload", flat=True))


# --- warehouses -----------------------------------------------------------------------------------------------------


def test_creates_a_warehouse_with_its_standard_places() -> None:
    house = create_warehouse(
        company=a_company(),
        code="LYS",
        name="  Lyon ",
        time_zone="Europe/Paris",
        address={"country": "fr", "city": "Lyon", "postal_code": "69007", "street": "14 rue des Tilleuls"},
        latitude=Decimal("45.7263"),
        longitude=Decimal("4.8712"),
        cutoff=time(16, 0),
        priority=10,
        actor=somebody(),
        reason="new building",
    )
    house.refresh_from_db()
    assert (house.name, house.cutoff, house.priority, house.address["country"]) == ("Lyon", time(16, 0), 10, "FR")
    places = Location.objects.filter(warehouse=house)
    assert sorted(places.values_list("kind", "code")) == STANDARD
    assert sorted(places.values_list("barcode", flat=True)) == sorted(f"LYS-{code}" for _kind, code in STANDARD)
    assert told("warehouse_created") == [{"warehouse_id": house.pk, "code": "LYS"}]
    told_of = history(Warehouse, pgh_obj=house).get()
    assert (told_of.pgh_label, told_of.pgh_context.metadata["reason"]) == ("insert", "new building")


def test_makes_virtual_places_once_a_company() -> None:
    a_warehouse()
    a_warehouse()
    other = a_company(code="OTHER", name="Other")
    a_warehouse(company=other)
    assert Location.objects.filter(warehouse=None).count() == 8
    assert Location.objects.filter(company=other).count() == 4


def test_a_warehouse_made_by_a_form_has_its_standard_places_too() -> None:
    values = {"company": a_company(), "code": "X", "name": "X", "time_zone": "Europe/Paris"}
    house = create_row(master=WAREHOUSES, values=values, actor=somebody())
    assert sorted(Location.objects.filter(warehouse=house).values_list("kind", "code")) == STANDARD


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"code": "a b"}, "code", "bad_code"),
        ({"code": "lys"}, "code", "unique"),
        ({"name": ""}, "name", "blank"),
        ({"name": "a\u202eb"}, "name", "hidden_direction"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_zone"),
        ({"time_zone": "+01:00"}, "time_zone", "unknown_zone"),
        ({"latitude": Decimal("91"), "longitude": Decimal("0")}, "latitude", "max_value"),
        ({"latitude": Decimal("45")}, None, "half_a_position"),
        ({"address": {"country": "XX"}}, "address", "bad_address"),
        ({"address": {"planet": "Mars", "country": "FR"}}, "address", "bad_address"),
    ],
)
def test_refuses_a_warehouse_and_names_the_field(values: dict[str, object], field: str | None, code: str) -> None:
    a_warehouse("LYS")
    before = (Warehouse.objects.count(), Location.objects.count(), OutboxEvent.objects.count())
    sent = {"company": a_company(), "code": "NEW", "name": "New", "time_zone": "Europe/Paris", **values}
    with pytest.raises(Invalid) as refusal:
        create_warehouse(**sent, actor=SYSTEM)  # type: ignore[arg-type]  # wrong on purpose
    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [(field, code)]
    assert (Warehouse.objects.count(), Location.objects.count(), OutboxEvent.objects.count()) == before


def test_refuses_a_new_warehouse_from_somebody_who_is_limited_to_others() -> None:
    mine = a_warehouse()
    with pytest.raises(NotPermitted) as refusal:
        create_warehouse(
            company=mine.company, code="NEW", name="New", time_zone="UTC", actor=somebody(warehouses=(mine,))
        )
    assert refusal.value.code == "out_of_reach"
    assert list(Warehouse.objects.values_list("pk", flat=True)) == [mine.pk]


# --- single places --------------------------------------------------------------------------------------------------


def test_a_place_gets_its_path_and_a_label_of_both_codes() -> None:
    house = a_warehouse("LYS")
    zone = a_location(house, code="A", kind=LocationKind.ZONE)
    place = a_location(house, code="A-9", parent_id=zone.pk, name="by the door")
    assert (place.path, place.barcode, place.name) == ("A/A-9", "LYS-A-9", "by the door")
    assert told("locations_added")[-1] == {"warehouse_id": house.pk, "count": 1, "first": "A-9", "last": "A-9"}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"code": "A/1"}, "code", "bad_code"),
        ({"kind": "hole"}, "kind", "invalid_choice"),
        ({"kind": "supplier"}, None, "virtual_or_in_a_warehouse"),
        ({"barcode": "ä"}, "barcode", "invalid"),
        ({"barcode": "5901234123457"}, "barcode", "barcode_taken"),
        ({"barcode": "sku-77"}, "barcode", "barcode_taken"),
        ({"max_units": 0}, "max_units", "min_value"),
        ({"pick_sequence": -1}, "pick_sequence", "min_value"),
    ],
)
def test_refuses_a_place_and_names_the_field(values: dict[str, object], field: str | None, code: str) -> None:
    a_product(skus=(SkuDraft(code="SKU-77", barcodes=(BarcodeDraft(text="5901234123457"),)),))
    house = a_warehouse()
    before = Location.objects.count()
    sent = {"warehouse": house, "kind": LocationKind.BIN, "code": "NEW", **values}
    with pytest.raises(Invalid) as refusal:
        create_row(master=LOCATIONS, values=sent, actor=SYSTEM)
    assert [(problem.field, problem.code) for problem in refusal.value.problems] == [(field, code)]
    assert Location.objects.count() == before


def test_refuses_a_code_that_is_taken_and_with_it_the_label_made_of_it() -> None:
    house = a_warehouse()
    with pytest.raises(Invalid) as refusal:
        create_row(master=LOCATIONS, values={"warehouse": house, "kind": "bin", "code": "dock"}, actor=SYSTEM)
    assert refusal.value.code == "already_exists"
    assert [problem.field for problem in refusal.value.problems] == ["code", "barcode"]
    assert Location.objects.filter(warehouse=house).count() == 7


def test_refuses_a_parent_that_cannot_hold_it_or_stands_elsewhere() -> None:
    house = a_warehouse()
    dock, far = Location.objects.get(warehouse=house, kind="dock"), a_location(kind=LocationKind.ZONE)
    for parent, code in ((dock, "cannot_lie_there"), (far, "other_warehouse")):
        with pytest.raises(Invalid) as refusal:
            create_row(
                master=LOCATIONS,
                actor=SYSTEM,
                values={"warehouse": house, "kind": "bin", "code": "B", "parent": parent},
            )
        assert [(problem.field, problem.code) for problem in refusal.value.problems] == [("parent", code)]
    assert not Location.objects.filter(code="B").exists()


def test_a_form_writes_what_is_plain_and_not_where_a_place_stands() -> None:
    place = a_location()
    changed = change_row(
        master=LOCATIONS, row_id=place.pk, values={"max_units": 12, "pick_sequence": 5}, version=1, actor=somebody()
    )
    assert (changed.max_units, changed.pick_sequence, changed.version) == (12, 5, 2)
    for name, value in (("code", "NEW"), ("parent", None), ("is_pick_blocked", True), ("path", "X")):
        with pytest.raises(Invalid) as refusal:
            change_row(master=LOCATIONS, row_id=place.pk, values={name: value}, version=2, actor=SYSTEM)
        assert refusal.value.code == "field_not_writable"
    with pytest.raises(Conflict):
        change_row(master=LOCATIONS, row_id=place.pk, values={"max_units": 13}, version=1, actor=SYSTEM)
    place.refresh_from_db()
    assert (place.max_units, place.version, place.is_pick_blocked) == (12, 2, False)


# --- moves in the tree ------------------------------------------------------------------------------------------------


def test_moves_an_aisle_with_everything_in_it() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1-2}-{bay:1-3}", actor=SYSTEM)
    aisle, zone = Location.objects.get(code="A-2"), Location.objects.get(code="B")
    moved = move_location(location_id=aisle.pk, parent_id=zone.pk, actor=somebody(), reason="rebuilt")
    assert moved.path == "B/A-2"
    below = Location.objects.below(moved).order_by("path")
    assert list(below.values_list("path", "version")) == [(f"B/A-2/A-2-{bay}", 2) for bay in (1, 2, 3)]
    assert Location.objects.filter(path__startswith="A/A-2").count() == 0
    assert Location.objects.filter(path__startswith="A/A-1/").count() == 3
    assert told("location_moved") == [
        {"location_id": aisle.pk, "warehouse_id": house.pk, "old_path": "A/A-2", "new_path": "B/A-2"}
    ]
    told_of = history(Location, pgh_label="update")
    assert sorted(told_of.values_list("code", flat=True)) == ["A-2", "A-2-1", "A-2-2", "A-2-3"]
    assert {row.pgh_context.metadata["reason"] for row in told_of.select_related("pgh_context")} == {"rebuilt"}


def test_renames_a_zone_without_touching_the_like_named_next_to_it() -> None:
    house = a_warehouse()
    zone = a_location(house, code="A_X", kind=LocationKind.ZONE)
    a_location(house, code="IN", parent_id=zone.pk)
    twin = a_location(house, code="AYX", kind=LocationKind.ZONE)
    other = a_location(house, code="IN2", parent_id=twin.pk)
    longer = a_location(house, code="A_XY", kind=LocationKind.ZONE)
    last = a_location(house, code="IN3", parent_id=longer.pk)
    move_location(location_id=zone.pk, parent_id=None, code="NEW", actor=SYSTEM)
    assert Location.objects.get(code="IN").path == "NEW/IN"
    for place, path in ((longer, "A_XY"), (last, "A_XY/IN3")):
        place.refresh_from_db()
        assert (place.path, place.version) == (path, 1)
    other.refresh_from_db()
    assert other.path == "AYX/IN2"
    # What is printed on its label stays until somebody prints another.
    assert Location.objects.get(code="NEW").barcode == f"{house.code}-A_X"


def test_a_move_to_where_it_stands_changes_nothing() -> None:
    place = a_location()
    move_location(location_id=place.pk, parent_id=None, actor=SYSTEM)
    place.refresh_from_db()
    assert place.version == 1
    assert told("location_moved") == []


@pytest.mark.parametrize(
    ("kind", "parent", "code", "problem"),
    [
        ("zone", "zone", None, "cannot_lie_there"),
        ("bin", "bin", None, "cannot_lie_there"),
        ("zone", None, "DOCK", "unique"),
        ("zone", None, "no space", "bad_code"),
    ],
)
def test_refuses_a_move_that_cannot_be(kind: str, parent: str | None, code: str | None, problem: str) -> None:
    house = a_warehouse()
    place = a_location(house, kind=kind)
    above = a_location(house, kind=parent) if parent else None
    with pytest.raises(Invalid) as refusal:
        move_location(location_id=place.pk, parent_id=above.pk if above else None, code=code, actor=SYSTEM)
    assert [item.code for item in refusal.value.problems] == [problem]
    before = place.path
    place.refresh_from_db()
    assert (place.path, place.version) == (before, 1)
    assert told("location_moved") == []


def test_refuses_to_move_between_warehouses_or_out_of_reach() -> None:
    mine, other = a_warehouse(), a_warehouse()
    place, zone = a_location(mine), a_location(other, kind=LocationKind.ZONE)
    with pytest.raises(Invalid) as refusal:
        move_location(location_id=place.pk, parent_id=zone.pk, actor=SYSTEM)
    assert [item.code for item in refusal.value.problems] == ["other_warehouse"]
    for actor in (somebody(warehouses=(mine,)), somebody(warehouses=(other,))):
        with pytest.raises(Missing):
            move_location(location_id=place.pk, parent_id=zone.pk, actor=actor)
    with pytest.raises(NotPermitted):
        move_location(location_id=place.pk, parent_id=None, code="Z", actor=somebody(VIEW_PLACES))
    virtual = Location.objects.get(company=mine.company, kind="scrap")
    with pytest.raises(Missing):
        move_location(location_id=virtual.pk, parent_id=None, code="Z", actor=SYSTEM)
    assert list(Location.objects.filter(version__gt=1)) == []


def test_moves_a_thousand_places_in_as_many_queries_as_one() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1-2}-{bay:001-500}", actor=SYSTEM)
    make_bins(warehouse_id=house.pk, pattern="{zone:A}-{aisle:3}-{bay:1}", actor=SYSTEM)
    target = Location.objects.get(code="B").pk
    counts = []
    for code in ("A-3", "A-1"):
        with CaptureQueriesContext(connection) as queries:
            move_location(location_id=Location.objects.get(code=code).pk, parent_id=target, actor=SYSTEM)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Location.objects.filter(path__startswith="B/A-1/").count() == 500
