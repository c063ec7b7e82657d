"""Addresses of the pages for operators."""

from django.urls import path

from backoffice.core.ui.views import language, operations

urlpatterns = [
    path("health", operations.health_page, name="core_health"),
    path("language/", language.choose_language, name="set_language"),
]
