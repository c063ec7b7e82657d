"""The catalog through its API: what every master does, and what only these do."""

from typing import Any

from backoffice.core.models.companies import Company
from inventory.masters import BRANDS, CATEGORIES, PACKS, PRODUCTS, SKUS
from inventory.models import Product, Sku
from tests.support.api_tests import MasterApiTests


def a_company() -> Company:
    return Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")


class TestBrands(MasterApiTests):
    path, master = "/api/v1/brands", BRANDS

    def valid(self, number: int) -> dict[str, Any]:
        return {"code": f"B-{number}", "name": f"Brand {number}"}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {"code": "not a code", "name": "Brand"}, "/code"

    def change(self) -> dict[str, Any]:
        return {"name": "Another name"}


class TestCategories(MasterApiTests):
    path, master = "/api/v1/categories", CATEGORIES

    def valid(self, number: int) -> dict[str, Any]:
        return {"code": f"C-{number}", "name": f"Category {number}"}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {"code": "C-9", "name": "x", "parent": 999999}, "/parent"

    def change(self) -> dict[str, Any]:
        return {"name": "Another name"}


class TestProducts(MasterApiTests):
    path, master = "/api/v1/products", PRODUCTS

    def world(self) -> None:
        self.company = a_company()

    def valid(self, number: int) -> dict[str, Any]:
        return {
            "company": self.company.pk,
            "code": f"P-{number}",
            "name": f"Product {number}",
            "attributes": {"colour": "red"},
        }

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(9), "has_expiry": True}, "/tracking"

    def change(self) -> dict[str, Any]:
        return {"name": "Another name", "status": "active"}


class TestSkus(MasterApiTests):
    path, master = "/api/v1/skus", SKUS

    def world(self) -> None:
        self.product = Product.objects.create(company=a_company(), code="P", name="Product")

    def valid(self, number: int) -> dict[str, Any]:
        price = {"amount": f"{number}.50", "currency": "EUR"}
        return {"product": self.product.pk, "code": f"S-{number}", "name": "", "price": price, "weight_g": number}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(9), "price": {"amount": "1.005", "currency": "EUR"}}, "/price"

    def change(self) -> dict[str, Any]:
        return {"price": {"amount": "1", "currency": "JPY"}, "reorder_point": 5}


class TestPacks(MasterApiTests):
    path, master = "/api/v1/packs", PACKS

    def world(self) -> None:
        product = Product.objects.create(company=a_company(), code="P", name="Product")
        self.sku = Sku.objects.create(product=product, code="S")

    def valid(self, number: int) -> dict[str, Any]:
        return {"sku": self.sku.pk, "code": f"K-{number}", "name": f"Carton {number}", "units": number + 1}

    def invalid(self) -> tuple[dict[str, Any], str]:
        return {**self.valid(9), "units": 1}, "/units"

    def change(self) -> dict[str, Any]:
        return {"name": "Another name", "weight_g": 1200}
