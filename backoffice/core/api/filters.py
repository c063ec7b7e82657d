"""Narrowing a list by the same FilterSet that the console uses, and by `changed_since` for whoever keeps a copy."""

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, FilterSet, MultipleChoiceFilter
from django_filters.rest_framework import DjangoFilterBackend
from django_filters.widgets import SuffixedMultiWidget
from rest_framework.request import Request

from backoffice.core.api.problems import BadParameter
from backoffice.core.dates import parse_moment
from backoffice.core.errors import Invalid, Problem

CHANGED_SINCE: Final = "changed_since"


class StrictFilterBackend(DjangoFilterBackend):  # type: ignore[misc]  # django-filter carries no types
    """Filters that cannot be read are refused; names that are not known were refused by the door before."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any, Any], view: Any) -> QuerySet[Any, Any]:
        """The rows that match. BadParameter names each filter that cannot be read."""
        filterset_class = getattr(view, "filterset_class", None)
        if filterset_class is not None:
            _check_spelling(filterset_class, request)
            filterset = filterset_class(data=request.query_params, queryset=queryset, request=request._request)
            if not filterset.is_valid():
                raise _unreadable(filterset)
            queryset = filterset.qs
        moment = request.query_params.get(CHANGED_SINCE)
        if moment is not None:
            try:
                since = parse_moment(moment, field=CHANGED_SINCE)
            except Invalid as error:
                raise BadParameter(error.code, error.message, field=CHANGED_SINCE) from error
            queryset = queryset.filter(updated_at__gte=since)
        return queryset


CHANGED_SINCE_WORDS: Final = (
    "Only rows changed at or after this moment (with Z or an offset). Rows become visible when their transaction ends, a "
    "little after the moment they carry: ask again from one minute before the last one you saw."
)


def has_changes(view: Any) -> bool:
    """Whether the rows of a list know when they were changed."""
    queryset = getattr(view, "queryset", None)
    model = queryset.model if queryset is not None else getattr(getattr(view, "master", None), "model", None)
    return model is not None and any(field.name == "updated_at" for field in model._meta.concrete_fields)


def filter_names(filterset_class: type[FilterSet] | None) -> frozenset[str]:
    """The query parameters that a FilterSet reads."""
    names: set[str] = set()
    for name, item in getattr(filterset_class, "base_filters", {}).items():
        widget = item.field.widget
        if isinstance(widget, SuffixedMultiWidget):
            names.update(f"{name}_{suffix}" if suffix else name for suffix in widget.suffixes)
        else:
            names.add(name)
    return frozenset(names)


def repeatable_names(filterset_class: type[FilterSet] | None) -> frozenset[str]:
    """Those of them that may be given several times."""
    filters = getattr(filterset_class, "base_filters", {})
    return frozenset(name for name, item in filters.items() if isinstance(item, MultipleChoiceFilter))


def _check_spelling(filterset_class: type[FilterSet], request: Request) -> None:
    """What django-filter would pass over in silence and answer with every row: an empty value, a boolean that is none."""
    for name in filter_names(filterset_class) & set(request.query_params):
        values = request.query_params.getlist(name)
        if any(value.strip() == "" for value in values):
            raise BadParameter("blank", _("The filter is empty. Leave it out."), field=name)
        known = filterset_class.base_filters.get(name)
        if isinstance(known, BooleanFilter) and values[0] not in ("true", "false"):
            raise BadParameter("not_a_boolean", _("Write true or false."), field=name)


def _unreadable(filterset: FilterSet) -> BadParameter:
    problems = [
        Problem(str(item.code or "invalid"), " ".join(item.messages), name)
        for name, items in filterset.errors.as_data().items()
        for item in items
    ]
    return BadParameter("bad_filter", _("A filter cannot be read."), problems=problems)
