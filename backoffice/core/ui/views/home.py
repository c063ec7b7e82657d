"""The first page of the day: what there is to do, as counts that open their lists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backoffice.core.ui.console import ConsolePage
from backoffice.core.ui.tiles import tiles_for


class HomeView(ConsolePage):
    """GET shows the tiles of this person's rights."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "core/home.html", {"groups": tiles_for(self.actor)})
