"""What can be imported from a table: each kind says its columns, and how rows of them become rows of ours.

An app declares its kinds in `imports.py` with `register_import`; master data gets one from
`services.import_masters.master_import`. The session around it (file, mapping, check, apply, correction, undo) is core's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, Problem, Words
from backoffice.core.numbers import DecimalMark
from backoffice.core.texts import quoted

Cell: TypeAlias = str | int | Decimal | bool | date | datetime | time | None
Action: TypeAlias = Literal["create", "change", "same", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportField:
    """A column that a kind can read. `aliases` are other titles that such a column is known by, in any language.

    Without a required column the kind cannot be imported at all; one that is needed must be there for new rows only.
    """

    name: str
    title: Words
    is_required: bool = False
    is_needed: bool = False
    aliases: tuple[str, ...] = ()
    help: Words = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a file are read: the mark of its decimals, and whether a blank cell empties a field or leaves it."""

    decimal_mark: DecimalMark = "."
    clears: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the file: its line and its cells by the names of fields, those that are mapped and no other."""

    line: int
    cells: Mapping[str, Cell]


@dataclass(slots=True)
class RowResult:
    """What one row does, or why it does nothing. `before` is what `undo` needs of a changed row (JSON).

    `version` is that of the row afterwards, so that `undo` notices what was done to it since; None where rows have none.
    Problems name fields.
    """

    action: Action = "error"
    problems: list[Problem] = field(default_factory=list)
    row_id: int | None = None
    version: int | None = None
    before: Mapping[str, Any] | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class DoneRow:
    """What an import did to one row of ours, for taking it back."""

    action: Literal["create", "change"]
    row_id: int
    version: int | None
    before: Mapping[str, Any] | None


Rows: TypeAlias = Sequence[SheetRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportKind:
    """One kind of import.

    apply: carry these rows out, each taken or refused by itself, and answer a result for each; it is called inside a
    transaction, and for the check inside one that is rolled back. undo: take these back, and answer the place and the reason
    of each that cannot be. keys: the natural key of each row as plain text, empty where it has none; two rows of one file with
    the same key are refused. parents: the key of the row above, where rows of a file may refer to one another. url: the
    address of a row.
    """

    code: str
    title: Words
    right: str
    fields: tuple[ImportField, ...]
    apply: Callable[[Rows, Reading, Actor], list[RowResult]]
    undo: Callable[[Sequence[DoneRow], Actor], Mapping[int, Problem]]
    keys: Callable[[Rows, Actor], Sequence[str]]
    parents: Callable[[Rows, Actor], Sequence[str]] | None = None
    url: Callable[[int], str] | None = None
    help: Words = ""

    def field_named(self, name: str) -> ImportField | None:
        """One of its fields."""
        return next((one for one in self.fields if one.name == name), None)


_kinds: dict[str, ImportKind] = {}


def register_import(kind: ImportKind) -> ImportKind:
    """Make it known. Called from the owning app's `imports.py`."""
    known = _kinds.get(kind.code)
    if known is not None and known.apply.__module__ != kind.apply.__module__:
        raise ValueError(f"Two kinds of import are called {kind.code}.")
    _kinds[kind.code] = kind
    return kind


def all_imports() -> Mapping[str, ImportKind]:
    """Every kind by code."""
    return _kinds


def imports_for(actor: Actor) -> list[ImportKind]:
    """Those that this actor may carry out, by title."""
    return sorted((kind for kind in _kinds.values() if actor.may(kind.right)), key=lambda kind: str(kind.title))


def import_named(code: str) -> ImportKind:
    """One of them; Missing when this version has none of that code."""
    kind = _kinds.get(code)
    if kind is None:
        raise Missing("unknown_import", _("There is no import called “%(code)s” here.") % {"code": quoted(code)})
    return kind
