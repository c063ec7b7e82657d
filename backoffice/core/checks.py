"""System checks that speak to an operator. `./bo manage check --database default --deploy` runs all of them."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from backoffice.core.startup import database_facts, unmet_demands

DEMO_KEY = "dev"


@register(Tags.database)
def database_is_safe(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Isolation, durability, zone and version of the database."""
    if not databases or "default" not in databases:
        return []
    try:
        wrong = unmet_demands(database_facts())
    except DatabaseError as error:
        return [Error("The database cannot be reached.", hint=str(error), id="backoffice.E001")]
    if getattr(settings, "UNSAFE_DATABASE_ALLOWED", False):
        return []
    return [Error(sentence, id="backoffice.E002") for sentence in wrong]


@register(Tags.security, deploy=True)
def keys_are_our_own(**_: Any) -> list[CheckMessage]:
    """The embedded installation has a key that everybody knows."""
    found: list[CheckMessage] = []
    if any(identity == DEMO_KEY for identity, _ in settings.SECRET_KEY_RING):
        found.append(
            Error(
                "SECRET_KEY_RING holds the key of the embedded installation.",
                hint='Make one: echo "k1:$(openssl rand -base64 32)" and put it into a secret file.',
                id="backoffice.E003",
            )
        )
    return found


@register(Tags.files)
def files_can_be_written(**_: Any) -> list[CheckMessage]:
    """Labels, invoices and imports need a folder that outlives the process."""
    root = settings.FILES_ROOT
    parent = next(folder for folder in (root, *root.parents) if folder.exists())
    if not os.access(parent, os.W_OK):
        return [
            Error(
                f"The folder for files, {root}, cannot be written.",
                hint="Set BACKOFFICE_FILES_ROOT to a folder that this user may write and that all processes share.",
                id="backoffice.E004",
            )
        ]
    return []


@register(Tags.compatibility)
def mail_leaves_the_house(**_: Any) -> list[CheckMessage]:
    """In a real installation mails on a page are a mistake."""
    if settings.MAIL_DELIVERY == "page" and not getattr(settings, "EMBEDDED", False) and not settings_are_tests():
        return [
            checks.Warning(
                "Mails are only shown on a page and sent to nobody.",
                hint="Set MAIL_DELIVERY=smtp and EMAIL_HOST.",
                id="backoffice.W001",
            )
        ]
    return []


def settings_are_tests() -> bool:
    """Whether these are the settings of the test suite."""
    return bool(getattr(settings, "TESTING", False))
