"""The ground floor as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "backoffice.core"
    label = "core"
    verbose_name = _("Core")

    def ready(self) -> None:
        """Find what the apps declare: events, handlers, master data, jobs, menus, checks."""
        from backoffice.core import events
        from backoffice.core.ui import navigation

        events.load()
        autodiscover_modules("masters", "jobs", "imports", "checks", "kinds", "proofs")
        navigation.load()
