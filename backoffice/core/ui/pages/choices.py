"""Form fields for what the whole world agrees on: countries, currencies, time zones, languages."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from babel.core import get_global
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from backoffice.core.clock import now
from backoffice.core.countries import country_choices
from backoffice.core.languages import locale_of
from backoffice.core.zones import zone_names

Pairs = Sequence[tuple[str, str]]


class Suggested(forms.TextInput):
    """A box with suggestions that come with the page: few enough to send along, too many for a select."""

    def __init__(self, suggestions: Callable[[], Pairs], attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}))
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The input and its datalist."""
        listing = f"{(attrs or {}).get('id', name)}-list"
        box = super().render(name, value, {**(attrs or {}), "list": listing, "autocomplete": "off"}, renderer)
        context = {"box": box, "listing": listing, "suggestions": self.suggestions()}
        return render_to_string("core/pages/suggested.html", context)


def zone_field(**options: Any) -> forms.Field:
    """A time zone, typed with suggestions."""
    return forms.CharField(widget=Suggested(_zones, {"spellcheck": "false", "dir": "ltr"}), max_length=64, **options)


def country_field(**options: Any) -> forms.Field:
    """A country by name in the language of the page."""
    return forms.ChoiceField(choices=_countries, **options)


def currency_field(**options: Any) -> forms.Field:
    """A currency by code, with its name in the language of the page."""
    widget = Suggested(_currencies, {"spellcheck": "false", "dir": "ltr", "maxlength": 3})
    return forms.CharField(widget=widget, max_length=3, **options)


def language_field(**options: Any) -> forms.Field:
    """One of the languages of the console."""
    return forms.ChoiceField(choices=settings.LANGUAGES, **options)


def _zones() -> Pairs:
    return [(name, "") for name in sorted(zone_names())]


def _countries() -> Pairs:
    return [("", "—"), *country_choices(get_language() or "en")]


def _currencies() -> Pairs:
    names = locale_of(get_language() or "en").currencies
    return sorted((code, str(name)) for code, name in names.items() if code in _in_use())


@lru_cache(maxsize=1)
def _in_use() -> frozenset[str]:
    """Currencies that are legal tender somewhere today."""
    today = now().date()
    return frozenset(
        code
        for periods in get_global("territory_currencies").values()
        for code, _begin, end, is_tender in periods
        if is_tender and (end is None or date(*end) > today)
    )
