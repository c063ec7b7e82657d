"""Companies through their API."""

from typing import Any

from backoffice.core.declared import COMPANIES
from tests.support.api_tests import MasterApiTests


class TestCompanies(MasterApiTests):
    path, master = "/api/v1/companies", COMPANIES
    is_open = True
    most_rows = 60

    def valid(self, number: int) -> dict[str, Any]:
        return {"code": f"C{number}", "name": f"Company {number}", "base_currency": "EUR", "country": "FR"}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(99), "country": "XX"}, "/country"

    def change(self) -> dict[str, Any]:
        return {"legal_name": "Company & Sons", "time_zone": "Europe/Paris"}
