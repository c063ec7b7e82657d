"""What the database itself refuses about places, by plain SQL and past every service."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.models import Location, Warehouse
from inventory.states import KINDS, LocationKind
from tests.factories.inventory import a_company, a_location, a_warehouse
from tests.support.database import broken_rule

pytestmark = pytest.mark.django_db


def update(table: str, row_id: int, **values: Any) -> None:
    sets = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE id = %s", [*values.values(), row_id])


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"kind": "hole"}, "location_"),
        ({"code": "A B", "path": "A B"}, "location_code_shape"),
        ({"path": "elsewhere"}, "location_path_ends_with_code"),
        ({"barcode": ""}, "location_virtual_or_in_a_warehouse"),
        ({"barcode": "ä"}, "location_barcode_can_be_printed"),
        ({"is_pick_blocked": True}, "location_block_has_reason"),
        ({"block_reason": "why"}, "location_block_has_reason"),
        ({"max_units": 0}, "location_capacity_believable"),
        ({"max_weight_g": 2_000_000_000}, "location_capacity_believable"),
        ({"storage_class": "damp"}, "location_storage_known"),
        ({"warehouse_id": None}, "location_"),
        ({"kind": "supplier"}, "location_"),
    ],
)
def test_a_place_cannot_be_so(values: dict[str, Any], rule: str) -> None:
    place = a_location()
    with pytest.raises(IntegrityError, match=rule):
        update("inventory_location", place.pk, **values)
    place.refresh_from_db()
    assert place.path == place.code


def test_a_place_never_changes_its_warehouse_or_kind() -> None:
    place, other = a_location(), a_warehouse()
    for values in ({"warehouse_id": other.pk}, {"kind": "tote"}):
        with pytest.raises(IntegrityError) as refusal:
            update("inventory_location", place.pk, **values)
        assert broken_rule(refusal) == "location_stays"


def test_a_place_lies_only_in_kinds_that_can_hold_it() -> None:
    house = a_warehouse()
    places = {
        kind: Location.objects.filter(warehouse=house, kind=kind).first() or a_location(house, kind=kind)
        for kind, facts in KINDS.items()
        if not facts.is_virtual
    }
    allowed = set()
    for kind, place in places.items():
        for holder, parent in places.items():
            try:
                update("inventory_location", place.pk, parent_id=parent.pk, path=f"{parent.path}/{place.code}")
            except IntegrityError:
                continue
            allowed.add((kind, holder))
            update("inventory_location", place.pk, parent_id=None, path=place.code)
    assert allowed == {(kind, holder) for kind, facts in KINDS.items() for holder in facts.parents}


def test_a_place_never_lies_in_another_warehouse() -> None:
    zone, place = a_location(kind="zone"), a_location()
    with pytest.raises(IntegrityError) as refusal:
        update("inventory_location", place.pk, parent_id=zone.pk, path=f"{zone.path}/{place.code}")
    assert broken_rule(refusal) == "location_parent_fits"


def test_a_code_occurs_once_in_a_warehouse_whatever_its_case() -> None:
    house = a_warehouse()
    a_location(house, code="A-1")
    place = a_location(house, code="A-2")
    with pytest.raises(IntegrityError, match="location_code_once"):
        update("inventory_location", place.pk, code="a-1", path="a-1")
    assert a_location(a_warehouse(), code="A-1").code == "A-1"


def test_a_barcode_occurs_once_in_the_house() -> None:
    first, second = a_location(), a_location()
    with pytest.raises(IntegrityError, match="location_barcode_once"):
        update("inventory_location", second.pk, barcode=first.barcode.lower())


def test_virtual_places_belong_to_a_company_and_have_no_warehouse() -> None:
    house = a_warehouse()
    virtual = Location.objects.filter(company=house.company)
    assert sorted(virtual.values_list("kind", "code", "warehouse", "parent", "barcode")) == [
        (kind, kind.upper(), None, None, "") for kind in ("adjustment", "customer", "scrap", "supplier")
    ]
    with pytest.raises(IntegrityError, match="location_virtual_code_once"), transaction.atomic():
        Location.objects.create(company=house.company, kind=LocationKind.SCRAP, code="scrap", path="scrap")
    with pytest.raises(IntegrityError, match="location_virtual_or_in_a_warehouse"), transaction.atomic():
        Location.objects.create(company=house.company, kind=LocationKind.BIN, code="B", path="B")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"code": "a b"}, "warehouse_code_shape"),
        ({"name": ""}, "warehouse_has_name_and_zone"),
        ({"latitude": "45.5"}, "warehouse_on_the_globe"),
        ({"latitude": "NaN", "longitude": "4.8"}, "warehouse_on_the_globe"),
        ({"latitude": "45.5", "longitude": "180.5"}, "warehouse_on_the_globe"),
    ],
)
def test_a_warehouse_cannot_be_so(values: dict[str, Any], rule: str) -> None:
    house = a_warehouse()
    with pytest.raises(IntegrityError, match=rule):
        update("inventory_warehouse", house.pk, **values)


def test_a_warehouse_never_changes_its_company() -> None:
    house = a_warehouse()
    other = a_company(code="OTHER", name="Other")
    with pytest.raises(IntegrityError) as refusal:
        update("inventory_warehouse", house.pk, company_id=other.pk)
    assert broken_rule(refusal) == "warehouse_company_fixed"


def test_a_warehouse_with_places_cannot_be_deleted() -> None:
    house = a_warehouse()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inventory_warehouse WHERE id = %s", [house.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Warehouse.objects.filter(pk=house.pk).exists()
