"""Rows of the inventory for tests, made by the services. Codes count up, so that any number of them stand side by side."""

from itertools import count
from typing import Any

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.models.companies import Company
from backoffice.core.permissions import EVERYTHING
from backoffice.core.services.masters import create_row
from inventory.drafts import ProductDraft, SkuDraft
from inventory.models import Location, Product, Sku, Warehouse
from inventory.permissions import WAREHOUSE_LIMIT
from inventory.services.catalog import create_product
from inventory.services.places import add_place, create_warehouse
from inventory.states import LocationKind, ProductStatus

SYSTEM = Actor.system("tests")
_numbers = count(1)


def somebody(*rights: str, warehouses: tuple[Warehouse, ...] | None = None) -> Actor:
    """A person with these rights (everything, where none are named), limited to some warehouses where they are named."""
    limits = {} if warehouses is None else {WAREHOUSE_LIMIT: frozenset(house.pk for house in warehouses)}
    return Actor("user", None, "Sam Somebody", frozenset(rights or {EVERYTHING}), limits, request_id="test")


def a_company(**values: Any) -> Company:
    """The one company of a test, made when it is first asked for; another one when values are given."""
    known = Company.objects.order_by("pk").first()
    if known is not None and not values:
        return known
    sent = {"code": f"C{next(_numbers)}", "name": "Test & Co", "base_currency": "EUR", "country": "FR", **values}
    company: Company = create_row(master=COMPANIES, values=sent, actor=SYSTEM)
    return company


def a_warehouse(code: str = "", **values: Any) -> Warehouse:
    """A warehouse with its standard places."""
    number = next(_numbers)
    sent = {
        "name": f"Warehouse {number}",
        "time_zone": "Europe/Paris",
        "company": values.pop("company", None),
        **values,
    }
    return create_warehouse(
        **{**sent, "company": sent["company"] or a_company()}, code=code or f"W{number}", actor=SYSTEM
    )


def a_location(
    warehouse: Warehouse | None = None, *, code: str = "", kind: str = LocationKind.BIN, **values: Any
) -> Location:
    """A place, a bin unless told otherwise."""
    house = warehouse or a_warehouse()
    return add_place(warehouse_id=house.pk, kind=kind, code=code or f"P{next(_numbers)}", actor=SYSTEM, **values)


def a_product(*, skus: tuple[SkuDraft, ...] | None = None, **values: Any) -> Product:
    """An active product with one SKU, or with those given."""
    number = next(_numbers)
    draft = ProductDraft(
        **{
            "company": values.pop("company", None) or a_company(),
            "code": f"PR-{number}",
            "name": f"Product {number}",
            "status": ProductStatus.ACTIVE,
            **values,
        },
        skus=(SkuDraft(code=f"SKU-{number}"),) if skus is None else skus,
    )
    return create_product(draft=draft, actor=SYSTEM)


def a_sku(code: str = "", *, product: dict[str, Any] | None = None, **values: Any) -> Sku:
    """A SKU of a product of its own."""
    draft = SkuDraft(code=code or f"SKU-{next(_numbers)}", **values)
    return a_product(skus=(draft,), **(product or {})).skus.get()
