"""Addresses of the pages for operators."""

from django.urls import path

from backoffice.core.ui.views import operations

urlpatterns = [path("health", operations.health_page, name="core_health")]
