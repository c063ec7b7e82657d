"""Imports by programs: the same steps through the API, and bad requests answered as problems."""

import base64
from typing import Any

import pytest

from backoffice.core.jobs import run_job
from backoffice.core.models.imports import ImportSession
from inventory.models import Brand
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from tests.support.api import body_of, program

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/imports"


def upload(client: Any, data: bytes, key: str = "k1", **more: Any) -> Any:
    body = {"kind": "inventory.brand", "name": "b.csv", "content": base64.b64encode(data).decode(), **more}
    return client.post(PATH, body, format="json", HTTP_IDEMPOTENCY_KEY=key)


def worked() -> None:
    run_job(ImportSession.objects.get().job_id)


def test_goes_from_upload_to_undo() -> None:
    client = program(VIEW_CATALOG, EDIT_CATALOG)
    answer = upload(client, b"code,name\nA,Alpha\nb!,Beta\n")
    assert (answer.status_code, body_of(answer)["columns"]) == (201, {"code": 0, "name": 1})
    assert body_of(upload(client, b"code,name\nA,Alpha\nb!,Beta\n"))["id"] == body_of(answer)["id"]
    at = f"{PATH}/{body_of(answer)['id']}"
    assert client.post(f"{at}/check", {}, format="json").status_code == 202
    worked()
    counts = body_of(client.get(at))["counts"]
    assert (counts["create"], counts["error"], Brand.objects.count()) == (1, 1, 0)
    assert [row["line"] for row in body_of(client.get(f"{at}/bad-rows"))] == [3]
    refused = client.post(f"{at}/apply", {"policy": "reject_all"}, format="json")
    assert (refused.status_code, body_of(refused)["code"]) == (422, "cannot_be_applied")
    assert client.post(f"{at}/apply", {"policy": "reject_rows"}, format="json").status_code == 202
    worked()
    assert Brand.objects.count() == 1
    assert client.post(f"{at}/undo").status_code == 202
    worked()
    assert (Brand.objects.count(), body_of(client.get(at))["state"]) == (0, "undone")
    assert program(VIEW_CATALOG, EDIT_CATALOG, name="Other").get(at).status_code == 404


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"content": "***"}, 400),
        ({"content": 7}, 400),
        ({"content": ""}, 400),
        ({"kind": "inventory.nothing"}, 404),
        ({"name": ""}, 400),
        ({"extra": 1}, 400),
    ],
)
def test_refuses_what_is_no_upload_and_keeps_nothing(more: dict[str, Any], status: int) -> None:
    assert upload(program(VIEW_CATALOG, EDIT_CATALOG), b"code\nA\n", **more).status_code == status
    assert ImportSession.objects.count() == 0


def test_refuses_columns_that_are_not_there_and_callers_without_the_right() -> None:
    client = program(VIEW_CATALOG, EDIT_CATALOG)
    at = f"{PATH}/{body_of(upload(client, b'code,name' + bytes([10]) + b'A,B' + bytes([10])))['id']}"
    for columns in ({"code": 9}, {"code": "0"}, {"nothing": 0}, {"code": 0, "name": 0}):
        assert client.post(f"{at}/check", {"columns": columns}, format="json").status_code == 400, columns
    assert upload(program(VIEW_CATALOG, name="Viewer"), b"code\nA\n").status_code == 403
    assert ImportSession.objects.get().state == "uploaded"
