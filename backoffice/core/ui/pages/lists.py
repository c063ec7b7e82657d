"""The list of a declaration: tabs, chips, columns, rows, pager; and its parts alone when htmx asks for them."""

from collections.abc import Mapping
from typing import Any

from django.forms import (
    CheckboxSelectMultiple,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultipleChoiceField,
    NullBooleanField,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_filters import FilterSet

from backoffice.core.actors import Actor
from backoffice.core.permissions import SHARE_VIEWS
from backoffice.core.ui.console import is_target
from backoffice.core.ui.pages.asked import SEARCH, Asked, read
from backoffice.core.ui.pages.chips import chips_of
from backoffice.core.ui.pages.pickers import Picker
from backoffice.core.ui.pages.registry import pages_of
from backoffice.core.ui.pages.shown import Listing, lacks
from backoffice.core.ui.pages.views import DeclaredPage

LIST_TARGET = "list"
TICKED = 8  # choices up to this many are ticked; more are marked in a list


class ListView(DeclaredPage):
    """GET shows the list. With htmx and the target `list` only what changes: tabs, chips, tools, rows and pager."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """400 with the list empty and a sentence for each part of the address that was not understood."""
        asked = read(self.pages, self.actor, request.GET, request)
        listing = Listing(asked)
        is_part = is_target(request, LIST_TARGET)
        template = "core/pages/list_part.html" if is_part else "core/pages/list.html"
        # htmx swaps nothing into the page for 400, and the sentence must be seen.
        status = (422 if is_part else 400) if asked.problems else 200
        response = render(request, template, self.context(**list_context(listing)), status=status)
        if is_part:
            response["HX-Push-Url"] = _own_address(asked)
        response["Vary"] = "HX-Request, HX-Target"
        return response


def list_context(listing: Listing) -> dict[str, Any]:
    """Everything that the list's templates show."""
    asked, pages, actor = listing.asked, listing.pages, listing.actor
    chips = chips_of(asked)
    return {
        "asked": asked,
        "views": listing.views,
        "tabs": listing.views.tabs(),
        "heads": listing.heads(),
        "lines": listing.lines(),
        "pager": listing.pager(),
        "chips": chips,
        "clear_url": pages.url("list") + (f"?view={asked.view_id}" if asked.view_id else ""),
        "problems": asked.problems,
        "filter_fields": filter_fields(asked.filters, actor),
        "carried": carried(asked, *(asked.filter_names if asked.filters is not None else ()), SEARCH),
        "search_carried": carried(asked, SEARCH),
        "query": asked.query(),
        "bulk_actions": listing.bulk_actions(),
        "column_choice": _column_choice(listing),
        "may_share": actor.may(SHARE_VIEWS),
        "add_reason": "" if actor.may(pages.master.edit) else lacks(pages.master.edit),
        "links": [
            {"title": link.title, "url_name": link.url_name, "icon": link.icon}
            for link in pages.links
            if actor.may(link.right)
        ],
        "has_search": bool(pages.search) or SEARCH in asked.filter_names,
    }


def filter_fields(filters: FilterSet | None, actor: Actor) -> list[Any]:
    """The fields of the filter form, bound to what the address says; long choices become boxes to type into."""
    if filters is None:
        return []
    form = filters.form
    for name, field in form.fields.items():
        if isinstance(field, NullBooleanField):
            field.widget.choices = [("", _("any")), ("true", _("yes")), ("false", _("no"))]
        elif isinstance(field, MultipleChoiceField) and not isinstance(field, ModelChoiceField):
            choices: Any = field.choices
            field.widget = CheckboxSelectMultiple(choices=choices) if len(choices) <= TICKED else field.widget
        if isinstance(field, ModelChoiceField) and not isinstance(field, ModelMultipleChoiceField):
            target = pages_of(field.queryset.model) if field.queryset is not None else None
            if target is not None and not target.is_short:
                field.widget = Picker(target, actor)
                _spare_a_query(field.widget, getattr(form, "cleaned_data", {}).get(name))
    return [field for field in form if field.name != SEARCH]


def _spare_a_query(widget: Picker, chosen: Any) -> None:
    if chosen is not None:
        widget.labels[str(chosen.pk)] = str(chosen)


def carried(asked: Asked, *without: str) -> list[tuple[str, str]]:
    """Parts of the address that a form of the page must send along, so that it changes its own and no other."""
    gone = {"after", "before", *without}
    gone |= {
        name for name in asked.params if any(name.startswith(f"{one}_") for one in without if one in asked.filter_names)
    }
    return [(name, value) for name, values in asked.params.lists() if name not in gone for value in values]


def _column_choice(listing: Listing) -> list[Mapping[str, Any]]:
    """The columns in the order in which they are shown, then the others."""
    shown = [column.name for column in listing.columns]
    every = {column.name: column for column in listing.pages.columns_for(listing.actor)}
    names = [*shown, *(name for name in every if name not in shown)]
    return [{"name": name, "title": every[name].title, "is_shown": name in shown} for name in names]


def _own_address(asked: Asked) -> str:
    query = asked.params.urlencode()
    path = asked.pages.url("list")
    return f"{path}?{query}" if query else path
