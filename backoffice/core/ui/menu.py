"""Core's part of the menu. Importing the pages of work makes their jobs known to every worker."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import VIEW_SETTINGS
from backoffice.core.ui.navigation import Entry, add_area
from backoffice.core.ui.pages import work

__all__ = ["work"]

add_area(
    "settings",
    title=_("Settings"),
    icon="cog-6-tooth",
    order=900,
    entries=[Entry(_("Companies"), "core_company_list", VIEW_SETTINGS)],
)
