"""Master data by declaration: a model that people edit gets its lists, forms, import, API and audit from one `Master`.

A model whose rows carry rules of their own has services of its own instead (documents always do). What is declared here
is who may see and edit it, which fields may be written, and which events tell of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError
from backoffice.core.events import Event
from backoffice.core.refs import Described, register_kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Master:
    """How one model of master data is seen and written.

    `code` is its kind of reference (`inventory.product`). `editable` may be written at any time, `fixed` only when a row
    is made. `limit` names the kind that narrows an actor's view and the lookup that leads to it, for example
    ("inventory.warehouse", "warehouse_id"). `describe_with` is the field that labels a row. `clean` raises Invalid for
    what one row may not be; what the database can hold up belongs into a constraint instead. `after_create` makes, in the same
    transaction, what a new row cannot be without. `narrow` leaves of the rows what is this actor's; with an empty `view`
    everybody who is signed in may look.
    """

    code: str
    model: type[Model]
    view: str
    edit: str
    editable: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    natural_key: tuple[str, ...] = ()
    limit: tuple[str, str] | None = None
    narrow: Callable[[Any, Actor], Any] | None = None
    select: tuple[str, ...] = ()
    describe_with: str = "name"
    url: Callable[[Any], str] | None = None
    clean: Callable[[Any], None] | None = None
    clean_many: Callable[[Sequence[Any]], Mapping[int, DomainError]] | None = None
    after_create: Callable[[Any], None] | None = None
    created: Callable[[Any], Event] | None = None
    changed: Callable[[Any], Event] | None = None

    @property
    def writable(self) -> tuple[str, ...]:
        return (*self.fixed, *self.editable)


_masters: dict[str, Master] = {}


def register_master(master: Master) -> Master:
    """Make it known, and its rows describable as references. Called from the owning app's `masters.py`."""
    known = _masters.get(master.code)
    if known is not None and known.model is not master.model:
        raise ValueError(f"Two masters are called {master.code}.")
    _masters[master.code] = master

    def describe(ids: list[str]) -> Mapping[str, Described]:
        rows = master.model._default_manager.filter(pk__in=ids)
        return {
            str(row.pk): Described(str(getattr(row, master.describe_with)), master.url(row.pk) if master.url else "")
            for row in rows
        }

    register_kind(master.code, title=master.model._meta.verbose_name or master.code, describe=describe)
    return master


def all_masters() -> Mapping[str, Master]:
    """Every declared master by code."""
    return _masters


def master_of(model: type[Model]) -> Master | None:
    """The master of a model, when it is one."""
    return next((master for master in _masters.values() if master.model is model), None)


def limited_relations(master: Master) -> Iterator[tuple[str, Master]]:
    """The foreign keys of a master that lead to rows an actor may be limited in, with their masters."""
    for name in master.writable:
        field = master.model._meta.get_field(name)
        target = master_of(field.related_model) if isinstance(field.related_model, type) else None
        if target is not None and target.limit is not None:
            yield name, target
