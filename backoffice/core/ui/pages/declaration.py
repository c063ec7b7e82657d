"""What a model says about its pages. Core does the rest: list, detail, forms, bulk actions, export, history, search."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeAlias

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.urls import URLPattern, reverse
from django.utils.text import capfirst
from django_filters import FilterSet

from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import Words
from backoffice.core.masters import Master
from backoffice.core.services.masters import change_row, create_row, visible
from backoffice.core.ui.pages import registry
from backoffice.core.ui.pages.columns import Column, bound

Rows: TypeAlias = QuerySet[Any, Any]
Reasons: TypeAlias = Mapping[int, Words]
FormClass: TypeAlias = type[BaseForm]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """Something that can be done to rows, to many from the list and to one from its page.

    `run` takes keys, an actor and the cleaned data of `form`, and does all of them in one service call. `check` says
    before, for rows at hand, which of them will be refused and why. `undo` takes what `run` kept of each row that changed
    (key → before) and takes it back; without it the action has no undo. `fits` leaves the action out where it makes no
    sense (switching off what is off).
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAction:
    """Something that is done on the page of one row: to the row, or to one line of a related table (`item`).

    `run` takes the row, the actor, the cleaned data of `form` and the key of the line (0 where there is none), calls one
    service and may answer an address to go to. `reason` says why it cannot be done now.
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
    """A field of a form: what stands behind it, how wide it is, and what replaces the model's own words."""

    name: str
    unit: Words = ""
    span: str = ""
    help: Words = ""
    label: Words = ""
    placeholder: str = ""
    field: Callable[..., Any] | None = None


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


@dataclass(frozen=True, kw_only=True)
class ModelPages:
    """The pages of one model.

    master: who may see and write it. slug: the address. area: the menu area it belongs to. columns: of the list, the first
    with link=True leads to the row. default_sort: a column, with “-” for descending. filterset: the same that the API uses.
    search: fields that the search box looks into. rows: adds annotations or prefetches to what the list shows. form: groups
    of fields (all that may be written, where none are given). detail: sections, related tables and panels. actions: bulk
    actions. row_actions: what is done on the page of one row alone. create, change: services, where the master's own are not
    enough. history: events of related tables that belong into the timeline. is_short: so few rows that a select shows them all.
    """

    master: Master
    slug: str
    columns: tuple[Column | str, ...]
    default_sort: str
    area: str = ""
    area_title: Words = ""
    icon: str = "document"
    lead: Words = ""
    filterset: type[FilterSet] | None = None
    search: tuple[str, ...] = ()
    search_words: Words = ""
    rows: Callable[[Rows], Rows] | None = None
    form: tuple[Group, ...] = ()
    detail: tuple[Section | Related | Panel, ...] = ()
    actions: tuple[BulkAction, ...] = ()
    row_actions: tuple[RowAction, ...] = ()
    links: tuple[Link, ...] = ()
    create: Callable[..., Any] = create_row
    change: Callable[..., Any] = change_row
    can_create: bool = True
    can_change: bool = True
    can_switch: bool = True
    subtitle: Callable[[Any], Words] | None = None
    history: Callable[[Any], Sequence[Rows]] | None = None
    empty_title: Words = ""
    empty_text: Words = ""
    extra_urls: tuple[URLPattern, ...] = field(default=())
    in_search: bool = True
    is_short: bool = False

    def __post_init__(self) -> None:
        registry.add_pages(self)
        self._check()

    def _check(self) -> None:
        names = [column.name for column in self.bound]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.code}: two columns have one name.")
        if self.default_sort.removeprefix("-") not in self.sorts:
            raise ValueError(f"{self.code}: cannot be sorted by {self.default_sort}.")

    # --- names ------------------------------------------------------------------------------------------------------
    @property
    def code(self) -> str:
        """Its name in saved views, jobs and the registry: the master's."""
        return self.master.code

    @property
    def title(self) -> Words:
        """Of the list: “Products”."""
        return capfirst(self.master.model._meta.verbose_name_plural)  # type: ignore[type-var,return-value]  # lazy text stays lazy

    @property
    def thing(self) -> Words:
        """One of them, inside a sentence: “product”."""
        return self.master.model._meta.verbose_name

    def url_name(self, page: str) -> str:
        """`inventory_product_list` for the page “list”."""
        return f"{self.code.replace('.', '_')}_{page}"

    def url(self, page: str, *arguments: Any) -> str:
        """The address of one of its pages."""
        return reverse(self.url_name(page), args=arguments)

    # --- columns ----------------------------------------------------------------------------------------------------
    @cached_property
    def bound(self) -> tuple[Column, ...]:
        return tuple(bound(column, self.master.model) for column in self.columns)

    @cached_property
    def sorts(self) -> Mapping[str, str]:
        """Name of a column → the path it is sorted along."""
        return {column.name: column.sort for column in self.bound if column.sort}

    def columns_for(self, actor: Actor) -> tuple[Column, ...]:
        """Those that this actor may see, shown or not."""
        return tuple(column for column in self.bound if not column.right or actor.may(column.right))

    def hidden_fields(self, actor: Actor) -> frozenset[str]:
        """Fields that must not leave the server for this actor, not even through a filter, a form or the history."""
        seen = {column.name for column in self.columns_for(actor)}
        return frozenset(column.name for column in self.bound if column.name not in seen)

    # --- rows -------------------------------------------------------------------------------------------------------
    def visible(self, actor: Actor) -> Rows:
        """The rows this actor may see; NotPermitted when none of the kind."""
        return visible(self.master, actor)

    def listed(self, actor: Actor, columns: Sequence[Column] = ()) -> Rows:
        """The rows with all that these columns need, in one query however many there are."""
        needs = {*self.master.select, *(name for column in columns for name in column.needs)}
        rows = self.visible(actor).select_related(None)
        if needs:
            rows = rows.select_related(*sorted(needs))
        return self.rows(rows) if self.rows is not None else rows

    @cached_property
    def is_switchable(self) -> bool:
        """Whether its rows can be switched off and on."""
        return self.can_switch and any(one.name == "is_active" for one in self.master.model._meta.get_fields())

    def urlpatterns(self) -> list[URLPattern]:
        """Its addresses, for the app's `ui/urls.py`."""
        from backoffice.core.ui.pages.urls import patterns_of

        return patterns_of(self)
