"""Blocking places and freeing them."""

import pytest

from backoffice.core.errors import Invalid, Missing, NotPermitted, Refused
from backoffice.core.models.outbox import OutboxEvent
from inventory.models import Location
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES
from inventory.services.bins import make_bins
from inventory.services.places import block_locations, free_locations
from tests.factories.inventory import SYSTEM, a_location, a_warehouse, somebody
from tests.support.database import history

pytestmark = pytest.mark.django_db


def told(name: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(name=f"inventory.{name}").order_by("pk").values_list("payload", flat=True))


def test_blocks_and_frees_places_with_a_reason() -> None:
    house = a_warehouse()
    places = [a_location(house) for _number in range(2)]
    ids = [place.pk for place in places]
    changed = block_locations(location_ids=ids, putaway=False, reason=" broken beam ", actor=somebody(BLOCK_PLACES))
    assert [place.pk for place in changed] == ids
    rows = Location.objects.filter(pk__in=ids)
    columns = ("is_pick_blocked", "is_putaway_blocked", "block_reason", "version")
    assert list(rows.values_list(*columns)) == [(True, False, "broken beam", 2)] * 2
    assert list(rows.open_for_picking()) == []
    assert rows.open_for_putaway().count() == 2
    assert told("locations_blocked") == [
        {"warehouse_id": house.pk, "location_ids": ids, "picking": True, "putaway": False, "reason": "broken beam"}
    ]
    assert block_locations(location_ids=ids, putaway=False, reason="broken beam", actor=SYSTEM) == []
    free_locations(location_ids=ids, actor=SYSTEM, reason="mended")
    assert list(rows.values_list(*columns)) == [(False, False, "", 3)] * 2
    assert told("locations_freed") == [{"warehouse_id": house.pk, "location_ids": ids}]
    assert free_locations(location_ids=ids, actor=SYSTEM) == []
    told_of = history(Location, pgh_obj_id=ids[0], pgh_label="update")
    assert [row.pgh_context.metadata["reason"] for row in told_of] == ["broken beam", "mended"]


def test_a_second_block_adds_to_the_first() -> None:
    place = a_location()
    block_locations(location_ids=[place.pk], putaway=False, reason="count", actor=SYSTEM)
    block_locations(location_ids=[place.pk], picking=False, reason="leak", actor=SYSTEM)
    place.refresh_from_db()
    assert (place.is_pick_blocked, place.is_putaway_blocked, place.block_reason) == (True, True, "leak")


def test_a_blocked_zone_shuts_all_that_lies_in_it() -> None:
    house = a_warehouse()
    make_bins(warehouse_id=house.pk, pattern="{zone:A-B}-{aisle:1}-{bay:1-2}", actor=SYSTEM)
    make_bins(warehouse_id=house.pk, pattern="{zone:C}-{bay:1-2}", actor=SYSTEM)
    bins = Location.objects.filter(warehouse=house, kind="bin").order_by("code")
    block_locations(location_ids=[Location.objects.get(code="A").pk], reason="flooded", actor=SYSTEM)
    block_locations(location_ids=[Location.objects.get(code="C").pk], reason="flooded", picking=False, actor=SYSTEM)
    assert list(bins.open_for_picking().values_list("code", flat=True)) == ["B-1-1", "B-1-2", "C-1", "C-2"]
    assert list(bins.open_for_putaway().values_list("code", flat=True)) == ["B-1-1", "B-1-2"]


@pytest.mark.parametrize(
    ("reason", "code"), [("", "blank"), (" \n ", "blank"), ("a\nb", "line_break"), ("x" * 201, "too_long")]
)
def test_refuses_a_block_without_a_proper_reason(reason: str, code: str) -> None:
    place = a_location()
    with pytest.raises(Invalid) as refusal:
        block_locations(location_ids=[place.pk], reason=reason, actor=SYSTEM)
    assert (refusal.value.code, refusal.value.problems[0].field) == (code, "reason")
    place.refresh_from_db()
    assert (place.is_blocked, place.version) == (False, 1)


def test_refuses_a_block_of_nothing_of_virtual_places_and_of_places_out_of_reach() -> None:
    mine, other = a_location(), a_location()
    both = [mine.pk, other.pk]
    with pytest.raises(Invalid):
        block_locations(location_ids=both, reason="x", picking=False, putaway=False, actor=SYSTEM)
    assert mine.warehouse is not None
    with pytest.raises(Missing) as refusal:
        block_locations(location_ids=both, reason="x", actor=somebody(warehouses=(mine.warehouse,)))
    assert refusal.value.facts["ids"] == [other.pk]
    with pytest.raises(NotPermitted):
        block_locations(location_ids=both, reason="x", actor=somebody(EDIT_PLACES))
    virtual = Location.objects.get(kind="customer")
    with pytest.raises(Refused):
        block_locations(location_ids=[virtual.pk], reason="x", actor=SYSTEM)
    assert list(Location.objects.exclude(block_reason="")) == []
    assert told("locations_blocked") == []
