"""Addresses of imports."""

from django.urls import path

from backoffice.core.ui.import_pages import IMPORT_PAGES
from backoffice.core.ui.views import import_corrections, imports

urlpatterns = [
    path("imports/new/", imports.NewImportView.as_view(), name="core_import_new"),
    path("imports/template/<str:kind>/", imports.TemplateView.as_view(), name="core_import_template"),
    path("imports/<int:key>/columns/", imports.ColumnsView.as_view(), name="core_import_columns"),
    path("imports/<int:key>/progress/", imports.ProgressView.as_view(), name="core_import_progress"),
    path("imports/<int:key>/bad-rows/", imports.BadRowsView.as_view(), name="core_import_bad_rows"),
    path("imports/<int:key>/held/", import_corrections.HeldRowsView.as_view(), name="core_import_held"),
    path("imports/<int:key>/held/<int:row_id>/", import_corrections.HeldRowView.as_view(), name="core_import_held_row"),
    *IMPORT_PAGES.urlpatterns(),
]
