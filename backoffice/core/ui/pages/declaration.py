"""What a model says about its pages. Core does the rest: list, detail, forms, bulk actions, export, history, search."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import URLPattern, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, Words
from backoffice.core.masters import Master
from backoffice.core.services.masters import change_row, create_row, visible
from backoffice.core.ui.pages import registry
from backoffice.core.ui.pages.columns import Column, bound
from backoffice.core.ui.pages.house_actions import house_actions
from backoffice.core.ui.pages.parts import BulkAction, Group, Link, Panel, Related, RowAction, Rows, Section
from backoffice.core.ui.pages.urls import patterns_of


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
    can_set: bool = True
    subtitle: Callable[[Any], Words] | None = None
    history: Callable[[Any], Sequence[Rows]] | None = None
    empty_title: Words = ""
    empty_text: Words = ""
    extra_urls: tuple[URLPattern, ...] = ()
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
        return capfirst(self.master.model._meta.verbose_name_plural or "")

    @property
    def thing(self) -> Words:
        """One of them, inside a sentence: “product”."""
        return self.master.model._meta.verbose_name or ""

    @property
    def things(self) -> Words:
        """Several of them, inside a sentence: “products”."""
        return self.master.model._meta.verbose_name_plural or ""

    def url_name(self, page: str) -> str:
        """`inventory_product_list` for the page “list”."""
        return f"{self.code.replace('.', '_')}_{page}"

    def url(self, page: str, *arguments: Any) -> str:
        """The address of one of its pages."""
        return reverse(self.url_name(page), args=arguments)

    add_name = property(lambda self: self.url_name("add"))
    detail_name = property(lambda self: self.url_name("detail"))
    bulk_name = property(lambda self: self.url_name("bulk"))
    views_name = property(lambda self: self.url_name("views"))
    columns_name = property(lambda self: self.url_name("columns"))
    export_name = property(lambda self: self.url_name("export"))

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
    def may_view(self, actor: Actor) -> bool:
        """Whether this actor may open the list at all; a master without a right narrows by row alone."""
        return not self.master.view or actor.may(self.master.view)

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

    # --- actions ----------------------------------------------------------------------------------------------------
    @cached_property
    def every_action(self) -> tuple[BulkAction, ...]:
        """Those declared, then those of the house."""
        return (*self.actions, *house_actions(self))

    def action_named(self, code: str) -> BulkAction:
        """One of them; Missing when there is none of that code."""
        for action in self.every_action:
            if action.code == code:
                return action
        raise Missing("not_found", _("There is no such action on this list."))

    def row_action_named(self, code: str) -> RowAction:
        """What is done on the page of one row; Missing when there is none of that code."""
        related = (action for part in self.detail if isinstance(part, Related) for action in part.actions)
        for action in (*self.row_actions, *related):
            if action.code == code:
                return action
        raise Missing("not_found", _("There is no such action on this page."))

    @cached_property
    def is_switchable(self) -> bool:
        """Whether its rows can be switched off and on."""
        return self.can_switch and any(one.name == "is_active" for one in self.master.model._meta.get_fields())

    def urlpatterns(self) -> list[URLPattern]:
        """Its addresses, for the app's `ui/urls.py`."""
        return patterns_of(self)
