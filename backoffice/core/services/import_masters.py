"""The import of one master: its fields as columns, its natural key deciding what is new, written as forms and API write."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Field, ForeignKey, Model
from django.db.models.fields import NOT_PROVIDED
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.errors import DomainError, Invalid, Problem, Words
from backoffice.core.imports import ImportField, ImportKind, Reading, RowResult, Rows, SheetRow
from backoffice.core.locks import lock_in_order
from backoffice.core.masters import Master
from backoffice.core.services.import_cells import as_text, can_be_empty, empty_of, is_blank, is_readable, value_of
from backoffice.core.services.import_keys import Related, by_folded, folded, only_row, rule_of, target_of
from backoffice.core.services.import_taking_back import stored_json, take_back
from backoffice.core.services.masters import RowChange, RowOutcome, change_rows, create_rows, visible


def master_import(
    master: Master,
    *,
    code: str = "",
    fields: Sequence[str] = (),
    aliases: Mapping[str, Sequence[str]] | None = None,
    about: Words = "",
) -> ImportKind:
    """The kind of import of one master. `fields`, where given, are the columns; otherwise all that fit a cell."""
    names = tuple(fields) or tuple(name for name in master.writable if _fits(master, name))
    work = MasterImport(master, names, dict(aliases or {}))
    return ImportKind(
        code=code or master.code,
        title=capfirst(master.model._meta.verbose_name_plural or ""),
        right=master.edit,
        fields=work.columns,
        apply=work.apply,
        undo=lambda done, actor: take_back(master, done, actor),
        keys=work.keys,
        parents=work.parents if work.upward else None,
        url=master.url,
        help=about,
    )


def _fits(master: Master, name: str) -> bool:
    found = master.model._meta.get_field(name)
    if isinstance(found, ForeignKey):
        return target_of(master, name) is not None
    return isinstance(found, Field) and is_readable(found)


@dataclass(slots=True)
class _Reader:
    """One row on its way: what could be read of it, and what could not."""

    sheet: SheetRow
    values: dict[str, Any] = field(default_factory=dict)
    blank: set[str] = field(default_factory=set)
    result: RowResult = field(default_factory=RowResult)
    existing: Any = None
    before: Mapping[str, Any] = field(default_factory=dict)

    def refuse(self, code: str, message: Words, name: str | None) -> None:
        self.result.problems.append(Problem(code, message, name))

    @property
    def is_good(self) -> bool:
        return not self.result.problems


class MasterImport:
    """How one master is imported. Asks and writes by the batch: a few statements, however many rows."""

    def __init__(self, master: Master, names: tuple[str, ...], aliases: Mapping[str, Sequence[str]]) -> None:
        self.master = master
        self.names = names
        self.aliases = aliases

    # --- columns --------------------------------------------------------------------------------------------------------
    def field(self, name: str) -> "Field[Any, Any]":
        """The field of the model."""
        found = self.master.model._meta.get_field(name)
        if not isinstance(found, Field):
            raise TypeError(f"{self.master.code}.{name} is not a column.")
        return found

    @cached_property
    def columns(self) -> tuple[ImportField, ...]:
        return tuple(self._column(name) for name in self.names)

    def _column(self, name: str) -> ImportField:
        found = self.field(name)
        is_key = name in self.master.natural_key
        has_default = found.default is not NOT_PROVIDED or found.null or found.blank
        is_only = self._is_implied(name)
        return ImportField(
            name=name,
            title=capfirst(found.verbose_name),
            is_required=is_key and not is_only,
            is_needed=not has_default and not is_only,
            aliases=tuple(self.aliases.get(name, ())),
            help=found.help_text,
        )

    def _is_implied(self, name: str) -> bool:
        """Whether a missing column can only mean one row: the company, of which most houses have but one."""
        return target_of(self.master, name) is COMPANIES

    @cached_property
    def upward(self) -> str:
        """The field that leads to another row of the same table, where there is one."""
        for name in self.names:
            target = target_of(self.master, name)
            if target is not None and target.model is self.master.model:
                return name
        return ""

    # --- keys -----------------------------------------------------------------------------------------------------------
    def keys(self, rows: Rows, actor: Actor) -> list[str]:
        """The natural key of each row as the file has it; empty without its last part."""
        only = self._only()
        return [self._key(row, self.master.natural_key[-1], only) for row in rows]

    def parents(self, rows: Rows, actor: Actor) -> list[str]:
        """The natural key of the row above each."""
        only = self._only()
        return [self._key(row, self.upward, only) for row in rows]

    def _key(self, row: SheetRow, last: str, only: Mapping[str, Any]) -> str:
        text = as_text(row.cells.get(last))
        if not text:
            return ""
        parts = [self._part(row, name, only.get(name)) for name in self.master.natural_key[:-1]]
        return "\x1f".join((*parts, _folded(self.master, text)))

    def _part(self, row: SheetRow, name: str, only: Any) -> str:
        target = target_of(self.master, name)
        text = as_text(row.cells.get(name))
        if target is None:
            return text
        if not text and only is not None:
            text = str(getattr(only, target.natural_key[-1]))
        return _folded(target, text)

    def _only(self) -> Mapping[str, Any]:
        """What a missing part of the key means, by field."""
        found = {}
        for name in self.master.natural_key[:-1]:
            target = target_of(self.master, name)
            if target is not None and self._is_implied(name):
                found[name] = only_row(target)
        return found

    # --- applying -------------------------------------------------------------------------------------------------------
    def apply(self, rows: Rows, reading: Reading, actor: Actor) -> list[RowResult]:
        """Carry the rows out, each by itself; inside the caller's transaction."""
        actor.require(self.master.edit)
        readers = [_Reader(row) for row in rows]
        for reader in readers:
            self._read(reader, reading)
        for name in self.names:
            if isinstance(self.field(name), ForeignKey):
                self._relate(name, readers, actor)
        self._imply(readers)
        self._recognise(readers, actor)
        self._create([one for one in readers if one.is_good and one.existing is None], actor)
        self._change([one for one in readers if one.is_good and one.existing is not None], reading, actor)
        for reader in readers:
            if not reader.is_good:
                reader.result.action = "error"
        return [reader.result for reader in readers]

    def _read(self, reader: _Reader, reading: Reading) -> None:
        for name in self.names:
            if name not in reader.sheet.cells:
                continue
            cell = reader.sheet.cells[name]
            found = self.field(name)
            if is_blank(cell):
                reader.blank.add(name)
            elif not isinstance(found, ForeignKey):
                try:
                    reader.values[name] = value_of(cell, found, reading)
                except Invalid as refusal:
                    reader.refuse(refusal.code, refusal.message, name)
        for name in self.master.natural_key:
            if name in reader.blank and not self._is_implied(name):
                reader.refuse("blank", _("This must not be empty."), name)

    def _relate(self, name: str, readers: Sequence[_Reader], actor: Actor) -> None:
        texts = {as_text(one.sheet.cells.get(name)) for one in readers} - {""}
        if not texts:
            return
        related = Related(self.master, name, texts, actor)
        for reader in readers:
            text = as_text(reader.sheet.cells.get(name))
            if text:
                try:
                    reader.values[name] = related.one(text, reader.values)
                except Invalid as refusal:
                    reader.refuse(refusal.code, refusal.message, name)

    def _imply(self, readers: Sequence[_Reader]) -> None:
        """Fill in what a missing part of the key can only mean."""
        for name, only in self._only().items():
            for reader in readers:
                named = any(problem.field == name for problem in reader.result.problems)
                if name in reader.values or named:
                    continue
                if only is not None:
                    reader.values[name] = only
                    reader.blank.discard(name)
                else:
                    thing = self.field(name).verbose_name
                    reader.refuse(
                        "blank", format_lazy(_("There are several, so say which: {thing}."), thing=thing), name
                    )

    def _recognise(self, readers: Sequence[_Reader], actor: Actor) -> None:
        """Find, and lock, the rows that are there already."""
        *parts, last = self.master.natural_key
        keyed = {self._identity(one.values, parts, last): one for one in readers if one.is_good and last in one.values}
        if not keyed:
            return
        rows = by_folded(visible(self.master, actor), rule_of(self.master), last)
        rows = rows.filter(import_key__in=sorted({key[-1] for key in keyed}))
        for part in parts:
            rows = rows.filter(
                **{f"{part}__in": {getattr(one.values[part], "pk", one.values[part]) for one in keyed.values()}}
            )
        known: dict[tuple[Any, ...], Any] = {}
        for row in lock_in_order(rows):
            values = {name: getattr(row, name) for name in self.master.natural_key}
            known[self._identity(values, parts, last)] = row
        for reader in readers:
            if reader.is_good and last in reader.values:
                reader.existing = known.get(self._identity(reader.values, parts, last))

    def _identity(self, values: Mapping[str, Any], parts: Sequence[str], last: str) -> tuple[Any, ...]:
        heads = (values.get(part) for part in parts)
        return (
            *(head.pk if isinstance(head, Model) else head for head in heads),
            _folded(self.master, str(values[last])),
        )

    def _create(self, readers: Sequence[_Reader], actor: Actor) -> None:
        if not readers:
            return
        values = [one.values for one in readers]
        outcomes = create_rows(master=self.master, rows=values, actor=actor, policy="reject_rows")
        for reader, outcome in zip(readers, outcomes, strict=True):
            self._settle(reader, outcome, "create")

    def _change(self, readers: Sequence[_Reader], reading: Reading, actor: Actor) -> None:
        changes: list[tuple[_Reader, RowChange]] = []
        for reader in readers:
            self._compare_fixed(reader)
            values = {name: value for name, value in reader.values.items() if self._may_change(name)}
            if reading.clears:
                values |= {name: empty_of(self.field(name)) for name in reader.blank if self._can_clear(name)}
            if reader.is_good:
                reader.before = {name: stored_json(reader.existing, name) for name in values}
                changes.append((reader, RowChange(reader.existing.pk, values)))
        if not changes:
            return
        outcomes = change_rows(
            master=self.master, changes=[change for _reader, change in changes], actor=actor, policy="reject_rows"
        )
        for (reader, _change), outcome in zip(changes, outcomes, strict=True):
            self._settle(reader, outcome, "change" if outcome.is_changed else "same")

    def _may_change(self, name: str) -> bool:
        return name in self.master.editable and name not in self.master.natural_key

    def _can_clear(self, name: str) -> bool:
        return self._may_change(name) and can_be_empty(self.field(name))

    def _compare_fixed(self, reader: _Reader) -> None:
        """What is fixed when a row is made may be in the file again, as it is, and not otherwise."""
        for name in self.master.fixed:
            if name not in reader.values or name in self.master.natural_key:
                continue
            if getattr(reader.existing, name) != reader.values[name]:
                message = _("This cannot be changed any more; it is “%(value)s”.")
                reader.refuse("fixed", message % {"value": getattr(reader.existing, name)}, name)

    def _settle(self, reader: _Reader, outcome: RowOutcome, action: Any) -> None:
        if outcome.error is not None:
            reader.result.problems += problems_from(outcome.error)
            return
        reader.result.action = action
        reader.result.row_id = outcome.row.pk
        reader.result.version = outcome.row.version
        reader.result.label = str(getattr(outcome.row, self.master.natural_key[-1]))
        reader.result.before = reader.before if action == "change" else None


def problems_from(error: DomainError) -> list[Problem]:
    """Everything that a refusal says, as problems of a row."""
    return error.problems or [Problem(error.code, error.message, error.field)]


def _folded(master: Master, text: str) -> str:
    try:
        return folded(master, text)
    except Invalid:  # too long for a key: the field says so in its own words
        return text
