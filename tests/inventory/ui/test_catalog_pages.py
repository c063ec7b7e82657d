"""The pages of the catalog, with the tests that every declaration inherits."""

from typing import Any

from inventory.ui.pages.catalog import BRAND_PAGES, CATEGORY_PAGES, PRODUCT_PAGES
from inventory.ui.pages.skus import SKU_PAGES
from tests.factories.inventory import a_company, a_product
from tests.support.page_tests import PageTests


class TestBrandPages(PageTests):
    pages = BRAND_PAGES

    def values(self, number: int) -> dict[str, Any]:
        return {"code": f"B{number:04}", "name": f"Brand {number:04}"}

    def change(self) -> dict[str, Any]:
        return {"name": "Another brand"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"code": "not a code"}, "code"


class TestCategoryPages(PageTests):
    pages = CATEGORY_PAGES

    def values(self, number: int) -> dict[str, Any]:
        return {"code": f"K{number:04}", "name": f"Category {number:04}"}

    def change(self) -> dict[str, Any]:
        return {"name": "Another category"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"parent": "999999"}, "parent"


class TestProductPages(PageTests):
    pages = PRODUCT_PAGES

    def world(self) -> None:
        self.company = a_company()

    def values(self, number: int) -> dict[str, Any]:
        return {
            "company": self.company,
            "code": f"PR-{number:04}",
            "name": f"Product {number:04}",
            "status": "draft",
            "tracking": "none",
            "valuation": "fifo",
        }

    def change(self) -> dict[str, Any]:
        return {"name": "Another product"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"hs_code": "12"}, "hs_code"


class TestSkuPages(PageTests):
    pages = SKU_PAGES

    def world(self) -> None:
        self.product = a_product(skus=())

    def values(self, number: int) -> dict[str, Any]:
        return {
            "product": self.product,
            "code": f"SKU-{number:04}",
            "name": f"size {number}",
            "status": "active",
            "base_unit": "each",
            "storage_class": "normal",
        }

    def change(self) -> dict[str, Any]:
        return {"name": "another size"}

    def wrong(self) -> tuple[dict[str, Any], str]:
        return {"price": "1.999", "currency": "EUR"}, "price"
