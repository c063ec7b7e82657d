"""Writing master data: one way in for the form, the API and the import."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Missing, NotPermitted, Problem
from backoffice.core.events import publish
from backoffice.core.locks import lock_in_order, lock_one
from backoffice.core.masters import Master, limited_relations


def visible(master: Master, actor: Actor) -> QuerySet[Any]:
    """The rows of a master that this actor may see; NotPermitted when it may see none of the kind."""
    actor.require(master.view)
    rows = master.model._default_manager.select_related(*master.select)
    if master.limit is not None:
        kind, lookup = master.limit
        limit = actor.limit(kind)
        if limit is not None:
            rows = rows.filter(**{f"{lookup}__in": sorted(limit)})
    return rows


def create_row(*, master: Master, values: Mapping[str, Any], actor: Actor, reason: str = "") -> Any:
    """A new row. Invalid names each field that is wrong; NotPermitted and Missing as everywhere."""
    actor.require(master.edit)
    with acting(actor, reason):
        row = master.model()
        _assign(master, row, values, master.writable)
        _check(master, row, actor)
        _save(row)
        if master.created is not None:
            publish(master.created(row))
    return row


def change_row(
    *, master: Master, row_id: int, values: Mapping[str, Any], version: int | None, actor: Actor, reason: str = ""
) -> Any:
    """Change fields of a row. `version` is the one that the editor saw: Conflict, with what is there now, when it is old."""
    actor.require(master.edit)
    with acting(actor, reason):
        row = lock_one(visible(master, actor), row_id)
        if version is not None and row.version != version:
            raise Conflict(
                "edited_meanwhile",
                _(
                    "Somebody changed this %(thing)s while you were editing: you saw version %(seen)s, it is %(now)s now."
                )
                % {"thing": master.model._meta.verbose_name, "seen": version, "now": row.version},
                hint=_("Look at both versions and save again."),
                current={name: _shown(row, name) for name in master.editable},
                version=row.version,
            )
        if _assign(master, row, values, master.editable):
            _check(master, row, actor)
            _save(row)
            if master.changed is not None:
                publish(master.changed(row))
    return row


def set_active(*, master: Master, row_ids: Iterable[int], is_active: bool, actor: Actor, reason: str = "") -> list[int]:
    """Switch rows on or off, all together. Returns the ids that changed; ids out of reach are left out of the answer."""
    actor.require(master.edit)
    with acting(actor, reason):
        rows = lock_in_order(visible(master, actor).filter(pk__in=set(row_ids)).exclude(is_active=is_active))
        for row in rows:
            row.is_active, row.version, row.updated_at = is_active, row.version + 1, clock.now()
        master.model._default_manager.bulk_update(rows, ["is_active", "version", "updated_at"])
        if master.changed is not None:
            publish(*[master.changed(row) for row in rows])
    return [row.pk for row in rows]


def _assign(master: Master, row: Model, values: Mapping[str, Any], allowed: Sequence[str]) -> bool:
    """Set the fields; True when one of them is now different. A field that is not to be written is an error, not ignored."""
    strangers = [name for name in values if name not in allowed]
    if strangers:
        raise Invalid(
            "field_not_writable",
            _("These fields cannot be written: %(names)s.") % {"names": ", ".join(strangers)},
            problems=[Problem("field_not_writable", _("This field cannot be written."), name) for name in strangers],
        )
    changed = False
    for name, value in values.items():
        if row._state.adding or getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _check(master: Master, row: Model, actor: Actor) -> None:
    """Everything one row can be asked about before it is written; all that is wrong in one answer."""
    for name, target in limited_relations(master):
        value = getattr(row, name, None)
        if value is not None and not visible(target, actor).filter(pk=value.pk).exists():
            raise Missing("not_found", _("There is no such %(thing)s.") % {"thing": target.model._meta.verbose_name})
    if master.limit is not None and not row._state.adding:
        kind, lookup = master.limit
        if "__" not in lookup and lookup != "pk" and not actor.reaches(kind, getattr(row, lookup)):
            raise NotPermitted("out_of_reach", _("This would move the row out of your reach."))
    try:
        row.full_clean()
    except ValidationError as error:
        raise invalid_from(error) from error
    if master.clean is not None:
        master.clean(row)


def invalid_from(error: ValidationError) -> Invalid:
    """Django's validation error in our words: one problem for each message, with its field."""
    problems = [
        Problem(str(item.code or "invalid"), " ".join(item.messages), None if name == "__all__" else name)
        for name, items in getattr(error, "error_dict", {"__all__": error.error_list}).items()
        for item in items
    ]
    unique = {"unique", "unique_together"}
    if problems and all(problem.code in unique for problem in problems):
        return Invalid("already_exists", problems[0].message, problems=problems)
    return Invalid("invalid", _("Some fields need attention."), problems=problems)


def _save(row: Model) -> None:
    """Save; what a neighbour's transaction made untrue since the check is said as a conflict, not as a crash."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise Conflict(
            "constraint",
            _("This %(thing)s cannot be saved so: %(rule)s.")
            % {"thing": row._meta.verbose_name, "rule": constraint.replace("_", " ")},
            constraint=constraint,
        ) from error


def _shown(row: Model, name: str) -> Any:
    value = getattr(row, name)
    return value.pk if isinstance(value, Model) else value
