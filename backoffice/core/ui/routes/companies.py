"""Addresses of the companies."""

from backoffice.core.ui.companies import COMPANY_PAGES

urlpatterns = COMPANY_PAGES.urlpatterns()
