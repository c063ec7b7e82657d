"""Companies for the tests of the generic pages, and a declaration with a column that not everybody sees."""

from typing import Any

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.models.companies import Company
from backoffice.core.permissions import EVERYTHING
from backoffice.core.services.masters import create_rows

WRITER = Actor("user", None, "Wanda Writer", frozenset({EVERYTHING}), request_id="test")


def company_values(code: str, name: str = "", **more: Any) -> dict[str, Any]:
    """What a company is made of."""
    return {
        "code": code,
        "name": name or f"Company {code}",
        "base_currency": "EUR",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "language": "en",
        **more,
    }


def make_companies(*rows: dict[str, Any]) -> list[Company]:
    """Made by the service, in this order."""
    outcomes = create_rows(master=COMPANIES, rows=rows, actor=WRITER, policy="reject_all")
    return [outcome.row for outcome in outcomes]
