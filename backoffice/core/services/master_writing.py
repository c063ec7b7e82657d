"""Writing many rows of one table in one statement; when the database refuses it, finding the row that it was about."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Conflict, Words
from backoffice.core.services.master_rules import as_stored

Writer = Callable[[Sequence[Any]], None]


def insert_rows(rows: Sequence[Any]) -> None:
    """Add them, with their keys filled in. What a row derives from its fields it has derived in `clean` by now."""
    if rows:
        type(rows[0])._default_manager.bulk_create(rows)


def update_rows(rows: Sequence[Any], columns: Sequence[str]) -> None:
    """Write these columns of all of them, by one UPDATE from one set."""
    if not rows or not columns:
        return
    model: type[Model] = type(rows[0])
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    sets = ", ".join(f"{quote(column)} = sent.{quote(column)}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sets} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS sent "
            f"WHERE {table}.{key} = sent.{key}",
            [as_stored(rows)],
        )


def write_each(rows: Sequence[Any], write: Writer) -> dict[int, Conflict]:
    """Write all in one go; the place and the refusal of those that the database will not take.

    Only rules that two rows keep together (triggers) and writers at the same moment are found out here. The halves are then
    tried by themselves, so one bad row of a thousand costs some twenty statements.
    """
    if not rows:
        return {}
    try:
        with transaction.atomic():
            write(rows)
    except IntegrityError as error:
        if len(rows) == 1:
            return {0: conflict_from(type(rows[0]), error)}
        half = len(rows) // 2
        refused = write_each(rows[:half], write)
        for place, conflict in write_each(rows[half:], write).items():
            refused[half + place] = conflict
        return refused
    return {}


def conflict_from(model: type[Model], error: IntegrityError) -> Conflict:
    """The rule that a row breaks, in the words of the constraint or of the trigger that holds it up."""
    told = getattr(error.__cause__, "diag", None)
    name = str(getattr(told, "constraint_name", "") or "")
    known = {item.name: item for item in model._meta.constraints}
    rule: Words = name.replace("_", " ")
    if name in known and known[name].violation_error_message != known[name].default_violation_error_message:
        rule = str(known[name].get_violation_error_message()).rstrip(".")
    elif name and name not in known and getattr(error.__cause__, "pgcode", "") == "23514":
        rule = str(getattr(told, "message_primary", "") or rule)
    message = _("This %(thing)s cannot be saved so: %(rule)s.")
    return Conflict("constraint", message % {"thing": model._meta.verbose_name, "rule": rule}, constraint=name)
