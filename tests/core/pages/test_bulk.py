"""Bulk actions: on a selection at once, on everything that matches by a job, with an outcome for each row and a way back."""

from typing import Any

import pytest
from django.test import Client

from backoffice.core import jobs
from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import Refused
from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.models.companies import Company
from backoffice.core.models.jobs import Job
from backoffice.core.permissions import MANAGE_SETTINGS, VIEW_SETTINGS
from backoffice.core.services.bulk import begin_run, carry_out, counts_of
from tests.core.pages.companies import company_values, make_companies
from tests.support.console import hidden, signed_in, text_of

pytestmark = pytest.mark.django_db
BULK = "/companies/bulk/"


@pytest.fixture
def editor() -> Client:
    return signed_in()


def test_everything_that_matches_is_done_by_a_job_in_batches(editor: Client) -> None:
    make_companies(*[company_values(f"C{number:03}", country="FR") for number in range(250)], company_values("DE"))
    address = f"{BULK}?country=FR"
    preview = editor.post(address, {"action": "switch_off", "scope": "filter"})
    assert "Switch off: 250 companies" in text_of(preview)
    assert Company.objects.filter(is_active=False).count() == 0

    late = make_companies(company_values("LATE", country="FR"))[0]
    sent = {"action": "switch_off", "scope": "filter", "stage": "run", "last_id": hidden(preview, "last_id")}
    result = editor.post(address, sent)
    assert result.status_code == 302
    assert Company.objects.filter(is_active=False).count() == 0
    assert "Switch off" in text_of(editor.get(result["Location"]))

    job = Job.objects.get()
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("succeeded", 250)
    assert Company.objects.filter(is_active=False).count() == 250
    late.refresh_from_db()
    assert late.is_active is True
    assert "250 rows done" in text_of(editor.get(result["Location"]))


def test_a_job_that_died_halfway_does_no_row_twice(editor: Client) -> None:
    rows = make_companies(*[company_values(f"C{number:03}") for number in range(5)])
    actor = Actor("user", editor.user.pk, "Person", frozenset({VIEW_SETTINGS, MANAGE_SETTINGS}))  # type: ignore[attr-defined]  # see signed_in
    run = begin_run(page="core.company", action="switch_off", title="x", actor=actor, data={}, expected=5, ids=[])
    seen: list[list[int]] = []

    def work(keys: Any) -> BulkAnswer:
        seen.append(list(keys))
        return BulkAnswer.of(keys)

    batches = [{row.pk: row.name for row in rows[:2]}, {row.pk: row.name for row in rows[2:]}]
    carry_out(run=run, batches=batches[:1], work=work, actor=actor)
    carry_out(run=run, batches=batches, work=work, actor=actor)
    assert seen == [[row.pk for row in rows[:2]], [row.pk for row in rows[2:]]]
    assert counts_of(run) == {"done": 5, "unchanged": 0, "refused": 0}


def test_one_bad_row_takes_no_neighbour_down_and_says_why() -> None:
    rows = make_companies(*[company_values(code) for code in "ABC"])
    bad = rows[1].pk
    actor = Actor.system("tests")
    run = begin_run(page="core.company", action="x", title="x", actor=actor, data={}, expected=3)

    def work(keys: Any) -> BulkAnswer:
        changed = Company.objects.filter(pk__in=keys).update(phone="1")
        assert changed == len(keys)
        if bad in keys:
            raise Refused("not_this_one", "Not this one.")
        return BulkAnswer.of(keys)

    carry_out(run=run, batches=[{row.pk: row.name for row in rows}], work=work, actor=actor)
    assert list(run.outcomes.order_by("row_id").values_list("label", "result", "message")) == [
        ("Company A", "done", ""),
        ("Company B", "refused", "Not this one."),
        ("Company C", "done", ""),
    ]
    assert list(Company.objects.order_by("code").values_list("phone", flat=True)) == ["1", "", "1"]


def test_sets_a_field_in_many_rows_and_takes_back_only_what_nobody_changed_since(editor: Client) -> None:
    rows = make_companies(*[company_values(code, phone=phone) for code, phone in (("A", "1"), ("B", "2"), ("C", "9"))])
    sent = {"action": "set_fields", "ids": [row.pk for row in rows], "stage": "run", "phone": "9"}
    editor.post(BULK, sent)
    run = BulkRun.objects.get()
    assert dict(run.outcomes.values_list("label", "result")) == {
        "Company A": "done",
        "Company B": "done",
        "Company C": "unchanged",
    }
    Company.objects.filter(code="B").update(phone="77")
    editor.post(f"/companies/bulk/{run.pk}/undo/")
    assert list(Company.objects.order_by("code").values_list("phone", flat=True)) == ["1", "77", "9"]
    undone = BulkRun.objects.get(undo_of=run)
    assert dict(undone.outcomes.values_list("label", "result")) == {"Company A": "done", "Company B": "refused"}


def test_setting_a_field_needs_at_least_one_and_cannot_be_a_key(editor: Client) -> None:
    [row] = make_companies(company_values("A"))
    nothing = editor.post(BULK, {"action": "set_fields", "ids": [row.pk], "stage": "run"})
    assert nothing.status_code == 422
    assert "Fill in at least one field" in text_of(nothing)
    editor.post(BULK, {"action": "set_fields", "ids": [row.pk], "stage": "run", "code": "B", "phone": "1"})
    row.refresh_from_db()
    assert (row.code, row.phone) == ("A", "1")


def test_a_value_that_one_row_cannot_have_is_refused_with_its_reason(editor: Client) -> None:
    [row] = make_companies(company_values("A"))
    sent = {"action": "set_fields", "ids": [row.pk], "stage": "run", "time_zone": "Mars/Olympus"}
    editor.post(BULK, sent)
    outcome = BulkOutcome.objects.get()
    assert outcome.result == "refused"
    assert "Mars/Olympus" in outcome.message or outcome.message
    row.refresh_from_db()
    assert row.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"action": "nonsense", "ids": ["1"]}, 404),
        ({"action": "switch_off"}, 400),
        ({"action": "switch_off", "ids": ["x", ""]}, 400),
        ({"action": "switch_off", "ids": [str(n) for n in range(1, 4500)]}, 400),
    ],
)
def test_refuses_what_is_no_selection_and_does_nothing(editor: Client, sent: dict[str, Any], status: int) -> None:
    make_companies(company_values("A"))
    assert editor.post(BULK, {**sent, "stage": "run"}).status_code == status
    assert (BulkRun.objects.count(), Company.objects.filter(is_active=True).count()) == (0, 1)


def test_a_filter_that_is_not_understood_never_becomes_everything(editor: Client) -> None:
    make_companies(company_values("A"), company_values("B"))
    sent = {"action": "switch_off", "scope": "filter", "stage": "run"}
    assert editor.post(f"{BULK}?contry=FR", sent).status_code == 400
    assert Company.objects.filter(is_active=True).count() == 2


def test_nobody_sees_or_takes_back_the_runs_of_others(editor: Client) -> None:
    [row] = make_companies(company_values("A"))
    editor.post(BULK, {"action": "switch_off", "ids": [row.pk], "stage": "run"})
    run = BulkRun.objects.get()
    other = signed_in()
    assert other.get(f"/companies/bulk/{run.pk}/").status_code == 404
    assert other.post(f"/companies/bulk/{run.pk}/undo/").status_code == 404
    row.refresh_from_db()
    assert row.is_active is False


def test_from_the_page_of_a_row_one_comes_back_to_it(editor: Client) -> None:
    [row] = make_companies(company_values("A"))
    address = f"/companies/{row.pk}/"
    sent = {"action": "switch_off", "ids": [row.pk], "stage": "run", "next": address}
    response = editor.post(BULK, sent, follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "Switch off: Company A" in text_of(response)
