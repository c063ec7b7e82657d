"""What an operator is told about the warehouses, and what the books prove about their places."""

import pytest
from django.db import connection

from backoffice.core.proofs import check_books
from backoffice.core.services.masters import set_active
from inventory.checks import warehouses_can_work
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.models import Location
from inventory.services.bins import make_bins
from tests.factories.inventory import SYSTEM, a_warehouse

pytestmark = pytest.mark.django_db


def test_names_the_place_that_a_warehouse_in_use_lacks() -> None:
    house, closed = a_warehouse("LYS", name="Lyon"), a_warehouse()
    assert warehouses_can_work(["default"]) == []
    for row in (house, closed):
        dock = Location.objects.get(warehouse=row, kind="dock")
        set_active(master=LOCATIONS, row_ids=[dock.pk], is_active=False, actor=SYSTEM)
    set_active(master=WAREHOUSES, row_ids=[closed.pk], is_active=False, actor=SYSTEM)
    [told] = warehouses_can_work(["default"])
    assert (told.id, told.msg) == ("inventory.W001", "Lyon (LYS) has no place of the kind “dock” in use.")
    assert warehouses_can_work(None) == []


def test_the_books_name_a_path_that_does_not_lead_to_its_place() -> None:
    house = a_warehouse("LYS")
    make_bins(warehouse_id=house.pk, pattern="{zone:A}-{bay:1-2}", actor=SYSTEM)
    [clean] = check_books(["inventory.paths"])
    assert clean.differences == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_location SET path = 'B/A-1' WHERE code = 'A-1'")
    [outcome] = check_books(["inventory.paths"])
    assert [str(difference) for difference in outcome.differences] == [
        "inventory.paths: place A-1 in LYS: inventory_location.path is B/A-1, should be A/A-1"
    ]
