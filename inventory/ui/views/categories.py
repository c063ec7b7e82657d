"""The categories as a tree."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backoffice.core.ui.console import ConsolePage
from inventory.permissions import VIEW_CATALOG
from inventory.selectors.catalog import category_tree


class CategoryTreeView(ConsolePage):
    """GET shows every category under the one it lies in, with the products in it."""

    http_method_names = ["get", "head"]
    right = VIEW_CATALOG

    def get(self, request: HttpRequest) -> HttpResponse:
        products = reverse("inventory_product_list")
        shelves = [
            {
                "shelf": shelf,
                "url": reverse("inventory_category_detail", args=[shelf.id]),
                "products_url": f"{products}?category={shelf.id}",
            }
            for shelf in category_tree(self.actor)
        ]
        return render(request, "inventory/category_tree.html", {"shelves": shelves})
