"""The pages of companies: everything that a declaration of a few lines gives."""

from typing import Any

import pytest

from backoffice.core.models.companies import Company, NumberSeries
from backoffice.core.numbering import make_series
from backoffice.core.permissions import VIEW_SETTINGS
from backoffice.core.ui.companies import COMPANY_PAGES
from tests.core.pages.companies import company_values, make_companies
from tests.support.console import signed_in, text_of
from tests.support.page_tests import PageTests


class TestCompanyPages(PageTests):
    pages = COMPANY_PAGES

    def values(self, number: int) -> dict[str, Any]:
        return {
            "code": f"C{number:04}",
            "name": f"Company {number:04}",
            "base_currency": "EUR",
            "country": "DE",
            "time_zone": "Europe/Berlin",
            "language": "en",
        }

    def change(self) -> dict[str, Any]:
        return {"name": "Another company"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"time_zone": "Mars/Olympus"}, "time_zone"


@pytest.mark.django_db
class TestNumberSeries:
    """The pattern of a number series, changed on the page of its company."""

    @pytest.fixture
    def series(self) -> NumberSeries:
        [company] = make_companies(company_values("A"))
        return make_series(company=company, code="orders.invoice", pattern="INV-{number:05}", is_gapless=True)

    def address(self, company: Company) -> str:
        return f"/companies/{company.pk}/do/change_pattern/"

    def test_is_changed_and_told_in_the_list(self, series: NumberSeries) -> None:
        sent = {"pattern": "R{year}-{number:06}", "item": series.pk}
        client = signed_in()
        assert client.post(self.address(series.company), sent).status_code == 302
        series.refresh_from_db()
        assert series.pattern == "R{year}-{number:06}"
        assert "R{year}-{number:06}" in text_of(client.get(f"/companies/{series.company_id}/"))

    @pytest.mark.parametrize("pattern", ["INV", "{number", "{number:06}{nonsense}", "{number.__class__}"])
    def test_a_pattern_without_a_readable_number_is_refused(self, series: NumberSeries, pattern: str) -> None:
        response = signed_in().post(self.address(series.company), {"pattern": pattern, "item": series.pk})
        assert response.status_code == 422
        series.refresh_from_db()
        assert series.pattern == "INV-{number:05}"

    def test_takes_the_right_and_the_companys_own_series(self, series: NumberSeries) -> None:
        [other] = make_companies(company_values("B"))
        sent = {"pattern": "X{number}", "item": series.pk}
        assert signed_in(VIEW_SETTINGS).post(self.address(series.company), sent).status_code == 403
        assert signed_in().post(self.address(other), sent).status_code in (404, 422)
        series.refresh_from_db()
        assert series.pattern == "INV-{number:05}"
