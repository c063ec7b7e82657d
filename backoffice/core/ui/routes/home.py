"""Addresses of the home page and of the search."""

from django.urls import path

from backoffice.core.ui.views.home import HomeView
from backoffice.core.ui.views.search import SearchView

urlpatterns = [
    path("", HomeView.as_view(), name="core_home"),
    path("search/", SearchView.as_view(), name="core_search"),
]
