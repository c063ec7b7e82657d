"""The filters in force, in words, each with the address that drops it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django_filters.widgets import SuffixedMultiWidget

from backoffice.core.texts import quoted
from backoffice.core.ui.pages.asked import SEARCH, Asked


def chips_of(asked: Asked) -> list[dict[str, str]]:
    """One chip for each filter that narrows the list; what could not be understood has one too, so that it can be dropped."""
    chips = []
    if asked.text and SEARCH not in asked.filter_names:
        chips.append(_chip(_("Search"), asked.text, asked.address(SEARCH)))
    filters = asked.filters
    if filters is None:
        return chips
    cleaned: Mapping[str, Any] = getattr(filters.form, "cleaned_data", {})
    for name, one in filters.form.fields.items():
        parameters = _parameters(name, one.widget)
        if not any(parameter in asked.params for parameter in parameters):
            continue
        label = _("Search") if name == SEARCH else str(one.label or name)
        value = cleaned.get(name)
        if value in (None, "", []):
            words = ", ".join(
                quoted(asked.params.get(parameter, "")) for parameter in parameters if parameter in asked.params
            )
        else:
            words = _words(one, value)
        chips.append(_chip(label, words, asked.address(*parameters)))
    return chips


def _chip(label: str, value: str, remove_url: str) -> dict[str, str]:
    return {"label": label, "value": value, "remove_url": remove_url}


def _parameters(name: str, widget: Any) -> tuple[str, ...]:
    if isinstance(widget, SuffixedMultiWidget):
        return tuple(f"{name}_{suffix}" if suffix else name for suffix in widget.suffixes)
    return (name,)


def _words(field: Any, value: Any) -> str:
    """A filter's value as a person would say it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, slice):
        return _range(value.start, value.stop)
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, QuerySet | list | tuple | set):
        return ", ".join(_label(field, one) for one in value)
    return _label(field, value)


def _label(field: Any, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    choices: Iterable[Any] = () if hasattr(field, "queryset") else getattr(field, "choices", ())
    for key, label in choices:
        if str(key) == str(value):
            return str(label)
    return str(value)


def _range(start: Any, stop: Any) -> str:
    if start is None:
        return _("up to %(stop)s") % {"stop": stop}
    if stop is None:
        return _("from %(start)s") % {"start": start}
    return _("%(start)s to %(stop)s") % {"start": start, "stop": stop}
