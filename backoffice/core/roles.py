"""The roles that every installation begins with. Their rights are declared by the apps (see permissions.py)."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop

from backoffice.core.permissions import ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class BuiltinRole:
    """One role: its code, what it is called, what it is for, and whether a password alone is enough for it.

    Name and description are English words marked for translation: they are stored once and shown in each reader's language.
    """

    code: str
    name: str
    description: str
    needs_second_factor: bool = False


BUILTIN_ROLES: Final = (
    BuiltinRole("picker", gettext_noop("Picker"), gettext_noop("Collects goods from the shelves.")),
    BuiltinRole(
        "packer", gettext_noop("Packer"), gettext_noop("Packs parcels, prints labels, hands over to carriers.")
    ),
    BuiltinRole(
        "warehouse_lead",
        gettext_noop("Warehouse lead"),
        gettext_noop("Plans the work of a warehouse, receives goods, counts stock."),
    ),
    BuiltinRole("buyer", gettext_noop("Buyer"), gettext_noop("Keeps the catalog, orders from suppliers.")),
    BuiltinRole("support", gettext_noop("Support"), gettext_noop("Helps customers with their orders and returns.")),
    BuiltinRole(
        "accountant",
        gettext_noop("Accountant"),
        gettext_noop("Looks after invoices, payments and the books."),
        needs_second_factor=True,
    ),
    BuiltinRole("manager", gettext_noop("Manager"), gettext_noop("Sees everything and decides on exceptions.")),
    BuiltinRole(
        ADMINISTRATOR,
        gettext_noop("Administrator"),
        gettext_noop("Runs the installation: people, keys, settings."),
        needs_second_factor=True,
    ),
    BuiltinRole(
        "integrator", gettext_noop("Integrator"), gettext_noop("Connects channels, carriers and other programs.")
    ),
)
