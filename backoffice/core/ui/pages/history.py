"""All that happened to one row, on a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.core.selectors.timeline import history_of
from backoffice.core.ui.pages.views import DeclaredPage

MOST = 500


class HistoryView(DeclaredPage):
    """GET shows the newest 500 entries with every field before and after."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, key: int) -> HttpResponse:
        row = self.row(key)
        also = self.pages.history(row) if self.pages.history is not None else ()
        entries = history_of(row, hidden=self.pages.hidden_fields(self.actor), also=also, most=MOST)
        context = self.context(row=row, entries=entries, is_cut=len(entries) == MOST, most=MOST)
        return render(request, "core/pages/history.html", context)
