"""Setting the same fields of many rows of master data, and taking it back row by row where nobody changed them since."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import UniqueConstraint
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import DomainError, Invalid, Refused
from backoffice.core.locks import lock_by_key
from backoffice.core.masters import Master
from backoffice.core.services.masters import RowChange, change_rows, visible


def shared_fields(master: Master) -> tuple[str, ...]:
    """The fields that several rows can have in common: what may be edited and need not be different in each."""
    single: set[str] = set(master.natural_key)
    single.update(field.name for field in master.model._meta.concrete_fields if field.unique)
    for constraint in master.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            single.update(constraint.fields)
            single.update(name for expression in constraint.expressions for name in _names_in(expression))
    return tuple(name for name in master.editable if name not in single)


def set_fields(*, master: Master, row_ids: Iterable[int], values: Mapping[str, Any], actor: Actor) -> BulkAnswer:
    """Set these fields in every row. A row that cannot be so is refused by itself; kept is `{"before": …, "after": …}`.

    Invalid when one of the fields cannot be the same in several rows.
    """
    actor.require(master.edit)
    strangers = [name for name in values if name not in shared_fields(master)]
    if strangers or not values:
        names = ", ".join(strangers) or "–"
        raise Invalid("field_not_shared", _("These fields are set row by row: %(names)s.") % {"names": names})
    with acting(actor):
        before = _kept(master, row_ids, values, actor)
        outcomes = change_rows(
            master=master, changes=[RowChange(key, values) for key in before], actor=actor, policy="reject_rows"
        )
        changed: dict[int, Any] = {}
        refused: dict[int, DomainError] = {}
        for key, outcome in zip(before, outcomes, strict=True):
            if outcome.error is not None:
                refused[key] = outcome.error
            elif outcome.is_changed:
                after = {name: _plain(getattr(outcome.row, _column(master, name))) for name in values}
                changed[key] = {"before": before[key], "after": after}
    return BulkAnswer(changed, refused)


def restore_fields(*, master: Master, kept: Mapping[int, Any], actor: Actor) -> BulkAnswer:
    """Take `set_fields` back, with what it kept of each row. A row that was changed again since is refused: newer work stays."""
    actor.require(master.edit)
    names = {name for one in kept.values() for name in one["after"]}
    with acting(actor):
        now = _kept(master, kept, names, actor)
        refused: dict[int, DomainError] = {
            key: Refused("changed_since", _("Somebody changed this again afterwards; that was left as it is."))
            for key, values in now.items()
            if values != kept[key]["after"]
        }
        changes = [
            RowChange(key, {name: _value(master, name, kept[key]["before"][name]) for name in names})
            for key in now
            if key not in refused
        ]
        outcomes = change_rows(master=master, changes=changes, actor=actor, policy="reject_rows")
        refused |= {
            change.row_id: outcome.error
            for change, outcome in zip(changes, outcomes, strict=True)
            if outcome.error is not None
        }
    return BulkAnswer({change.row_id: None for change in changes if change.row_id not in refused}, refused)


def _kept(master: Master, keys: Iterable[int], names: Iterable[str], actor: Actor) -> dict[int, dict[str, Any]]:
    """What these fields hold now, of the rows within reach, which stay locked."""
    columns = {name: _column(master, name) for name in names}
    rows = lock_by_key(visible(master, actor), keys)
    return {key: {name: _plain(getattr(row, column)) for name, column in columns.items()} for key, row in rows.items()}


def _column(master: Master, name: str) -> str:
    return str(master.model._meta.get_field(name).attname)  # type: ignore[union-attr]  # editable fields are columns


def _plain(value: Any) -> Any:
    """As JSON keeps it; exact numbers and moments as text."""
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def _value(master: Master, name: str, plain: Any) -> Any:
    field = master.model._meta.get_field(name)
    if plain is None or field.is_relation:
        return plain
    return field.to_python(plain)  # type: ignore[union-attr]  # editable fields are columns


def _names_in(expression: Any) -> set[str]:
    """The fields that an expression of a constraint reads."""
    name = getattr(expression, "name", None)
    found = {name} if isinstance(name, str) else set()
    for part in getattr(expression, "get_source_expressions", list)():
        if part is not None:
            found |= _names_in(part)
    return found
