"""The only place of core that locks rows. Keys in order, the row itself and nothing joined to it, no key lock."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Missing

Locked = TypeVar("Locked", bound=Model)


def lock_in_order(rows: QuerySet[Locked]) -> list[Locked]:
    """These rows, locked until the transaction ends, by ascending primary key so that no two can wait for each other."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def lock_one(rows: QuerySet[Locked], identity: int) -> Locked:
    """One row by key, locked. Missing when there is none in `rows`."""
    for row in lock_in_order(rows.filter(pk=identity)):
        return row
    raise Missing(
        "not_found",
        _("There is no %(thing)s %(id)s here.") % {"thing": rows.model._meta.verbose_name, "id": identity},
    )


def lock_by_key(rows: QuerySet[Locked], identities: Iterable[int]) -> dict[int, Locked]:
    """Rows by key, locked in order; those that are not there are left out."""
    return {row.pk: row for row in lock_in_order(rows.filter(pk__in=set(identities)))}


def lock_name(name: str) -> None:
    """Make everybody who names the same thing wait until this transaction ends; for things that are no row (yet)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
