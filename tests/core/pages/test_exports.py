"""Exports: what the list shows, at once or by a job."""

from typing import Any

import pytest
from django.test import Client

from backoffice.core import jobs
from backoffice.core.files.storage import read_file
from backoffice.core.models.jobs import Job
from backoffice.core.permissions import VIEW_SETTINGS
from tests.core.pages.companies import company_values, make_companies
from tests.support.console import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    return signed_in(VIEW_SETTINGS)


def lines(response: Any) -> list[str]:
    return [line for line in b"".join(response.streaming_content).decode("utf-8-sig").split("\r\n") if line]


def test_honours_filters_order_and_the_chosen_columns(reader: Client) -> None:
    make_companies(company_values("A", country="FR"), company_values("B"), company_values("C", country="FR"))
    reader.post("/companies/columns/", {"columns": ["code", "is_active"]})
    response = reader.get("/companies/export/", {"format": "csv", "country": "FR", "sort": "-code"})
    assert lines(response) == ["Code,Active", "C,active", "A,active"]


def test_text_that_a_spreadsheet_would_run_is_made_harmless(reader: Client) -> None:
    make_companies(company_values("A", "=2+2"))
    reader.post("/companies/columns/", {"columns": ["name"]})
    assert lines(reader.get("/companies/export/", {"format": "csv"})) == ["Name", "'=2+2"]


def test_a_large_list_becomes_a_file_by_a_job_that_only_its_owner_reads(
    reader: Client, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_ROOT = tmp_path
    monkeypatch.setattr("backoffice.core.ui.pages.exports.EXPORTED_AT_ONCE", 2)
    monkeypatch.setattr("backoffice.core.ui.pages.work.job_address", lambda job: f"/jobs/{job.pk}/")
    monkeypatch.setattr("backoffice.core.ui.pages.exports.job_address", lambda job: f"/jobs/{job.pk}/")
    monkeypatch.setattr("backoffice.core.ui.pages.tables.STEP", 2)
    make_companies(*[company_values(code, country="FR") for code in "ABCDE"], company_values("X"))
    reader.post("/companies/columns/", {"columns": ["code"]})
    address = "/companies/export/?format=csv&country=FR&sort=-code"
    asked = reader.get(address)
    assert asked.status_code == 200
    assert "A large export" in text_of(asked)
    assert Job.objects.count() == 0

    started = reader.post(address)
    job = Job.objects.get()
    assert started["Location"] == f"/jobs/{job.pk}/"
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.result) == ("succeeded", 5, {"rows": 5})
    assert job.result_file is not None
    assert read_file(job.result_file).decode("utf-8-sig").split() == ["Code", "E", "D", "C", "B", "A"]
