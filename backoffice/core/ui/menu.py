"""Core's part of the menu. Importing the pages of work makes their jobs known to every worker."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.permissions import MANAGE_KEYS, VIEW_AUDIT, VIEW_MESSAGES, VIEW_OUTBOX, VIEW_PEOPLE, VIEW_SETTINGS
from backoffice.core.selectors.outbox import quarantined
from backoffice.core.services import imports
from backoffice.core.ui import work_tiles
from backoffice.core.ui.navigation import Entry, add_area
from backoffice.core.ui.pages import work

__all__ = ["imports", "work", "work_tiles"]

add_area(
    "work",
    title=_("Work"),
    icon="queue-list",
    order=800,
    entries=[
        Entry(_("Jobs"), "core_job_list", key="j"),
        Entry(_("Imports"), "core_import_list"),
        Entry(_("Deliveries"), "core_delivery_list", VIEW_OUTBOX, count=quarantined),
        Entry(_("Messages"), "core_message_list", VIEW_MESSAGES),
    ],
)
add_area(
    "settings",
    title=_("Settings"),
    icon="cog-6-tooth",
    order=900,
    entries=[
        Entry(_("Companies"), "core_company_list", VIEW_SETTINGS),
        Entry(_("Mail templates"), "core_template_list", VIEW_MESSAGES),
        Entry(_("People"), "core_user_list", VIEW_PEOPLE),
        Entry(_("Roles"), "core_role_list", VIEW_PEOPLE),
        Entry(_("Who may do what"), "core_who_may", VIEW_PEOPLE),
        Entry(_("API keys"), "core_api_key_list", MANAGE_KEYS),
        Entry(_("Security log"), "core_security_event_list", VIEW_AUDIT),
        Entry(_("API description"), "api_docs"),
    ],
)
