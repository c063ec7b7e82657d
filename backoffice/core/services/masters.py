"""Writing master data: one way in for the form, the API and the import. The single forms are batches of one.

A batch asks and writes as sets: for a thousand rows a few statements for each rule of the table, none for each row. What
`Master.clean` asks for each row it asks for itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, DomainError, Invalid, Missing, NotPermitted, Problem
from backoffice.core.events import publish
from backoffice.core.locks import lock_by_key, lock_in_order
from backoffice.core.masters import Master, master_of
from backoffice.core.services.master_rules import broken_rules, field_problems, problems_of, stored_fields
from backoffice.core.services.master_writing import insert_rows, update_rows, write_each

Policy: TypeAlias = Literal["reject_all", "reject_rows"]
Related: TypeAlias = Mapping[str, Mapping[int, Model]]


@dataclass(slots=True)
class RowOutcome:
    """What became of one row of a batch: the row as it is now, or why it was refused."""

    row: Any = None
    error: DomainError | None = None
    is_changed: bool = True


@dataclass(frozen=True, slots=True)
class RowChange:
    """New values for one row. `version` is the one that the editor saw; None changes it whatever it is."""

    row_id: int
    values: Mapping[str, Any]
    version: int | None = None


class RowsRefused(Invalid):
    """A batch of which nothing was done, because some of its rows would not do. Problems name them: `3.code`."""

    def __init__(self, outcomes: Sequence[RowOutcome]) -> None:
        self.outcomes = outcomes
        bad = [(place, outcome.error) for place, outcome in enumerate(outcomes) if outcome.error is not None]
        problems = [
            Problem(item.code, item.message, f"{place}.{item.field}" if item.field else str(place))
            for place, error in bad
            for item in (error.problems or [Problem(error.code, error.message)])
        ]
        super().__init__(
            "rows_refused",
            _("%(bad)s of %(all)s rows would not do, so none was written.") % {"bad": len(bad), "all": len(outcomes)},
            problems=problems,
            refused=len(bad),
            rows=len(outcomes),
        )


def visible(master: Master, actor: Actor) -> QuerySet[Any]:
    """The rows of a master that this actor may see; NotPermitted when it may see none of the kind."""
    if master.view:
        actor.require(master.view)
    return in_reach(master, actor)


def in_reach(master: Master, actor: Actor) -> QuerySet[Any]:
    """The rows within the actor's limits, whether or not it may look at their kind: what its own rows may point at."""
    rows = master.model._default_manager.select_related(*master.select)
    if master.narrow is not None:
        rows = master.narrow(rows, actor)
    if master.limit is not None:
        kind, lookup = master.limit
        limit = actor.limit(kind)
        if limit is not None:
            rows = rows.filter(**{f"{lookup}__in": sorted(limit)})
    return rows


def create_row(*, master: Master, values: Mapping[str, Any], actor: Actor, reason: str = "") -> Any:
    """A new row. Invalid names each field that is wrong; NotPermitted as everywhere."""
    return _only(create_rows(master=master, rows=[values], actor=actor, policy="reject_rows", reason=reason)).row


def create_rows(
    *,
    master: Master,
    rows: Sequence[Mapping[str, Any]],
    actor: Actor,
    policy: Policy = "reject_all",
    reason: str = "",
) -> list[RowOutcome]:
    """New rows, in the order given. A related row may be given itself or by its key.

    With `reject_all` RowsRefused when one will not do, and nothing is written; with `reject_rows` the others are written.
    """
    actor.require(master.edit)
    with acting(actor, reason):
        outcomes = [RowOutcome(master.model()) for _values in rows]
        related = _related(master, rows, actor)
        for outcome, values in zip(outcomes, rows, strict=True):
            outcome.error = _assign(master, outcome.row, values, master.writable, related)
        _settle(master, outcomes, actor, policy)
        _write(outcomes, insert_rows, policy)
        fresh = [outcome.row for outcome in outcomes if outcome.error is None]
        if master.after_create is not None:
            for row in fresh:
                master.after_create(row)
        if master.created is not None:
            publish(*[master.created(row) for row in fresh])
    return outcomes


def change_row(
    *, master: Master, row_id: int, values: Mapping[str, Any], version: int | None, actor: Actor, reason: str = ""
) -> Any:
    """Change fields of a row. `version` is the one that the editor saw: Conflict, with what is there now, when it is old."""
    change = RowChange(row_id, values, version)
    return _only(change_rows(master=master, changes=[change], actor=actor, policy="reject_rows", reason=reason)).row


def change_rows(
    *, master: Master, changes: Sequence[RowChange], actor: Actor, policy: Policy = "reject_all", reason: str = ""
) -> list[RowOutcome]:
    """Change fields of rows, in the order given; each is refused as by change_row. Policies as in create_rows."""
    actor.require(master.edit)
    with acting(actor, reason):
        locked = lock_by_key(visible(master, actor), [change.row_id for change in changes])
        related = _related(master, [change.values for change in changes], actor)
        outcomes: list[RowOutcome] = []
        before: dict[int, dict[str, Any]] = {}
        for change in changes:
            row = locked.get(change.row_id)
            error = _may_change(master, row, change, is_second=change.row_id in before)
            if error is None and row is not None:
                before[row.pk] = _stored_values(row)
                error = _assign(master, row, change.values, master.editable, related)
            is_changed = error is None and row is not None and before[row.pk] != _stored_values(row)
            outcomes.append(RowOutcome(row, error, is_changed))
        _settle(master, outcomes, actor, policy)
        changed = [outcome for outcome in outcomes if outcome.is_changed and outcome.error is None]
        for outcome in changed:
            outcome.row.version += 1
            outcome.row.updated_at = clock.now()
        columns = _changed_columns(master.model, [outcome.row for outcome in changed], before)
        _write(outcomes, lambda rows: update_rows(rows, columns), policy)
        if master.changed is not None:
            publish(*[master.changed(outcome.row) for outcome in changed if outcome.error is None])
    return outcomes


def set_active(*, master: Master, row_ids: Iterable[int], is_active: bool, actor: Actor, reason: str = "") -> list[int]:
    """Switch rows on or off, all together. Returns the ids that changed; ids out of reach are left out of the answer."""
    actor.require(master.edit)
    with acting(actor, reason):
        rows = lock_in_order(visible(master, actor).filter(pk__in=set(row_ids)).exclude(is_active=is_active))
        for row in rows:
            row.is_active, row.version, row.updated_at = is_active, row.version + 1, clock.now()
        outcomes = [RowOutcome(row) for row in rows]
        for place, problems in broken_rules(rows).items():
            outcomes[place].error = _invalid(problems)
        write_columns = ("is_active", "version", "updated_at")
        _refuse(outcomes, "reject_all")
        _write(outcomes, lambda some: update_rows(some, write_columns), "reject_all")
        if master.changed is not None:
            publish(*[master.changed(row) for row in rows])
    return [row.pk for row in rows]


def invalid_from(error: ValidationError) -> Invalid:
    """Django's validation error in our words: one problem for each message, with its field."""
    return _invalid(problems_of(error))


# --- one row --------------------------------------------------------------------------------------------------------


def _only(outcomes: list[RowOutcome]) -> RowOutcome:
    [outcome] = outcomes
    if outcome.error is not None:
        raise outcome.error
    return outcome


def _may_change(master: Master, row: Any, change: RowChange, *, is_second: bool) -> DomainError | None:
    """Why this row may not be changed so: it is not there, comes twice, or was changed by somebody else."""
    thing = master.model._meta.verbose_name
    if row is None:
        return Missing("not_found", _("There is no %(thing)s %(id)s here.") % {"thing": thing, "id": change.row_id})
    if is_second:
        return Invalid("repeated_row", _("This row occurs twice in the request."), id=change.row_id)
    if change.version is not None and row.version != change.version:
        return Conflict(
            "edited_meanwhile",
            _("Somebody changed this %(thing)s while you were editing: you saw version %(seen)s, it is %(now)s now.")
            % {"thing": thing, "seen": change.version, "now": row.version},
            hint=_("Look at both versions and save again."),
            current={name: _shown(row, name) for name in master.editable},
            version=row.version,
        )
    return None


def _assign(
    master: Master, row: Model, values: Mapping[str, Any], allowed: Sequence[str], related: Related
) -> DomainError | None:
    """Set the fields. A field that is not to be written, or a related row that is not there, is an error, not ignored."""
    strangers = [name for name in values if name not in allowed]
    if strangers:
        return Invalid(
            "field_not_writable",
            _("These fields cannot be written: %(names)s.") % {"names": ", ".join(strangers)},
            problems=[Problem("field_not_writable", _("This field cannot be written."), name) for name in strangers],
        )
    problems: list[Problem] = []
    for name, value in values.items():
        if name in related and value is not None:
            key = value.pk if isinstance(value, Model) else value
            value = related[name].get(key)
            if value is None:
                target = master.model._meta.get_field(name).related_model
                thing = target._meta.verbose_name if isinstance(target, type) else name
                problems.append(Problem("not_found", _("There is no such %(thing)s.") % {"thing": thing}, name))
                continue
        setattr(row, name, value)
    return _invalid(problems) if problems else None


def _shown(row: Model, name: str) -> Any:
    value = getattr(row, name)
    return value.pk if isinstance(value, Model) else value


def _stored_values(row: Model) -> dict[str, Any]:
    return {str(field.column): getattr(row, field.attname) for field in stored_fields(type(row))}


def _invalid(problems: Sequence[Problem]) -> Invalid:
    if problems and all(problem.code in ("unique", "unique_together") for problem in problems):
        return Invalid("already_exists", problems[0].message, problems=problems)
    return Invalid("invalid", _("Some fields need attention."), problems=problems)


# --- the batch ------------------------------------------------------------------------------------------------------


def _related(master: Master, many: Sequence[Mapping[str, Any]], actor: Actor) -> Related:
    """The rows that foreign keys are to lead to, within this actor's reach: one query for each key that is set."""
    found: dict[str, Mapping[int, Model]] = {}
    for name in master.writable:
        field = master.model._meta.get_field(name)
        given = [values[name] for values in many if values.get(name) is not None]
        if not isinstance(field, ForeignKey) or not given:
            continue
        target = master_of(field.related_model)
        known = {value.pk: value for value in given if isinstance(value, Model)}
        if target is not None and target.limit is not None:
            known = {}  # whoever fetched it may not have asked whose it is
        wanted = {value.pk if isinstance(value, Model) else value for value in given} - set(known)
        wanted = {key for key in wanted if isinstance(key, int) and not isinstance(key, bool)}
        if wanted:
            rows = in_reach(target, actor) if target is not None else field.related_model._default_manager.all()
            known.update({row.pk: row for row in rows.filter(pk__in=wanted)})
        found[name] = known
    return found


def _settle(master: Master, outcomes: Sequence[RowOutcome], actor: Actor, policy: Policy) -> None:
    """Ask everything that can be asked before writing; all that is wrong with a row in one answer."""
    for outcome in _open(outcomes):
        outcome.error = _out_of_reach(master, outcome.row, actor)
    for outcome in _open(outcomes):
        problems = field_problems(outcome.row)
        outcome.error = _invalid(problems) if problems else None
    asked = _open(outcomes)
    for place, problems in broken_rules([outcome.row for outcome in asked]).items():
        asked[place].error = _invalid(problems)
    _ask_master(master, _open(outcomes))
    _refuse(outcomes, policy)


def _ask_master(master: Master, outcomes: Sequence[RowOutcome]) -> None:
    """The rules that the master itself declares: for all rows at once where it can, else for one after the other."""
    if master.clean_many is not None:
        for place, error in master.clean_many([outcome.row for outcome in outcomes]).items():
            outcomes[place].error = error
    elif master.clean is not None:
        for outcome in outcomes:
            try:
                master.clean(outcome.row)
            except DomainError as error:
                outcome.error = error


def _open(outcomes: Sequence[RowOutcome]) -> list[RowOutcome]:
    """Those that nothing speaks against so far, and that are different from what is stored."""
    return [outcome for outcome in outcomes if outcome.error is None and outcome.is_changed]


def _refuse(outcomes: Sequence[RowOutcome], policy: Policy) -> None:
    if policy == "reject_all" and any(outcome.error is not None for outcome in outcomes):
        raise RowsRefused(outcomes)


def _out_of_reach(master: Master, row: Model, actor: Actor) -> DomainError | None:
    if master.limit is None or row._state.adding:
        return None
    kind, lookup = master.limit
    if "__" in lookup or lookup == "pk" or actor.reaches(kind, getattr(row, lookup)):
        return None
    return NotPermitted("out_of_reach", _("This would move the row out of your reach."))


def _write(outcomes: Sequence[RowOutcome], write: Any, policy: Policy) -> None:
    asked = _open(outcomes)
    for place, conflict in write_each([outcome.row for outcome in asked], write).items():
        asked[place].error = conflict
    _refuse(outcomes, policy)


def _changed_columns(model: type[Model], rows: Sequence[Any], before: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """The columns in which at least one row is different now."""
    if not rows:
        return []
    both = [(before[row.pk], _stored_values(row)) for row in rows]
    columns = [str(field.column) for field in stored_fields(model)]
    return [column for column in columns if any(then[column] != now[column] for then, now in both)]
