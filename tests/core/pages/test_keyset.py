"""Paging by key: nothing twice, nothing missed, whatever is inserted, equal or empty."""

import base64
import json

import pytest
from django.db.models import F, IntegerField, Value
from django.db.models.functions import Cast, NullIf

from backoffice.core import keyset
from backoffice.core.errors import Invalid
from backoffice.core.keyset import Order, count_rows, read_page
from backoffice.core.models.companies import Company
from tests.core.pages.companies import company_values, make_companies

pytestmark = pytest.mark.django_db


def codes(order: str, size: int = 2, rows: object = None) -> list[list[str]]:
    """All pages forth, by code."""
    queryset = Company.objects.all() if rows is None else rows
    pages, after = [], ""
    while True:
        page = read_page(queryset, Order.parse(order), size=size, after=after)  # type: ignore[arg-type]  # a queryset
        pages.append([row.code for row in page.rows])
        if not page.next:
            return pages
        after = page.next


def test_ties_are_broken_by_key_in_both_directions() -> None:
    make_companies(
        *[
            company_values(code, country=country)
            for code, country in zip("ABCDE", ["FR", "DE", "FR", "DE", "FR"], strict=True)
        ]
    )
    assert codes("country") == [["B", "D"], ["A", "C"], ["E"]]
    assert codes("-country") == [["E", "C"], ["A", "D"], ["B"]]


def test_empty_values_stand_last_ascending_and_first_descending_and_none_is_lost() -> None:
    make_companies(*[company_values(code, phone={"B": "1", "D": "2"}.get(code, "")) for code in "ABCDE"])
    rows = Company.objects.annotate(number=Cast(NullIf(F("phone"), Value("")), IntegerField()))
    assert codes("number", rows=rows) == [["B", "D"], ["A", "C"], ["E"]]
    assert codes("-number", rows=rows) == [["E", "C"], ["A", "D"], ["B"]]


def test_rows_that_are_inserted_meanwhile_move_no_other_row() -> None:
    make_companies(*[company_values(code) for code in "BDFH"])
    first = read_page(Company.objects.all(), Order("code"), size=2)
    make_companies(company_values("A"), company_values("C"), company_values("G"))
    second = read_page(Company.objects.all(), Order("code"), size=2, after=first.next)
    assert [row.code for row in (*first.rows, *second.rows)] == ["B", "D", "F", "G"]


def test_the_way_back_leads_to_a_full_first_page() -> None:
    make_companies(*[company_values(code) for code in "BCDEF"])
    first = read_page(Company.objects.all(), Order("code"), size=2)
    second = read_page(Company.objects.all(), Order("code"), size=2, after=first.next)
    back = read_page(Company.objects.all(), Order("code"), size=2, before=second.previous)
    assert [row.code for row in back.rows] == ["B", "C"]
    assert (back.previous, bool(back.next)) == ("", True)
    make_companies(company_values("A"))
    again = read_page(Company.objects.all(), Order("code"), size=2, before=second.previous)
    assert [row.code for row in again.rows] == ["B", "C"]
    assert again.previous != ""


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        base64.urlsafe_b64encode(b"[]").decode(),
        base64.urlsafe_b64encode(json.dumps(["code", "B", "1"]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["code", "B", 2**70]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["name", "B", 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["code", "a\x00b", 1]).encode()).decode(),
        base64.urlsafe_b64encode(json.dumps(["code", {"a": 1}, 1]).encode()).decode(),
    ],
)
def test_a_damaged_cursor_is_refused(cursor: str) -> None:
    make_companies(*[company_values(code) for code in "ABC"])
    with pytest.raises(Invalid) as refusal:
        read_page(Company.objects.all(), Order("code"), size=2, after=cursor)
    assert refusal.value.code == "bad_cursor"


def test_counts_are_exact_below_the_limit_and_an_estimate_that_says_so_above(monkeypatch: pytest.MonkeyPatch) -> None:
    make_companies(*[company_values(code) for code in "ABCD"])
    assert count_rows(Company.objects.all()) == keyset.Total(4, True)
    monkeypatch.setattr(keyset, "EXACT_UP_TO", 3)
    total = count_rows(Company.objects.all())
    assert total.is_exact is False
    assert total.value >= 3
