"""Core's part of the menu. Importing the pages of work makes their jobs known to every worker."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import VIEW_MESSAGES, VIEW_OUTBOX, VIEW_SETTINGS
from backoffice.core.selectors.outbox import quarantined
from backoffice.core.ui.navigation import Entry, add_area
from backoffice.core.ui.pages import work

__all__ = ["work"]

add_area(
    "work",
    title=_("Work"),
    icon="queue-list",
    order=800,
    entries=[
        Entry(_("Jobs"), "core_job_list", key="j"),
        Entry(_("Deliveries"), "core_delivery_list", VIEW_OUTBOX, count=quarantined),
        Entry(_("Messages"), "core_message_list", VIEW_MESSAGES),
    ],
)
add_area(
    "settings",
    title=_("Settings"),
    icon="cog-6-tooth",
    order=900,
    entries=[Entry(_("Companies"), "core_company_list", VIEW_SETTINGS)],
)
