"""The pages of warehouses and places, with the tests that every declaration inherits, and what is theirs alone."""

from typing import Any

import pytest

from backoffice.core.models.bulk import BulkOutcome, BulkRun
from inventory.models import Location
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES, VIEW_PLACES, WAREHOUSE_LIMIT
from inventory.ui.pages.places import LOCATION_PAGES, WAREHOUSE_PAGES
from tests.factories.inventory import a_company, a_location, a_warehouse
from tests.support.console import keys_of, signed_in, text_of
from tests.support.page_tests import PageTests


class TestWarehousePages(PageTests):
    pages = WAREHOUSE_PAGES
    sizes = (1, 50)  # each brings its seven standard places

    def world(self) -> None:
        self.company = a_company()

    def values(self, number: int) -> dict[str, Any]:
        return {
            "company": self.company,
            "code": f"W{number:04}",
            "name": f"Warehouse {number:04}",
            "time_zone": "Europe/Paris",
            "priority": 100,
        }

    def change(self) -> dict[str, Any]:
        return {"name": "Another warehouse"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"time_zone": "Paris"}, "time_zone"


class TestLocationPages(PageTests):
    pages = LOCATION_PAGES

    def world(self) -> None:
        self.warehouse = a_warehouse("HFA")

    def values(self, number: int) -> dict[str, Any]:
        return {
            "warehouse": self.warehouse,
            "kind": "bin",
            "code": f"A-{number:04}",
            "name": f"Bin {number}",
            "pick_sequence": number,
        }

    def change(self) -> dict[str, Any]:
        return {"name": "Another bin"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"code": "not a code"}, "code"


@pytest.mark.django_db
class TestReach:
    """Somebody who is limited to one warehouse."""

    def test_sees_and_changes_the_places_of_that_warehouse_alone(self) -> None:
        mine, theirs = a_warehouse("MINE"), a_warehouse("THEIRS")
        here, there = a_location(mine, code="HERE"), a_location(theirs, code="THERE")
        rights = (VIEW_PLACES, EDIT_PLACES, BLOCK_PLACES)
        client = signed_in(*rights, limits={WAREHOUSE_LIMIT: [mine.pk]})

        listed = client.get(LOCATION_PAGES.url("list"), {"kind": "bin"})
        assert keys_of(listed) == [here.pk]
        assert client.get(LOCATION_PAGES.url("detail", there.pk)).status_code == 404
        assert client.get(LOCATION_PAGES.url("edit", there.pk)).status_code == 404
        assert client.get(WAREHOUSE_PAGES.url("detail", theirs.pk)).status_code == 404
        assert f'data-value="{there.pk}"' not in client.get(LOCATION_PAGES.url("pick"), {"q": "THERE"}).content.decode()

        sent = {"action": "block", "ids": [here.pk, there.pk], "stage": "run", "reason": "wet", "picking": "on"}
        assert client.post(LOCATION_PAGES.url("bulk"), sent).status_code == 302
        assert list(BulkOutcome.objects.values_list("row_id", flat=True)) == [here.pk]
        there.refresh_from_db()
        assert there.is_pick_blocked is False

    def test_a_filter_by_a_warehouse_out_of_reach_is_refused_without_a_word_about_it(self) -> None:
        mine, theirs = a_warehouse("MINE"), a_warehouse("THEIRS")
        client = signed_in(VIEW_PLACES, limits={WAREHOUSE_LIMIT: [mine.pk]})
        response = client.get(LOCATION_PAGES.url("list"), {"warehouse": theirs.pk})
        assert response.status_code == 400
        assert theirs.name not in text_of(response)


@pytest.mark.django_db
class TestBlocking:
    """Blocking many places, and taking it back."""

    def test_says_which_will_be_refused_does_the_others_and_takes_them_back(self) -> None:
        house = a_warehouse("HFA")
        free, blocked = a_location(house, code="FREE"), a_location(house, code="SHUT")
        virtual = Location.objects.get(kind="supplier")
        client = signed_in()
        client.post(
            LOCATION_PAGES.url("bulk"),
            {"action": "block", "ids": [blocked.pk], "stage": "run", "reason": "count", "picking": "on"},
        )
        first = BulkRun.objects.get()
        ids = [free.pk, blocked.pk, virtual.pk]
        preview = client.post(LOCATION_PAGES.url("bulk"), {"action": "block", "ids": ids})
        assert "This is no place in a building" in text_of(preview)
        assert Location.objects.filter(is_putaway_blocked=True).count() == 0

        sent = {"action": "block", "ids": ids, "stage": "run", "reason": "wet", "picking": "on", "putaway": "on"}
        client.post(LOCATION_PAGES.url("bulk"), sent)
        run = BulkRun.objects.exclude(pk=first.pk).get()
        results = dict(run.outcomes.values_list("row_id", "result"))
        assert results == {free.pk: "done", blocked.pk: "done", virtual.pk: "refused"}
        assert Location.objects.filter(is_pick_blocked=True, is_putaway_blocked=True, block_reason="wet").count() == 2

        client.post(LOCATION_PAGES.url("bulk_undo", run.pk))
        undone = BulkRun.objects.get(undo_of=run)
        assert dict(undone.outcomes.values_list("row_id", "result")) == {free.pk: "done", blocked.pk: "refused"}
        free.refresh_from_db()
        assert (free.is_pick_blocked, free.block_reason) == (False, "")

    def test_refuses_to_block_without_a_reason_and_changes_nothing(self) -> None:
        place = a_location()
        client = signed_in()
        sent = {"action": "block", "ids": [place.pk], "stage": "run", "reason": "", "picking": "on"}
        response = client.post(LOCATION_PAGES.url("bulk"), sent)
        assert response.status_code == 422
        assert BulkRun.objects.count() == 0
        place.refresh_from_db()
        assert place.is_pick_blocked is False
