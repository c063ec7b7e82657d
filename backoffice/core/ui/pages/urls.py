"""The addresses of one declaration."""

from typing import TYPE_CHECKING

from django.urls import URLPattern, path

from backoffice.core.ui.pages.acts import ActView
from backoffice.core.ui.pages.bulk import BulkResultView, BulkUndoView, BulkView
from backoffice.core.ui.pages.details import DetailView
from backoffice.core.ui.pages.edits import AddView, EditView
from backoffice.core.ui.pages.exports import ExportView
from backoffice.core.ui.pages.history import HistoryView
from backoffice.core.ui.pages.lists import ListView
from backoffice.core.ui.pages.pickers import PickView
from backoffice.core.ui.pages.views import DeclaredPage
from backoffice.core.ui.views.saved_views import ColumnsView, SavedViewsView

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


def patterns_of(pages: "ModelPages") -> list[URLPattern]:
    """List, detail and all that hangs on them, under the slug."""
    routes: list[tuple[str, str, type[DeclaredPage]]] = [
        ("", "list", ListView),
        ("pick/", "pick", PickView),
        ("views/", "views", SavedViewsView),
        ("columns/", "columns", ColumnsView),
        ("export/", "export", ExportView),
        ("bulk/", "bulk", BulkView),
        ("bulk/<int:run_id>/", "bulk_result", BulkResultView),
        ("bulk/<int:run_id>/undo/", "bulk_undo", BulkUndoView),
        ("<int:key>/", "detail", DetailView),
        ("<int:key>/history/", "history", HistoryView),
        ("<int:key>/do/<slug:code>/", "act", ActView),
    ]
    if pages.can_create:
        routes.append(("add/", "add", AddView))
    if pages.can_change:
        routes.append(("<int:key>/edit/", "edit", EditView))
    return [*pages.extra_urls, *(_route(pages, address, page, cls) for address, page, cls in routes)]


def _route(pages: "ModelPages", address: str, page: str, cls: type[DeclaredPage]) -> URLPattern:
    view: type[DeclaredPage] = type(cls.__name__, (cls,), {"pages": pages, "__module__": cls.__module__})
    return path(f"{pages.slug}/{address}", view.as_view(), name=pages.url_name(page))
