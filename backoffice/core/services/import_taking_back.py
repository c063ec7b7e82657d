"""Taking back what an import did to rows of a master: new rows are deleted, changed ones get their values again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Problem, Words
from backoffice.core.events import publish
from backoffice.core.imports import DoneRow
from backoffice.core.locks import lock_by_key
from backoffice.core.masters import Master
from backoffice.core.models.documents import Document
from backoffice.core.services.masters import RowChange, change_rows, visible


def take_back(master: Master, done: Sequence[DoneRow], actor: Actor) -> Mapping[int, Problem]:
    """Undo these, all that can be undone; by place, why the others stay. Inside one transaction.

    A row that was touched since stays as it is. A new row also stays when anything refers to it. One that somebody deleted
    meanwhile is no problem.
    """
    actor.require(master.edit)
    refused: dict[int, Problem] = {}
    with acting(actor, str(_("Import taken back"))):
        made = {place: row for place, row in enumerate(done) if row.action == "create"}
        changed = {place: row for place, row in enumerate(done) if row.action == "change"}
        refused.update(_delete(master, made, actor))
        refused.update(_restore(master, changed, actor))
    return refused


def stored_json(row: Model, name: str) -> Any:
    """A value of a row as JSON, from which `take_back` makes it again; of a foreign key the key."""
    found = type(row)._meta.get_field(name)
    value = getattr(row, found.attname if isinstance(found, Field) else name)
    return str(value) if isinstance(value, Decimal | date) else value


def _delete(master: Master, made: Mapping[int, DoneRow], actor: Actor) -> dict[int, Problem]:
    if not made:
        return {}
    locked = lock_by_key(visible(master, actor), [row.row_id for row in made.values()])
    refused: dict[int, Problem] = {}
    users = _users(master, list(locked))
    doomed = []
    for place, row in made.items():
        found = locked.get(row.row_id)
        if found is None:
            continue
        if found.version != row.version:
            refused[place] = Problem("touched", _("It was changed after the import."))
        elif found.pk in users:
            message = _("It is in use: %(things)s refer to it.") % {"things": ", ".join(map(str, users[found.pk]))}
            refused[place] = Problem("in_use", message)
        else:
            doomed.append(found)
    for found in doomed:
        found.is_active = False
    if master.changed is not None:
        # Whoever keeps a copy hears that it is no longer in use, and finds no row when it looks.
        publish(*[master.changed(found) for found in doomed])
    master.model._default_manager.filter(pk__in=[found.pk for found in doomed]).delete()
    return refused


def _users(master: Master, keys: Sequence[int]) -> dict[int, list[Words]]:
    """What refers to these rows, by key: one query for each table that can, and one for documents."""
    found: dict[int, list[Words]] = {}
    for key, thing in _references(master, keys):
        things = found.setdefault(key, [])
        if thing not in things:
            things.append(thing)
    return found


def _references(master: Master, keys: Sequence[int]) -> Iterator[tuple[int, Words]]:
    for relation in master.model._meta.related_objects:
        column = relation.field
        # History keeps its rows whatever becomes of what they tell of.
        if not isinstance(column, ForeignKey) or not getattr(column, "db_constraint", True):
            continue
        referring = relation.related_model._base_manager.filter(**{f"{column.name}__in": keys})
        for key in referring.order_by().values_list(column.attname, flat=True).distinct():
            yield key, relation.related_model._meta.verbose_name_plural or relation.name
    documents = Document.objects.filter(subject_kind=master.code, subject_id__in=[str(key) for key in keys])
    for text in documents.values_list("subject_id", flat=True).distinct():
        yield int(text), _("documents")


def _restore(master: Master, changed: Mapping[int, DoneRow], actor: Actor) -> dict[int, Problem]:
    if not changed:
        return {}
    changes = [RowChange(row.row_id, _values(master, row.before or {}), row.version) for row in changed.values()]
    outcomes = change_rows(master=master, changes=changes, actor=actor, policy="reject_rows")
    return {
        place: _as_problem(outcome.error)
        for place, outcome in zip(changed, outcomes, strict=True)
        if outcome.error is not None
    }


def _as_problem(error: DomainError) -> Problem:
    first = error.problems[0] if error.problems else None
    return Problem(error.code, first.message if first is not None else error.message, first.field if first else None)


def _values(master: Master, before: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in before.items():
        column = master.model._meta.get_field(name)
        is_plain = isinstance(column, Field) and not isinstance(column, ForeignKey)
        found[name] = column.to_python(value) if is_plain and isinstance(column, Field) else value
    return found
