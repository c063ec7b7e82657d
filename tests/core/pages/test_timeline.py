"""The timeline: who changed what, when and why, with each field before and after."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.models.companies import Company
from backoffice.core.permissions import EVERYTHING
from backoffice.core.selectors.timeline import history_of, values_at_version
from backoffice.core.services.masters import change_row, set_active
from tests.core.pages.companies import company_values, make_companies

pytestmark = pytest.mark.django_db
ANNA = Actor("user", 7, "Anna", frozenset({EVERYTHING}), request_id="req-1")


def change(company: Company, reason: str = "", **values: Any) -> None:
    change_row(master=COMPANIES, row_id=company.pk, values=values, version=None, actor=ANNA, reason=reason)


def test_tells_each_change_newest_first_with_actor_reason_request_before_and_after() -> None:
    [company] = make_companies(company_values("A", "Anvils"))
    change(company, "moved house", name="Bells", country="FR")
    newest, oldest = history_of(company)
    assert (newest.title, newest.actor, newest.reason, newest.request) == ("Changed", "Anna", "moved house", "req-1")
    told = {str(change.field): (change.before, change.after) for change in newest.changes}
    assert told == {"Name": ("Anvils", "Bells"), "Country": ("DE", "FR")}
    assert (oldest.title, oldest.actor, oldest.changes) == ("Added", "Wanda Writer", ())


def test_switching_off_is_said_in_a_word() -> None:
    [company] = make_companies(company_values("A"))
    set_active(master=COMPANIES, row_ids=[company.pk], is_active=False, actor=ANNA)
    assert history_of(company)[0].title == "Switched off"


def test_hidden_fields_are_not_told() -> None:
    [company] = make_companies(company_values("A"))
    change(company, name="Bells", tax_number="SECRET")
    [newest, _added] = history_of(company, hidden=frozenset({"tax_number"}))
    assert [str(one.field) for one in newest.changes] == ["Name"]
    change(company, tax_number="SECRET 2")
    assert len(history_of(company, hidden=frozenset({"tax_number"}))) == 2


def test_takes_one_query_however_long_it_is() -> None:
    [company] = make_companies(company_values("A"))
    for number in range(8):
        change(company, name=f"Name {number}")
    with CaptureQueriesContext(connection) as captured:
        assert len(history_of(company)) == 9
    assert len(captured) == 1
    assert [entry.title for entry in history_of(company, most=3)] == ["Changed"] * 3


def test_knows_the_fields_as_they_were_at_a_version() -> None:
    [company] = make_companies(company_values("A", "Anvils"))
    change(company, name="Bells")
    assert values_at_version(company, 1)["name"] == "Anvils"
    assert values_at_version(company, 2)["name"] == "Bells"
    assert values_at_version(company, 3) == {}
