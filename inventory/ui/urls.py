"""The console pages of the inventory."""

from django.urls import path

from inventory.ui.pages.catalog import BRAND_PAGES, CATEGORY_PAGES, PRODUCT_PAGES
from inventory.ui.pages.places import LOCATION_PAGES, WAREHOUSE_PAGES
from inventory.ui.pages.skus import SKU_PAGES
from inventory.ui.pages.stock import ADJUSTMENT_PAGES, LEVEL_PAGES, MOVE_PAGES, RESERVATION_PAGES
from inventory.ui.views.bins import MakeBinsView
from inventory.ui.views.categories import CategoryTreeView

urlpatterns = [
    path("categories/tree/", CategoryTreeView.as_view(), name="inventory_category_tree"),
    path("warehouses/<int:key>/make-bins/", MakeBinsView.as_view(), name="inventory_warehouse_make_bins"),
    *PRODUCT_PAGES.urlpatterns(),
    *SKU_PAGES.urlpatterns(),
    *BRAND_PAGES.urlpatterns(),
    *CATEGORY_PAGES.urlpatterns(),
    *WAREHOUSE_PAGES.urlpatterns(),
    *LOCATION_PAGES.urlpatterns(),
    *LEVEL_PAGES.urlpatterns(),
    *MOVE_PAGES.urlpatterns(),
    *RESERVATION_PAGES.urlpatterns(),
    *ADJUSTMENT_PAGES.urlpatterns(),
]
