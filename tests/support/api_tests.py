"""Tests that every model of master data inherits for its API: give the data, get the tests.

class TestBrands(MasterApiTests):
    path = "/api/v1/brands"
    view, edit = VIEW_CATALOG, EDIT_CATALOG

    def valid(self, number): return {"code": f"B{number}", "name": f"Brand {number}"}
    def invalid(self): return {"code": "", "name": "x"}, "/code"
    def change(self): return {"name": "Another"}
"""

import uuid
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backoffice.core.masters import Master
from backoffice.core.permissions import VIEW_JOBS
from tests.support.api import body_of, program, refused


@pytest.mark.django_db
class MasterApiTests:
    """The doors of one master: list, detail, create, change, switch, bulk, rights, idempotency, query counts."""

    path: ClassVar[str]
    master: ClassVar[Master]
    # Whether every signed-in caller may read it.
    is_open: ClassVar[bool] = False
    # Most rows that the query counts are taken with; some tables cost more to fill than their list costs to read.
    most_rows: ClassVar[int] = 200
    # Statements of a bulk request, whatever its size. Raised only with a reason.
    most_statements: ClassVar[int] = 40

    def world(self) -> None:
        """Make what the rows need around them."""

    def valid(self, number: int) -> dict[str, Any]:
        """The body of row `number`, all of them different."""
        raise AssertionError("say what a valid row is")

    def invalid(self) -> tuple[dict[str, Any], str]:
        """A body that is refused, and the pointer to the field at fault."""
        raise AssertionError("say what an invalid row is")

    def change(self) -> dict[str, Any]:
        """Fields of a change that is allowed."""
        raise AssertionError("say what may be changed")

    # --- the frame ----------------------------------------------------------------------------------------------------

    @pytest.fixture(autouse=True)
    def _world(self, db: None) -> None:
        self.world()
        self.before = self.count()

    @pytest.fixture
    def editor(self) -> APIClient:
        return program(self.master.view, self.master.edit)

    @pytest.fixture
    def reader(self) -> APIClient:
        return program(self.master.view, name="Reader")

    def count(self) -> int:
        return self.master.model._default_manager.count()

    def made(self, client: APIClient, number: int = 1) -> dict[str, Any]:
        response = client.post(self.path, self.valid(number))
        assert response.status_code == 201, response.content
        told: dict[str, Any] = body_of(response)
        return told

    def made_many(self, client: APIClient, count: int, start: int = 1) -> list[dict[str, Any]]:
        rows = [self.valid(number) for number in range(start, start + count)]
        response = self.bulk(client, "post", rows)
        assert response.status_code == 200, response.content
        results: list[dict[str, Any]] = body_of(response)["results"]
        return results

    def bulk(self, client: APIClient, method: str, rows: list[Any], policy: str = "reject_all") -> Any:
        body = {"error_policy": policy, "rows": rows}
        return getattr(client, method)(f"{self.path}/bulk", body, headers={"Idempotency-Key": str(uuid.uuid4())})

    # --- read ---------------------------------------------------------------------------------------------------------

    def test_lists_what_was_made_and_shows_each(self, editor: APIClient, reader: APIClient) -> None:
        row = self.made(editor)
        listed = body_of(reader.get(self.path, {"page_size": 200}))
        assert row in listed["results"]
        assert body_of(reader.get(f"{self.path}/{row['id']}")) == row

    def test_shows_only_the_fields_that_are_asked_for(self, editor: APIClient) -> None:
        row = self.made(editor)
        assert body_of(editor.get(f"{self.path}/{row['id']}", {"fields": "id,version"})) == {
            "id": row["id"],
            "version": row["version"],
        }
        refused(editor.get(self.path, {"fields": "id,password"}), 400, "unknown_field")

    @pytest.mark.parametrize("parameter", ["nonsense", "id__gt", "order_by", "_connector", "pk", "page", "format"])
    def test_refuses_a_parameter_that_it_does_not_know(self, reader: APIClient, parameter: str) -> None:
        refused(reader.get(self.path, {parameter: "1"}), 400, "unknown_parameter")

    def test_a_row_that_is_not_there_is_missing(self, editor: APIClient) -> None:
        for key in ("0", "999999999", "9" * 19):
            refused(editor.get(f"{self.path}/{key}"), 404, "not_found")
            refused(editor.patch(f"{self.path}/{key}", {**self.change(), "version": 1}), 404, "not_found")

    def test_a_list_costs_the_same_number_of_queries_for_1_50_and_200_rows(self, editor: APIClient) -> None:
        counts: dict[int, int] = {}
        made = 0
        for wanted in (1, 50, self.most_rows):
            self.made_many(editor, wanted - made, start=made + 1)
            made = wanted
            with CaptureQueriesContext(connection) as queries:
                shown = body_of(editor.get(self.path, {"page_size": 200}))["results"]
            assert len(shown) >= min(wanted, 200)
            counts[wanted] = len(queries)
        assert len(set(counts.values())) == 1, counts

    # --- write --------------------------------------------------------------------------------------------------------

    def test_refuses_what_is_not_valid_and_changes_nothing(self, editor: APIClient) -> None:
        body, pointer = self.invalid()
        told = refused(editor.post(self.path, body), 400)
        assert pointer in [item["field"] for item in told["errors"]], told
        assert self.count() == self.before

    @pytest.mark.parametrize(
        "name", ["id", "version", "created_at", "updated_at", "is_active", "__class__", "__proto__"]
    )
    def test_refuses_a_field_that_is_not_to_be_written(self, editor: APIClient, name: str) -> None:
        told = refused(editor.post(self.path, {**self.valid(1), name: 1}), 400)
        assert [item["field"] for item in told["errors"]] == [f"/{name}"]
        assert self.count() == self.before

    def test_a_change_needs_the_version_that_was_seen(self, editor: APIClient) -> None:
        row = self.made(editor)
        address = f"{self.path}/{row['id']}"
        refused(editor.patch(address, self.change()), 400, "version_missing")
        changed = body_of(editor.patch(address, {**self.change(), "version": row["version"]}))
        assert changed["version"] == row["version"] + 1
        told = refused(editor.patch(address, {**self.change(), "version": row["version"]}), 409, "edited_meanwhile")
        assert told["facts"]["version"] == changed["version"]
        assert told["facts"]["current"]
        assert body_of(editor.get(address)) == changed

    def test_a_change_that_changes_nothing_leaves_the_version(self, editor: APIClient) -> None:
        row = self.made(editor)
        address = f"{self.path}/{row['id']}"
        changed = body_of(editor.patch(address, {**self.change(), "version": row["version"]}))
        assert body_of(editor.patch(address, {**self.change(), "version": changed["version"]})) == changed

    def test_switches_off_and_on(self, editor: APIClient) -> None:
        row = self.made(editor)
        off = body_of(editor.post(f"{self.path}/{row['id']}/deactivate"))
        assert (off["is_active"], off["version"]) == (False, row["version"] + 1)
        again = body_of(editor.post(f"{self.path}/{row['id']}/deactivate"))
        assert again == off
        assert body_of(editor.post(f"{self.path}/{row['id']}/activate"))["is_active"] is True

    # --- rights ---------------------------------------------------------------------------------------------------------

    def test_nobody_and_strangers_get_nothing(self, editor: APIClient, reader: APIClient) -> None:
        row = self.made(editor)
        address = f"{self.path}/{row['id']}"
        stranger = program(VIEW_JOBS)
        calls = [
            ("get", self.path, None),
            ("get", address, None),
            ("post", self.path, self.valid(2)),
            ("patch", address, {**self.change(), "version": row["version"]}),
            ("post", f"{address}/deactivate", None),
            ("post", f"{self.path}/bulk", {"rows": [self.valid(2)]}),
            ("patch", f"{self.path}/bulk", {"rows": [{**self.change(), "id": row["id"], "version": row["version"]}]}),
        ]
        for method, where, body in calls:
            anonymous = getattr(APIClient(), method)(where, body)
            refused(anonymous, 401, "not_signed_in")
            assert anonymous["WWW-Authenticate"] == 'Bearer realm="api"'
            if method == "get" and self.is_open:
                assert getattr(stranger, method)(where, body).status_code == 200
            else:
                refused(getattr(stranger, method)(where, body), 403, "not_permitted")
            if method != "get":
                refused(getattr(reader, method)(where, body), 403, "not_permitted")
        assert self.count() == self.before + 1
        assert body_of(editor.get(address)) == row

    # --- once ---------------------------------------------------------------------------------------------------------

    def test_a_repeat_is_answered_with_the_same_bytes_and_does_nothing(self, editor: APIClient) -> None:
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first = editor.post(self.path, self.valid(1), headers=key)
        second = editor.post(self.path, self.valid(1), headers=key)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.content == second.content
        assert first["Location"] == second["Location"] == f"{self.path}/{body_of(first)['id']}"
        assert ("Idempotent-Replay" in first, second["Idempotent-Replay"]) == (False, "true")
        assert self.count() == self.before + 1
        refused(editor.post(self.path, self.valid(2), headers=key), 409, "idempotency_key_reused")
        assert self.count() == self.before + 1

    # --- many -----------------------------------------------------------------------------------------------------------

    def test_bulk_needs_an_idempotency_key(self, editor: APIClient) -> None:
        refused(editor.post(f"{self.path}/bulk", {"rows": [self.valid(1)]}), 400, "idempotency_key_missing")
        assert self.count() == self.before

    def test_bulk_rejects_all_when_one_will_not_do(self, editor: APIClient) -> None:
        bad, pointer = self.invalid()
        told = refused(self.bulk(editor, "post", [self.valid(1), bad, self.valid(2)]), 400, "rows_refused")
        assert f"/rows/1{pointer}" in [item["field"] for item in told["errors"]], told
        assert self.count() == self.before

    def test_bulk_rejects_rows_and_answers_each_in_its_place(self, editor: APIClient) -> None:
        bad, pointer = self.invalid()
        response = self.bulk(editor, "post", [self.valid(1), bad, self.valid(2), 7], policy="reject_rows")
        told = body_of(response)
        assert (told["accepted"], told["refused"]) == (2, 2)
        assert [row["status"] for row in told["results"]] == ["created", "refused", "created", "refused"]
        assert [row["index"] for row in told["results"]] == [0, 1, 2, 3]
        assert pointer in [item["field"] for item in told["results"][1]["errors"]]
        assert self.count() == self.before + 2

    def test_bulk_finds_two_rows_that_cannot_stand_beside_one_another(self, editor: APIClient) -> None:
        response = self.bulk(editor, "post", [self.valid(1), self.valid(1)], policy="reject_rows")
        assert [row["status"] for row in body_of(response)["results"]] == ["created", "refused"]
        again = self.bulk(editor, "post", [self.valid(1), self.valid(2)], policy="reject_rows")
        assert [row["status"] for row in body_of(again)["results"]] == ["refused", "created"]
        assert self.count() == self.before + 2

    def test_bulk_changes_rows_by_their_versions(self, editor: APIClient) -> None:
        made = self.made_many(editor, 3)
        rows = [{**self.change_of(number), "id": row["id"], "version": 1} for number, row in enumerate(made)]
        rows[1]["version"] = 7
        told = body_of(self.bulk(editor, "patch", [*rows, {"id": 999999999, "version": 1}], policy="reject_rows"))
        assert [row["status"] for row in told["results"]] == ["changed", "refused", "changed", "refused"]
        assert told["results"][1]["errors"][0]["code"] == "edited_meanwhile"
        assert told["results"][1]["facts"]["version"] == 1
        assert told["results"][3]["errors"][0]["code"] == "not_found"
        again = body_of(self.bulk(editor, "patch", [{**rows[0], "version": 2}], policy="reject_all"))
        assert [row["status"] for row in again["results"]] == ["unchanged"]

    def change_of(self, number: int) -> dict[str, Any]:
        """The change of row `number` in a bulk request; the same for all unless it must be different."""
        return self.change()

    def test_bulk_costs_the_same_number_of_statements_for_2_and_200_rows(self, editor: APIClient) -> None:
        editor.get("/api/v1/whoami")  # the first use of a key is noted
        counts: dict[str, list[int]] = {"post": [], "patch": []}
        made: list[dict[str, Any]] = []
        for size in (2, self.most_rows):
            rows = [self.valid(number) for number in range(len(made) + 1, len(made) + 1 + size)]
            with CaptureQueriesContext(connection) as queries:
                response = self.bulk(editor, "post", rows)
            assert response.status_code == 200, response.content
            counts["post"].append(len(queries))
            fresh = body_of(response)["results"]
            changes = [
                {**self.change_of(len(made) + at), "id": row["id"], "version": 1} for at, row in enumerate(fresh)
            ]
            made += fresh
            with CaptureQueriesContext(connection) as queries:
                response = self.bulk(editor, "patch", changes)
            assert response.status_code == 200, response.content
            counts["patch"].append(len(queries))
        for method, (few, many) in counts.items():
            assert few == many, (method, few, many)
            assert many <= self.most_statements, (method, many)

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"rows": []},
            {"rows": {}},
            {"rows": [{}] * 1001},
            {"rows": [{}], "error_policy": "hope"},
            {"rows": [{}], "error_policy": []},
            {"rows": [{}], "more": 1},
            [],
            "rows",
        ],
        ids=lambda body: str(body)[:30],
    )
    def test_bulk_refuses_an_envelope_that_is_not_one(self, editor: APIClient, body: Any) -> None:
        response = editor.post(f"{self.path}/bulk", body, headers={"Idempotency-Key": str(uuid.uuid4())})
        refused(response, 400)
        assert self.count() == self.before
