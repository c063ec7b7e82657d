"""The document that describes the API: complete, valid, the same as the file in the tree, and read by people as a page."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from backoffice.core.api.docs import operations_of
from backoffice.core.api.doors import UNSAFE
from backoffice.core.api.openapi import as_yaml, openapi_document
from backoffice.core.permissions import VIEW_JOBS
from backoffice.management.commands import check_openapi
from tests.core.api.test_permissions import actions_of, api_views
from tests.support.api import body_of, person, program, refused


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def test_every_address_and_method_is_described_but_the_document_itself(document: dict[str, Any]) -> None:
    described = sum(1 for _ in operations(document))
    served = sum(len(actions_of(view)) for path, view in api_views() if not path.endswith("openapi.json"))
    assert described == served


def test_every_write_takes_a_key_and_every_operation_tells_its_refusals(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    for path, method, operation in operations(document):
        shared = document["components"]["parameters"]
        told = [
            shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in operation.get("parameters", [])
        ]
        headers = {one["name"]: one for one in told if one["in"] == "header"}
        assert ("Idempotency-Key" in headers) == (method.upper() in UNSAFE), (path, method)
        if "bulk" in operation["operationId"]:
            assert headers["Idempotency-Key"]["required"] is True
            assert (
                operation["requestBody"]["content"]["application/json"]["schema"]["properties"]["rows"]["maxItems"]
                == 1000
            )
        for status in ("400", "401", "403", "429", "503"):
            assert operation["responses"][status] == {"$ref": f"#/components/responses/Problem{status}"}, (path, method)
        assert operation["security"] == [{"apiKey": []}, {"consoleSession": []}]
        assert "right" in operation["description"] or "signed-in" in operation["description"], (path, method)


def test_the_shape_of_a_refusal_is_the_one_that_is_sent(document: dict[str, Any], db: None) -> None:
    told = refused(program(VIEW_JOBS).get("/api/v1/jobs", {"x": "1"}), 400)
    schema = document["components"]["schemas"]["Problem"]
    assert set(schema["properties"]) == set(told)
    assert set(document["components"]["schemas"]["ProblemItem"]["properties"]) == set(told["errors"][0])


def test_the_file_in_the_tree_is_up_to_date(document: dict[str, Any]) -> None:
    assert check_openapi.FILE.read_text(encoding="utf-8") == as_yaml(document)


def test_the_check_fails_for_an_old_file_and_write_mends_it(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    file = tmp_path / "openapi.yaml"
    monkeypatch.setattr(check_openapi, "FILE", file)
    with pytest.raises(CommandError, match="old"):
        call_command("check_openapi")
    call_command("check_openapi", write=True)
    call_command("check_openapi")
    file.write_text(file.read_text().replace("/api/v1/jobs:", "/api/v1/tasks:"))
    with pytest.raises(CommandError, match="old"):
        call_command("check_openapi")
    assert "+  /api/v1/jobs:" in capsys.readouterr().out


def test_the_document_is_for_whoever_is_signed_in(db: None) -> None:
    refused(APIClient().get("/api/v1/openapi.json"), 401)
    told = body_of(program(VIEW_JOBS).get("/api/v1/openapi.json"))
    assert told["openapi"].startswith("3.")
    assert "/api/v1/openapi.json" not in told["paths"]


def test_the_pages_explain_every_subject_without_anything_from_afar(document: dict[str, Any], db: None) -> None:
    assert Client().get("/api/docs/").status_code == 302
    client = person(VIEW_JOBS)
    first = client.get("/api/docs/").content.decode()
    tags = {tag for _, _, operation in operations(document) for tag in operation["tags"]}
    for tag in tags:
        assert f'href="/api/docs/{tag}/"' in first
        page = client.get(f"/api/docs/{tag}/")
        text = page.content.decode()
        for operation in operations_of(document, tag):
            assert operation.path.replace("&", "&amp;") in text
        assert page.status_code == 200
        assert "http://" not in text.replace("http://testserver", "").replace("http://www.w3.org", "")
        assert "https://" not in text
        assert " style=" not in text
        assert len(page.content) < 600_000
    assert client.get("/api/docs/nonsense/").status_code == 404
