"""Readable permissions. Every app lists its own in `permissions.py`; roles and API keys are made of their codes.

A code is `app.verb_thing`. A sentence says what whoever has it may do, because that is what the page shows.

Beside `PERMISSIONS` an app may declare `ROLES`, which of its rights the built-in roles get:
`ROLES = {"picker": (VIEW_CATALOG, VIEW_PLACES)}`. The roles themselves are listed in `backoffice.core.roles`; the
administrator has every right without being named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Words

EVERYTHING = "*"
ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Permission:
    """One right: its code, and a sentence that begins with a verb."""

    code: str
    sentence: Words

    @property
    def area(self) -> str:
        return self.code.partition(".")[0]


VIEW_PEOPLE = "core.view_people"
MANAGE_PEOPLE = "core.manage_people"
MANAGE_KEYS = "core.manage_api_keys"
VIEW_AUDIT = "core.view_audit"
VIEW_OUTBOX = "core.view_outbox"
MEND_OUTBOX = "core.mend_outbox"
VIEW_JOBS = "core.view_jobs"
MANAGE_JOBS = "core.manage_jobs"
VIEW_MESSAGES = "core.view_messages"
MANAGE_MESSAGES = "core.manage_messages"
MANAGE_SETTINGS = "core.manage_settings"
VIEW_SETTINGS = "core.view_settings"
VIEW_DOCUMENTS = "core.view_documents"
SHARE_VIEWS = "core.share_views"
VIEW_OPERATIONS = "core.view_operations"

PERMISSIONS = (
    Permission(VIEW_PEOPLE, _("See the people, their roles and what each of them may do")),
    Permission(MANAGE_PEOPLE, _("Add people, give and take roles, limit them to warehouses and channels")),
    Permission(MANAGE_KEYS, _("Make and revoke API keys")),
    Permission(VIEW_AUDIT, _("See who changed what, when and why")),
    Permission(VIEW_OUTBOX, _("See the events and their deliveries")),
    Permission(MEND_OUTBOX, _("Retry or skip a delivery that failed")),
    Permission(VIEW_JOBS, _("See everybody's jobs")),
    Permission(MANAGE_JOBS, _("Cancel and retry everybody's jobs")),
    Permission(VIEW_MESSAGES, _("Read the mails that were sent")),
    Permission(MANAGE_MESSAGES, _("Edit mail templates and send a message again")),
    Permission(VIEW_SETTINGS, _("See the settings of the company")),
    Permission(MANAGE_SETTINGS, _("Change the settings of the company and its number series")),
    Permission(VIEW_DOCUMENTS, _("Open documents and the log of who opened them")),
    Permission(SHARE_VIEWS, _("Share saved views with everybody")),
    Permission(VIEW_OPERATIONS, _("See the health of the installation")),
)

ROLES: Mapping[str, tuple[str, ...]] = {
    "warehouse_lead": (VIEW_JOBS, VIEW_DOCUMENTS, SHARE_VIEWS),
    "packer": (VIEW_DOCUMENTS,),
    "buyer": (VIEW_DOCUMENTS, SHARE_VIEWS),
    "support": (VIEW_DOCUMENTS, VIEW_MESSAGES, SHARE_VIEWS),
    "accountant": (VIEW_DOCUMENTS, VIEW_AUDIT, VIEW_SETTINGS, VIEW_MESSAGES, SHARE_VIEWS),
    "manager": (
        VIEW_PEOPLE,
        VIEW_AUDIT,
        VIEW_OUTBOX,
        VIEW_JOBS,
        MANAGE_JOBS,
        VIEW_MESSAGES,
        MANAGE_MESSAGES,
        VIEW_SETTINGS,
        VIEW_DOCUMENTS,
        SHARE_VIEWS,
        VIEW_OPERATIONS,
    ),
    "integrator": (VIEW_AUDIT, VIEW_OUTBOX, MEND_OUTBOX, VIEW_JOBS, MANAGE_JOBS, VIEW_MESSAGES, VIEW_OPERATIONS),
}


def _declarations() -> Iterator[ModuleType]:
    """The `permissions.py` of every app of ours, in the order of the apps."""
    for config in apps.get_app_configs():
        name = f"{config.name}.permissions"
        if config.module is not None and config.name.split(".")[0] in _OURS and find_spec(name) is not None:
            yield import_module(name)


def all_permissions() -> Iterator[Permission]:
    """Every right that any installed app knows, in the order of the apps."""
    for module in _declarations():
        yield from module.PERMISSIONS


def declared_rights(role: str) -> frozenset[str]:
    """The rights that the apps give to one built-in role, by its code."""
    if role == ADMINISTRATOR:
        return known_codes()
    return frozenset(code for module in _declarations() for code in getattr(module, "ROLES", {}).get(role, ()))


def declared_roles() -> frozenset[str]:
    """The codes of the roles that any app gives rights to."""
    return frozenset(role for module in _declarations() for role in getattr(module, "ROLES", {}))


_OURS = frozenset({"backoffice", "inventory", "warehouse", "orders", "returns", "reporting", "integrations"})


def known_codes() -> frozenset[str]:
    """The codes of all of them."""
    return frozenset(permission.code for permission in all_permissions())
