"""The parts of a declaration: actions, sections, related tables, inputs of forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.db.models import Model, QuerySet
from django.forms import BaseForm

from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import Words
from backoffice.core.ui.pages.columns import Column

Rows: TypeAlias = QuerySet[Any, Any]
Reasons: TypeAlias = Mapping[int, Words]
# A form class; one with `needs_pages` also takes the declaration and the actor.
FormClass: TypeAlias = Callable[..., BaseForm]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """Something that can be done to rows, to many from the list and to one from its page.

    `run` takes keys, an actor and the cleaned data of `form`, and does all of them in one service call. `check` says
    before, for rows at hand, which of them will be refused and why. `undo` takes what `run` kept of each row that changed
    (key → before) and takes it back; without it the action has no undo. `fits` leaves the action out where it makes no
    sense (switching off what is off). `on_page` false keeps it to the list; `needs_pages` hands the declaration and the
    actor to the form.
    """

    code: str
    title: Words
    run: Callable[[Sequence[int], Actor, Mapping[str, Any]], BulkAnswer]
    right: str
    icon: str = ""
    help: Words = ""
    form: FormClass | None = None
    check: Callable[[Sequence[Any], Actor], Reasons] | None = None
    undo: Callable[[Mapping[int, Any], Actor], BulkAnswer] | None = None
    fits: Callable[[Any], bool] | None = None
    is_dangerous: bool = False
    on_page: bool = True
    needs_pages: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAction:
    """Something that is done on the page of one row: to the row, or to one line of a related table (`item`).

    `run` takes the row, the actor, the cleaned data of `form` and the key of the line (0 where there is none), calls one
    service and may answer an address to go to. `reason` says why it cannot be done now, `fits` leaves the action out where
    it makes no sense; `needs_row` hands the row and the actor to the form. With an empty `right` the service alone decides
    who may.
    """

    code: str
    title: Words
    run: Callable[[Any, Actor, Mapping[str, Any], int], str | None]
    right: str
    done: Words = ""
    icon: str = ""
    form: FormClass | None = None
    confirm: Words = ""
    reason: Callable[[Any, Actor], Words] | None = None
    fits: Callable[[Any], bool] | None = None
    needs_row: bool = False
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Facts of a row under a heading. A field the actor may not see is left out, and a section without any as well."""

    title: Words
    fields: tuple[Column | str, ...]
    is_aside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A table of rows that belong to this one. `rows` answers them; a `slug` of other pages links the rest of them."""

    code: str
    title: Words
    rows: Callable[[Any, Actor], Rows]
    columns: tuple[Column | str, ...]
    model: type[Model]
    right: str = ""
    empty: Words = ""
    add: RowAction | None = None
    item_actions: tuple[RowAction, ...] = ()
    more: Callable[[Any], str] | None = None
    add_url: Callable[[Any], str] | None = None
    most: int = 25

    @property
    def actions(self) -> tuple[RowAction, ...]:
        return (*((self.add,) if self.add else ()), *self.item_actions)


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a detail page with a template of its own; `context` takes the row and the actor."""

    template: str
    context: Callable[[Any, Actor], Mapping[str, Any]]
    right: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a form: what stands behind it, how wide it is, and what replaces the model's own words.

    `field` makes another form field than the model's own (`fields.zone_field`). `by` names fields of the same form that
    narrow what can be chosen here, where the other list has a filter of that name. `initial` is what a new row begins with.
    """

    name: str
    unit: Words = ""
    span: str = ""
    help: Words = ""
    label: Words = ""
    placeholder: str = ""
    field: Callable[..., Any] | None = None
    by: tuple[str, ...] = ()
    initial: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a form that belong together."""

    title: Words
    inputs: tuple[Input | str, ...]
    help: Words = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A button of the list page that leads to a page of its own (“Make bins”)."""

    title: Words
    url_name: str
    right: str
    icon: str = ""


MOST_AT_ONCE: Final = 200
EXPORTED_AT_ONCE: Final = 5_000
