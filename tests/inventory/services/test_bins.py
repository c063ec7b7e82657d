"""Bins by the thousand: looked at first, then made in a handful of statements, or not at all."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.errors import Conflict, Invalid, Missing, NotPermitted
from backoffice.core.models.outbox import OutboxEvent
from inventory.drafts import BarcodeDraft, SkuDraft
from inventory.models import Location
from inventory.permissions import VIEW_PLACES
from inventory.services.bins import BinLayout, make_bins, preview_bins
from inventory.states import LocationKind
from tests.factories.inventory import SYSTEM, a_location, a_product, a_warehouse, somebody
from tests.support.database import history

pytestmark = pytest.mark.django_db


def test_makes_zones_aisles_and_bins_with_paths_labels_walk_and_coordinates() -> None:
    house = a_warehouse("LYS")
    made = make_bins(warehouse_id=house.pk, pattern="{zone:A}-{aisle:01-02}-{bay:1-2}-{level:1-2}", actor=SYSTEM)
    assert (made.zones, made.aisles, made.bins, made.first, made.last) == (1, 2, 8, "A-01-1-1", "A-02-1-2")
    bins = Location.objects.filter(warehouse=house, kind=LocationKind.BIN).order_by("pick_sequence")
    columns = ("path", "parent__path", "barcode", "pick_sequence", "x_mm", "y_mm", "z_mm")
    assert list(bins.values_list(*columns)) == [
        ("A/A-01/A-01-1-1", "A/A-01", "LYS-A-01-1-1", 10, 0, 0, 0),
        ("A/A-01/A-01-1-2", "A/A-01", "LYS-A-01-1-2", 20, 0, 0, 450),
        ("A/A-01/A-01-2-1", "A/A-01", "LYS-A-01-2-1", 30, 0, 1200, 0),
        ("A/A-01/A-01-2-2", "A/A-01", "LYS-A-01-2-2", 40, 0, 1200, 450),
        ("A/A-02/A-02-2-1", "A/A-02", "LYS-A-02-2-1", 50, 3000, 1200, 0),
        ("A/A-02/A-02-2-2", "A/A-02", "LYS-A-02-2-2", 60, 3000, 1200, 450),
        ("A/A-02/A-02-1-1", "A/A-02", "LYS-A-02-1-1", 70, 3000, 0, 0),
        ("A/A-02/A-02-1-2", "A/A-02", "LYS-A-02-1-2", 80, 3000, 0, 450),
    ]


def test_goes_on_where_the_bins_before_end_and_uses_the_zones_that_are_there() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A}-{aisle:1}-{bay:1-3}", actor=SYSTEM)
    made = make_bins(warehouse_id=house.pk, pattern="{zone:A}-{aisle:1-2}-{bay:4}", actor=SYSTEM)
    assert (made.zones, made.aisles, made.bins) == (0, 1, 2)
    new = Location.objects.filter(warehouse=house, code__in=("A-1-4", "A-2-4")).order_by("code")
    assert list(new.values_list("path", "pick_sequence", "x_mm")) == [
        ("A/A-1/A-1-4", 40, 3000),
        ("A/A-2/A-2-4", 50, 6000),
    ]


def test_makes_bins_inside_a_zone_or_an_aisle_that_is_there() -> None:
    house = a_warehouse()
    zone = a_location(house, code="COLD", kind=LocationKind.ZONE)
    layout = BinLayout(max_weight_g=9_000, max_units=40, storage_class="chilled", x_mm=100)
    make_bins(warehouse_id=house.pk, pattern="C{bay:1-2}", parent_id=zone.pk, layout=layout, actor=SYSTEM)
    bins = Location.objects.below(zone).order_by("code")
    assert list(bins.values_list("path", "max_weight_g", "max_units", "max_volume_ml", "storage_class", "x_mm")) == [
        ("COLD/C1", 9_000, 40, None, "chilled", 100),
        ("COLD/C2", 9_000, 40, None, "chilled", 100),
    ]


def test_previews_what_it_would_make_and_makes_nothing() -> None:
    house = a_warehouse()
    a_location(house, code="A", kind=LocationKind.ZONE)
    before = Location.objects.count()
    plan = preview_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{bay:01-50}", actor=SYSTEM)
    assert (plan.count, plan.first[0], len(plan.first), plan.last) == (100, "A-01", 20, "B-01")
    assert (plan.new_zones, plan.new_aisles, plan.taken) == (("B",), (), ())
    assert Location.objects.count() == before


def test_refuses_codes_that_are_taken_whatever_their_case_and_names_them() -> None:
    house = a_warehouse()
    a_location(house, code="b-2")
    before = Location.objects.count()
    assert preview_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{bay:1-3}", actor=SYSTEM).taken == ("b-2",)
    with pytest.raises(Conflict) as refusal:
        make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{bay:1-3}", actor=SYSTEM)
    assert refusal.value.code == "codes_taken"
    assert refusal.value.facts["codes"] == ["b-2"]
    assert "b-2" in str(refusal.value.message)
    assert Location.objects.count() == before


@pytest.mark.parametrize(("kind", "code"), [(LocationKind.BIN, "A"), (LocationKind.AISLE, "A-1")])
def test_refuses_to_use_as_a_zone_or_aisle_what_is_something_else(kind: str, code: str) -> None:
    house = a_warehouse()
    a_location(house, code=code, kind=kind)
    before = Location.objects.count()
    with pytest.raises(Conflict) as refusal:
        make_bins(warehouse_id=house.pk, pattern="{zone:A}-{aisle:1}-{bay:1}", actor=SYSTEM)
    assert refusal.value.code == "something_else"
    assert Location.objects.count() == before


def test_refuses_labels_that_are_barcodes_of_goods() -> None:
    house = a_warehouse("HFA")
    a_product(skus=(SkuDraft(code="X1", barcodes=(BarcodeDraft(text="HFA-A-2", symbology="internal"),)),))
    before = Location.objects.count()
    with pytest.raises(Conflict) as refusal:
        make_bins(warehouse_id=house.pk, pattern="{zone:A}-{bay:1-3}", actor=SYSTEM)
    assert refusal.value.code == "barcode_taken"
    assert str(refusal.value.message) == "The label HFA-A-2 belongs to SKU X1."
    assert Location.objects.count() == before


@pytest.mark.parametrize(
    ("parent", "pattern", "field"),
    [
        ("dock", "{bay:1}", "parent_id"),
        ("zone", "{zone:A}-{bay:1}", "pattern"),
        ("aisle", "{aisle:A}-{bay:1}", "pattern"),
    ],
)
def test_refuses_to_hang_bins_where_they_cannot_lie(parent: str, pattern: str, field: str) -> None:
    house = a_warehouse()
    place = a_location(house, kind=parent)
    before = Location.objects.count()
    with pytest.raises(Invalid) as refusal:
        make_bins(warehouse_id=house.pk, pattern=pattern, parent_id=place.pk, actor=SYSTEM)
    assert (refusal.value.code, refusal.value.problems[0].field) == ("cannot_lie_there", field)
    assert Location.objects.count() == before


def test_refuses_a_parent_in_another_warehouse() -> None:
    elsewhere = a_location(a_warehouse(), kind=LocationKind.ZONE)
    with pytest.raises(Missing):
        make_bins(warehouse_id=a_warehouse().pk, pattern="{bay:1}", parent_id=elsewhere.pk, actor=SYSTEM)
    assert Location.objects.filter(kind=LocationKind.BIN).count() == 0


@pytest.mark.parametrize(
    ("layout", "field"),
    [
        (BinLayout(max_units=0), "max_units"),
        (BinLayout(storage_class="damp"), "storage_class"),
        (BinLayout(aisle_mm=9_000_000), "x_mm"),
        (BinLayout(y_mm=-20_000_000), "y_mm"),
    ],
)
def test_refuses_a_layout_that_cannot_be_and_names_the_field(layout: BinLayout, field: str) -> None:
    house = a_warehouse()
    with pytest.raises(Invalid) as refusal:
        make_bins(warehouse_id=house.pk, pattern="{aisle:1-5}-{bay:1-5}", layout=layout, actor=SYSTEM)
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert Location.objects.filter(warehouse=house, kind__in=("zone", "aisle", "bin")).count() == 0


def test_needs_the_right_and_the_reach() -> None:
    mine, other = a_warehouse(), a_warehouse()
    with pytest.raises(NotPermitted):
        make_bins(warehouse_id=mine.pk, pattern="{bay:1}", actor=somebody(VIEW_PLACES))
    limited = somebody(warehouses=(mine,))
    with pytest.raises(Missing):
        make_bins(warehouse_id=other.pk, pattern="{bay:1}", actor=limited)
    with pytest.raises(Missing):
        preview_bins(warehouse_id=other.pk, pattern="{bay:1}", actor=limited)
    assert Location.objects.filter(kind=LocationKind.BIN).count() == 0
    assert make_bins(warehouse_id=mine.pk, pattern="{bay:1}", actor=limited).bins == 1


def test_tells_of_all_bins_in_one_event() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A}-{bay:1-30}", actor=SYSTEM)
    told = OutboxEvent.objects.filter(name="inventory.locations_added").get()
    assert told.payload == {"warehouse_id": house.pk, "count": 30, "first": "A-1", "last": "A-30"}
    assert told.key == f"inventory.warehouse:{house.pk}"


def test_writes_history_with_actor_and_reason_for_each_bin() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A}-{bay:1-3}", actor=somebody(), reason="new racks")
    rows = history(Location, warehouse_id=house.pk, kind="bin")
    contexts = [(row.pgh_label, row.code, row.pgh_context.metadata) for row in rows]
    told = [(label, code, facts["actor"]["name"], facts["reason"]) for label, code, facts in contexts]
    assert sorted(told) == [("insert", f"A-{bay}", "Sam Somebody", "new racks") for bay in (1, 2, 3)]


def test_makes_twenty_thousand_bins_in_seconds_with_as_many_queries_as_for_twenty() -> None:
    few, many = a_warehouse(), a_warehouse()
    with CaptureQueriesContext(
        connection,
    ) as small:
        make_bins(warehouse_id=few.pk, pattern="{zone:A-B}-{aisle:1-2}-{bay:1-5}", actor=SYSTEM)
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as large:
        made = make_bins(warehouse_id=many.pk, pattern="{zone:A-D}-{aisle:01-25}-{bay:01-50}-{level:1-4}", actor=SYSTEM)
    seconds = time.perf_counter() - began
    assert made.bins == 20_000
    assert len(large) == len(small) <= 30
    # Two on a free machine.
    assert seconds < 10
    assert Location.objects.filter(warehouse=many, kind="bin").count() == 20_000
