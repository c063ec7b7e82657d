"""The pages of companies: everything that a declaration of a few lines gives."""

from typing import Any

from backoffice.core.ui.companies import COMPANY_PAGES
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
