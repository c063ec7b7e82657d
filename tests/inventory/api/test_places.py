"""Warehouses and places through their API."""

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from backoffice.core.actors import Actor
from backoffice.core.models.companies import Company
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.models import Location
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES, VIEW_PLACES, WAREHOUSE_LIMIT
from inventory.services.places import add_place, create_warehouse
from tests.support.api import body_of, program, refused
from tests.support.api_tests import MasterApiTests

SYSTEM = Actor.system("tests")


class TestWarehouses(MasterApiTests):
    path, master = "/api/v1/warehouses", WAREHOUSES
    most_rows = 60
    # Each warehouse brings its seven standard places with it, by statements of its own.
    most_statements = 300

    def world(self) -> None:
        self.company = Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")

    def valid(self, number: int) -> dict[str, Any]:
        return {
            "company": self.company.pk,
            "code": f"W{number}",
            "name": f"House {number}",
            "time_zone": "Europe/Paris",
        }

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(9), "time_zone": "Mars/Olympus"}, "/time_zone"

    def change(self) -> dict[str, Any]:
        return {"cutoff": "14:30", "latitude": "48.85", "longitude": "2.35"}

    def test_bulk_costs_the_same_number_of_statements_for_2_and_200_rows(self, editor: APIClient) -> None:
        """Changes do; what a new warehouse brings with it is made one warehouse at a time, and there are few of them."""
        made = self.made_many(editor, 20)
        rows = [{**self.change(), "id": row["id"], "version": 1} for row in made]
        assert body_of(self.bulk(editor, "patch", rows))["accepted"] == 20


class TestLocations(MasterApiTests):
    path, master = "/api/v1/locations", LOCATIONS

    def world(self) -> None:
        company = Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")
        self.house = create_warehouse(company=company, code="N", name="North", time_zone="UTC", actor=SYSTEM)
        self.zone = add_place(warehouse_id=self.house.pk, kind="zone", code="Z", actor=SYSTEM)

    def valid(self, number: int) -> dict[str, Any]:
        return {"warehouse": self.house.pk, "parent": self.zone.pk, "kind": "bin", "code": f"Z-{number}"}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(9), "kind": "zone"}, "/parent"

    def change(self) -> dict[str, Any]:
        return {"pick_sequence": 70, "max_weight_g": 5000}


@pytest.fixture
def houses(db: None) -> tuple[int, int]:
    company = Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")
    made = [
        create_warehouse(company=company, code=code, name=code, time_zone="UTC", actor=SYSTEM).pk for code in ("N", "S")
    ]
    return made[0], made[1]


def clerk_of(house: int) -> APIClient:
    return program(VIEW_PLACES, EDIT_PLACES, BLOCK_PLACES, limits={WAREHOUSE_LIMIT: [house]})


def test_a_clerk_of_one_warehouse_finds_nothing_of_another(houses: tuple[int, int]) -> None:
    north, south = houses
    clerk = clerk_of(north)
    theirs = Location.objects.filter(warehouse=south, kind="dock").get()
    assert [row["code"] for row in body_of(clerk.get("/api/v1/warehouses"))["results"]] == ["N"]
    assert {row["warehouse"] for row in body_of(clerk.get("/api/v1/locations", {"page_size": 200}))["results"]} == {
        north
    }
    assert (
        body_of(clerk.get("/api/v1/locations", {"count": "exact"}))["count"]
        == Location.objects.filter(warehouse=north).count()
    )
    for call in (
        clerk.get(f"/api/v1/warehouses/{south}"),
        clerk.patch(f"/api/v1/warehouses/{south}", {"name": "Mine", "version": 1}),
        clerk.post(f"/api/v1/warehouses/{south}/deactivate"),
        clerk.get(f"/api/v1/locations/{theirs.pk}"),
        clerk.patch(f"/api/v1/locations/{theirs.pk}", {"name": "Mine", "version": 1}),
        clerk.post(f"/api/v1/locations/{theirs.pk}/move", {"parent": None}),
        clerk.post("/api/v1/locations/block", {"location_ids": [theirs.pk], "reason": "mine"}),
        clerk.get(f"/api/v1/scan/{theirs.barcode}"),
        clerk.post(
            f"/api/v1/warehouses/{south}/bins", {"pattern": "{zone:A}-{bay:1-2}"}, headers={"Idempotency-Key": "k"}
        ),
    ):
        refused(call, 404)
    refused(clerk.get("/api/v1/locations", {"warehouse": south}), 400, "invalid_choice")
    told = refused(clerk.post("/api/v1/locations", {"warehouse": south, "kind": "bin", "code": "X"}), 400, "not_found")
    assert told["errors"][0]["field"] == "/warehouse"
    theirs.refresh_from_db()
    assert (theirs.version, theirs.name) == (1, "")


def test_makes_bins_from_a_pattern_once_for_each_key(houses: tuple[int, int]) -> None:
    clerk = clerk_of(houses[0])
    address = f"/api/v1/warehouses/{houses[0]}/bins"
    body = {"pattern": "{zone:A-B}-{aisle:01-02}-{bay:1-5}", "layout": {"aisle_mm": 2500}}
    plan = body_of(clerk.post(f"/api/v1/warehouses/{houses[0]}/preview-bins", body))
    assert (plan["count"], plan["last"], plan["new_zones"]) == (20, "B-02-1", ["A", "B"])
    refused(clerk.post(address, body), 400, "idempotency_key_missing")
    assert Location.objects.filter(kind="bin").count() == 0
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = clerk.post(address, body, headers=key)
    again = clerk.post(address, body, headers=key)
    assert body_of(first) == {"zones": 2, "aisles": 4, "bins": 20, "first": "A-01-1", "last": "B-02-1"}
    assert (again.content, again["Idempotent-Replay"]) == (first.content, "true")
    assert Location.objects.filter(kind="bin").count() == 20
    told = refused(clerk.post(address, body, headers={"Idempotency-Key": "other"}), 409, "codes_taken")
    assert told["errors"][0]["field"] == "/pattern"
    refused(clerk.post(address, {"pattern": "{zone:A-"}, headers={"Idempotency-Key": "third"}), 400)
    refused(clerk.post(address, {**body, "layout": {"bay_mm": 0}}, headers={"Idempotency-Key": "4"}), 400, "too_small")
    assert Location.objects.filter(kind="bin").count() == 20


def test_moves_blocks_and_frees_places(houses: tuple[int, int]) -> None:
    clerk = clerk_of(houses[0])
    zones = [
        body_of(clerk.post("/api/v1/locations", {"warehouse": houses[0], "kind": "zone", "code": code}))
        for code in "AB"
    ]
    place = {"warehouse": houses[0], "kind": "bin", "code": "X-1", "parent": zones[0]["id"]}
    made = body_of(clerk.post("/api/v1/locations", place))
    assert made["path"] == "A/X-1"
    moved = body_of(clerk.post(f"/api/v1/locations/{made['id']}/move", {"parent": zones[1]["id"]}))
    assert (moved["path"], moved["version"]) == ("B/X-1", 2)
    refused(clerk.post(f"/api/v1/locations/{made['id']}/move", {"code": "Y"}), 400, "required")
    blocked = clerk.post(
        "/api/v1/locations/block", {"location_ids": [made["id"]], "reason": "wet floor", "putaway": False}
    )
    assert body_of(blocked) == {"changed": [made["id"]]}
    shown = body_of(clerk.get(f"/api/v1/locations/{made['id']}"))
    assert (shown["is_pick_blocked"], shown["is_putaway_blocked"], shown["block_reason"]) == (True, False, "wet floor")
    refused(clerk.post("/api/v1/locations/block", {"location_ids": []}), 400, "required")
    refused(clerk.post("/api/v1/locations/block", {"location_ids": [made["id"], "1"], "reason": "x"}), 400, "not_a_key")
    assert body_of(clerk.post("/api/v1/locations/free", {"location_ids": [made["id"]]})) == {"changed": [made["id"]]}
