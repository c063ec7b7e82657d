"""Questions about places, and that nobody limited to one warehouse learns anything of another."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, NotPermitted
from backoffice.core.services.masters import visible
from inventory.filters import LocationFilter, WarehouseFilter
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.models import Location, Warehouse
from inventory.permissions import VIEW_CATALOG
from inventory.selectors.places import (
    place_counts,
    search_places,
    search_warehouses,
    standard_place,
    tree_of,
    virtual_place,
    warehouse_of,
)
from inventory.services.bins import make_bins
from inventory.services.places import block_locations
from tests.factories.inventory import SYSTEM, a_location, a_warehouse, somebody

pytestmark = pytest.mark.django_db


def test_the_tree_names_each_place_before_what_lies_in_it() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1}-{bay:1-2}", actor=SYSTEM)
    tree = tree_of(house.pk, actor=SYSTEM)
    assert [(branch.path, branch.depth, branch.inside) for branch in tree[:8]] == [
        ("A", 0, 3),
        ("A/A-1", 1, 2),
        ("A/A-1/A-1-1", 2, 0),
        ("A/A-1/A-1-2", 2, 0),
        ("B", 0, 3),
        ("B/B-1", 1, 2),
        ("B/B-1/B-1-1", 2, 0),
        ("B/B-1/B-1-2", 2, 0),
    ]
    assert [branch.code for branch in tree[8:]] == [
        "DAMAGED",
        "DISPATCH",
        "DOCK",
        "MISSING",
        "PACK",
        "QUARANTINE",
        "TRANSIT",
    ]
    assert [branch.code for branch in tree_of(house.pk, actor=SYSTEM, kinds=("zone", "aisle"))] == [
        "A",
        "A-1",
        "B",
        "B-1",
    ]


def test_the_tree_of_a_thousand_places_takes_as_many_queries_as_of_ten() -> None:
    counts = []
    for pattern in ("{zone:A}-{bay:1-10}", "{zone:A}-{bay:0001-1000}"):
        house = a_warehouse()
        make_bins(warehouse_id=house.pk, pattern=pattern, actor=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            tree_of(house.pk, actor=SYSTEM)
        counts.append(len(queries))
    assert counts == [2, 2]


def test_counts_bins_and_those_shut_by_a_place_they_lie_in() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1}-{bay:1-5}", actor=SYSTEM)
    block_locations(location_ids=[Location.objects.get(code="A").pk], putaway=False, reason="x", actor=SYSTEM)
    block_locations(location_ids=[Location.objects.get(code="B-1-1").pk], reason="x", actor=SYSTEM)
    counts = place_counts(house)
    assert (counts.bins, counts.pick_blocked, counts.putaway_blocked) == (10, 6, 1)


def test_finds_the_standard_and_the_virtual_places() -> None:
    house = a_warehouse()
    dock = standard_place(house, "dock")
    a_location(house, kind="dock", code="DOCK-2")
    assert (dock.code, standard_place(house, "dock")) == ("DOCK", dock)
    assert virtual_place(house.company, "supplier").code == "SUPPLIER"
    Location.objects.filter(warehouse=house, kind="pack_bench").update(is_active=False)
    with pytest.raises(Missing) as refusal:
        standard_place(house, "pack_bench")
    assert "pack bench" in str(refusal.value.message)


def test_searches_places_by_code_name_and_label_codes_that_begin_so_first() -> None:
    house = a_warehouse("LYS")
    for code in ("B-A-1", "A-1", "A-2"):
        a_location(house, code=code)
    a_location(house, code="Z", name="by the a-1 door")
    assert [place.code for place in search_places(" a-1", actor=SYSTEM)] == ["A-1", "B-A-1", "Z"]
    assert [place.code for place in search_places("lys-a-2", actor=SYSTEM)] == ["A-2"]
    assert search_places("  ", actor=SYSTEM) == []
    assert [place.code for place in search_places("a", actor=SYSTEM, limit=2)] == ["A-1", "A-2"]
    assert search_places("%", actor=SYSTEM) == []


# --- reach ----------------------------------------------------------------------------------------------------------


class Asker:
    """What a filter needs of a request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def filtered(filterset: Any, rows: Any, actor: Actor, query: str) -> Any:
    bound = filterset(QueryDict(query), queryset=rows, request=Asker(actor))
    return bound.qs if bound.is_valid() else bound.errors


def test_somebody_limited_to_one_warehouse_sees_nothing_of_another_anywhere() -> None:
    mine, other = a_warehouse("MINE"), a_warehouse("OTHER")
    for house in (mine, other):
        make_bins(warehouse_id=house.pk, pattern="{zone:A}-{bay:1-2}", actor=SYSTEM)
    actor = somebody(warehouses=(mine,))
    assert list(Warehouse.objects.in_reach(actor)) == [mine]
    assert list(visible(WAREHOUSES, actor)) == [mine]
    for rows in (Location.objects.in_reach(actor), visible(LOCATIONS, actor)):
        assert set(rows.values_list("warehouse_id", flat=True)) == {mine.pk}
    assert {place.warehouse_id for place in search_places("A", actor=actor)} == {mine.pk}
    assert search_warehouses("OTHER", actor=actor) == []
    for call in (lambda: tree_of(other.pk, actor=actor), lambda: warehouse_of(other.pk, actor)):
        with pytest.raises(Missing):
            call()
    rows = visible(LOCATIONS, actor)
    zone = Location.objects.get(warehouse=other, code="A")
    assert filtered(LocationFilter, rows, actor, "q=A-1").count() == 1
    assert list(filtered(WarehouseFilter, visible(WAREHOUSES, actor), actor, "q=OTH")) == []
    # A row that is out of reach is no choice: the answer is the same as for one that does not exist.
    for name, hidden in (("warehouse", other.pk), ("parent", zone.pk), ("inside", zone.pk)):
        errors = filtered(LocationFilter, rows, actor, f"{name}={hidden}")
        assert list(errors) == [name]
        assert errors == filtered(LocationFilter, rows, actor, f"{name}=999999")


def test_somebody_limited_to_no_warehouse_at_all_sees_none() -> None:
    a_warehouse()
    actor = somebody(warehouses=())
    assert Warehouse.objects.in_reach(actor).count() == 0
    assert Location.objects.in_reach(actor).count() == 0


def test_needs_the_right_to_see_places() -> None:
    house = a_warehouse()
    actor = somebody(VIEW_CATALOG)
    for call in (
        lambda: tree_of(house.pk, actor=actor),
        lambda: search_places("A", actor=actor),
        lambda: search_warehouses("W", actor=actor),
        lambda: visible(LOCATIONS, actor),
    ):
        with pytest.raises(NotPermitted):
            call()


# --- filters --------------------------------------------------------------------------------------------------------


def test_filters_places_by_tree_kind_block_and_words() -> None:
    house = a_warehouse("LYS", address={"country": "FR"})
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1}-{bay:1-2}", actor=SYSTEM)
    zone = Location.objects.get(code="A")
    block_locations(location_ids=[zone.pk], reason="x", actor=SYSTEM)

    def codes(query: str) -> list[str]:
        rows = filtered(LocationFilter, Location.objects.filter(warehouse=house), SYSTEM, query)
        return list(rows.order_by("path").values_list("code", flat=True))

    assert codes(f"inside={zone.pk}") == ["A-1", "A-1-1", "A-1-2"]
    assert codes(f"parent={zone.pk}") == ["A-1"]
    assert codes("kind=aisle&kind=zone") == ["A", "A-1", "B", "B-1"]
    assert codes("is_blocked=true") == ["A", "A-1", "A-1-1", "A-1-2"]
    assert codes("is_blocked=false&kind=bin") == ["B-1-1", "B-1-2"]
    assert codes("code=b-1-2") == ["B-1-2"]
    assert codes("barcode=lys-b-1-2") == ["B-1-2"]
    assert codes("q=1-2") == ["A-1-2", "B-1-2"]
    rows = Warehouse.objects.all()
    assert list(filtered(WarehouseFilter, rows, SYSTEM, "country=fr")) == [house]
    assert list(filtered(WarehouseFilter, rows, SYSTEM, "country=pl")) == []


def test_a_choice_asked_for_without_anybody_does_not_empty_the_choices_of_the_next() -> None:
    """The API description asks filters for their fields when nobody has signed in."""
    house = a_warehouse("LYS", address={"country": "FR"})
    for item in LocationFilter.base_filters.values():
        assert item.field is not None
    rows = filtered(LocationFilter, Location.objects.all(), SYSTEM, f"warehouse={house.pk}&kind=dock")
    assert [row.warehouse_id for row in rows] == [house.pk]
