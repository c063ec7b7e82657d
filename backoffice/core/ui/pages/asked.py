"""What the address of a list asks for: filters, search, order, page, view. Nothing in it is ignored in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django_filters import FilterSet, MultipleChoiceFilter
from django_filters.widgets import SuffixedMultiWidget

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Words
from backoffice.core.keyset import Order
from backoffice.core.texts import quoted
from backoffice.core.ui.pages.parts import Rows

SIZES: Final = (25, 50, 100)
SIZE: Final = 50
SEARCH: Final = "q"
# Parameters of the list itself; all others are filters.
PAGING: Final = ("after", "before")
OWN: Final = frozenset({SEARCH, "sort", "size", "view", *PAGING})
MOST_SEARCHED: Final = 200

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


@dataclass
class Asked:
    """The address, understood. `problems` says what in it was not; then no rows are shown, for they would be the wrong ones."""

    pages: "ModelPages"
    actor: Actor
    params: QueryDict
    sort: str
    size: int
    text: str
    view_id: int | None
    filters: FilterSet | None
    problems: list[Words] = field(default_factory=list)

    @property
    def order(self) -> Order:
        asked = Order.parse(self.sort)
        return Order(self.pages.sorts[asked.path], asked.descending)

    def rows(self, columns: Iterable[Any] = ()) -> Rows:
        """Everything that matches, unordered. Invalid when the address was not understood."""
        if self.problems:
            raise Invalid("bad_filter", _("This list was asked for something it does not know."), problems=[])
        rows = self.pages.listed(self.actor, tuple(columns))
        if self.filters is not None:
            rows = self.filters.filter_queryset(rows)
        if self.text and SEARCH not in self.filter_names:
            rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": self.text}) for name in self.pages.search)))
        return rows

    @property
    def filter_names(self) -> Mapping[str, Any]:
        return self.filters.filters if self.filters is not None else {}

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return any(name not in OWN or name == SEARCH for name in self.params)

    # --- addresses --------------------------------------------------------------------------------------------------
    def query(self, *without: str, **changes: str) -> str:
        """The query string of this list with some parts changed or left out; always from the first page."""
        params = self.params.copy()
        for name in (*PAGING, *without):
            params.pop(name, None)
        for name, value in changes.items():
            if value:
                params[name] = value
            else:
                params.pop(name, None)
        return params.urlencode()

    def address(self, *without: str, **changes: str) -> str:
        """The list with some parts changed."""
        query = self.query(*without, **changes)
        path = self.pages.url("list")
        return f"{path}?{query}" if query else path

    @property
    def saved_query(self) -> str:
        """What a saved view keeps: filters, search and order, in one spelling."""
        return canonical(self.query("view", "size"))


def canonical(query: str) -> str:
    """One spelling for queries that mean the same: sorted, without empty parts."""
    params = QueryDict(query, mutable=True)
    ordered = QueryDict(mutable=True)
    for name in sorted(params):
        ordered.setlist(name, sorted(value for value in params.getlist(name) if value != ""))
    return ordered.urlencode()


def read(pages: "ModelPages", actor: Actor, query: QueryDict, request: HttpRequest | None = None) -> Asked:
    """Understand the query string of a list, or say in `problems` what cannot be."""
    params = _without_empty(query)
    problems: list[Words] = []
    filters = _filters(pages, actor, params, request)
    known = OWN | (_names_of(filters) if filters is not None else frozenset())
    if not pages.search and (filters is None or SEARCH not in filters.filters):
        known -= {SEARCH}
    problems += [
        _("There is no filter called %(name)s here.") % {"name": quoted(name)} for name in params if name not in known
    ]
    problems += _repeated(filters, params)
    if filters is not None and not problems and not filters.form.is_valid():
        problems += list(_said_by(filters))
    text = params.get(SEARCH, "").strip()
    if len(text) > MOST_SEARCHED:
        problems.append(_("A search has at most %(most)s characters.") % {"most": MOST_SEARCHED})
    sort = params.get("sort", pages.default_sort)
    if sort.removeprefix("-") not in _sorts_of(pages, actor):
        problems.append(_("The list cannot be sorted by %(name)s.") % {"name": quoted(sort.removeprefix("-"))})
        sort = pages.default_sort
    size = params.get("size", str(SIZE))
    if size not in map(str, SIZES):
        problems.append(
            _("A page has %(sizes)s rows, not %(size)s.") % {"sizes": ", ".join(map(str, SIZES)), "size": quoted(size)}
        )
        size = str(SIZE)
    view = params.get("view", "")
    if view and not (view.isascii() and view.isdigit() and len(view) < 18):
        problems.append(_("There is no saved view %(view)s.") % {"view": quoted(view)})
        view = ""
    return Asked(
        pages=pages,
        actor=actor,
        params=params,
        sort=sort,
        size=int(size),
        text=text,
        view_id=int(view) if view else None,
        filters=filters,
        problems=problems,
    )


def _without_empty(query: QueryDict) -> QueryDict:
    """A form sends its empty fields too; they ask for nothing."""
    params = QueryDict(mutable=True)
    for name, values in query.lists():
        filled = [value for value in values if value.strip() != ""]
        if filled:
            params.setlist(name, filled)
    return params


def _filters(pages: "ModelPages", actor: Actor, params: QueryDict, request: HttpRequest | None) -> FilterSet | None:
    """The filterset over these parameters, without filters on fields that this actor does not see."""
    if pages.filterset is None:
        return None
    filters = pages.filterset(
        params, queryset=pages.master.model._default_manager.all(), request=request or _Asker(actor)
    )
    hidden = pages.hidden_fields(actor)
    for name, one in list(filters.filters.items()):
        if one.field_name in hidden:
            del filters.filters[name]
    return filters


class _Asker:
    """What a filter asks of a request, where there is none: in a job."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor


def _names_of(filters: FilterSet) -> frozenset[str]:
    """The parameters that its fields read: a range has two."""
    names: set[str] = set()
    for name, one in filters.form.fields.items():
        if isinstance(one.widget, SuffixedMultiWidget):
            names.update(f"{name}_{suffix}" if suffix else name for suffix in one.widget.suffixes)
        else:
            names.add(name)
    return frozenset(names)


def _repeated(filters: FilterSet | None, params: QueryDict) -> Iterable[Words]:
    for name, values in params.lists():
        several = filters is not None and isinstance(filters.filters.get(name), MultipleChoiceFilter)
        if len(values) > 1 and not several:
            yield _("The filter %(name)s is given more than once.") % {"name": quoted(name)}
        if any("\x00" in value for value in values):
            yield _("The filter %(name)s holds a character that cannot be searched for.") % {"name": quoted(name)}


def _said_by(filters: FilterSet) -> Iterable[Words]:
    for name, errors in filters.form.errors.items():
        label = filters.form.fields[name].label or name if name in filters.form.fields else name
        for error in errors:
            yield _("Filter “%(label)s”: %(error)s") % {"label": label, "error": error}


def _sorts_of(pages: "ModelPages", actor: Actor) -> frozenset[str]:
    return frozenset(column.name for column in pages.columns_for(actor) if column.sort)
