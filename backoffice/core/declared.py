"""Core's own master data: what is written like any other, by the form, the API and the import."""

from django.urls import reverse

from backoffice.core.addresses import clean_address
from backoffice.core.countries import check_country
from backoffice.core.errors import Invalid, Problem
from backoffice.core.masters import Master, register_master
from backoffice.core.models.companies import Company
from backoffice.core.money import places_of
from backoffice.core.permissions import MANAGE_SETTINGS, VIEW_SETTINGS
from backoffice.core.zones import zone_of


def check_company(row: Company) -> None:
    """Country, currency and zone exist, and the address is one. Invalid names each field that is wrong."""
    problems: list[Problem] = []
    for name, ask in (
        ("country", lambda: check_country(row.country, field="country")),
        ("base_currency", lambda: places_of(row.base_currency)),
        ("time_zone", lambda: zone_of(row.time_zone, field="time_zone")),
        ("address", lambda: row.address and clean_address(row.address, field="address")),
    ):
        try:
            ask()
        except Invalid as refusal:
            problems.append(Problem(refusal.code, refusal.message, name))
    if problems:
        raise Invalid("invalid", problems[0].message, problems=problems)


COMPANIES = register_master(
    Master(
        code="core.company",
        model=Company,
        view=VIEW_SETTINGS,
        edit=MANAGE_SETTINGS,
        editable=(
            "name",
            "legal_name",
            "tax_number",
            "country",
            "time_zone",
            "language",
            "address",
            "email",
            "phone",
        ),
        fixed=("code", "base_currency"),
        natural_key=("code",),
        url=lambda identity: reverse("core_company_detail", args=[identity]),
        clean=check_company,
    )
)
