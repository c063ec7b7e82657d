"""Postal addresses: what an address is, what is wrong with one, and how it stands on a label.

`clean_address` keeps out what no row should hold; `check_address` compares a clean address with the postal rules of its
country and says verified, warning or error, with a suggestion. An order with a bad address is still an order: it waits.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeAlias

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.countries import THEIR_NAMES, PostalRules, check_country, country_name, postal_rules
from backoffice.core.errors import Invalid, Problem, Words
from backoffice.core.phones import parse_phone
from backoffice.core.texts import clean_line, clean_text, quoted

MOST_STREET_LINES: Final = 4
_PART_LENGTH: Final = 100
_CODE_LENGTH: Final = 20
_PHONE_LENGTH: Final = 40

Severity: TypeAlias = Literal["error", "warning"]
Status: TypeAlias = Literal["verified", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where something goes. `street` has up to four lines; `region` is a state, province or prefecture."""

    country: str
    name: str = ""
    company: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    sorting_code: str = ""
    phone: str = ""

    def as_json(self) -> dict[str, str]:
        """All parts by name, for a snapshot on a document."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


@dataclass(frozen=True, slots=True)
class AddressProblem:
    """What is wrong with one part; `suggestion` is what could stand there instead."""

    field: str
    severity: Severity
    code: str
    message: Words
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """The verdict, and the address as it would be with every suggestion taken."""

    status: Status
    problems: tuple[AddressProblem, ...]
    suggestion: Address


_LENGTHS: Final = {"postal_code": _CODE_LENGTH, "sorting_code": _CODE_LENGTH}
PARTS: Final = tuple(part.name for part in fields(Address))


def clean_address(raw: Mapping[str, Any], *, field: str = "address") -> Address:
    """An address of clean text with a known country; missing parts are empty.

    A phone that can be understood becomes E.164; another stays as it was written, for check_address to warn about.
    Raises Invalid with a problem for each bad part (`address.street`): codes of texts, unknown_country, too_many_lines,
    unknown_part.
    """
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for name in raw:
        if name not in PARTS:
            message = format_lazy(_("An address has no part named {name}."), name=quoted(name))
            problems.append(Problem("unknown_part", message, field))
    for name in PARTS:
        try:
            values[name] = _clean_part(name, raw.get(name), values, f"{field}.{name}")
        except Invalid as refusal:
            problems.append(Problem(refusal.code, refusal.message, f"{field}.{name}"))
    if problems:
        raise Invalid("bad_address", problems[0].message, field=field, problems=problems)
    return Address(**values)


def _clean_part(name: str, value: object, known: Mapping[str, str], field: str) -> str:
    if name == "country":
        return check_country("" if value is None else value, field=field)
    if value is None or value == "":
        return ""
    if name == "phone":
        return _phone(clean_line(value, field=field, max_length=_PHONE_LENGTH), known.get("country", ""))
    if name != "street":
        return clean_line(value, field=field, max_length=_LENGTHS.get(name, _PART_LENGTH), required=False)
    text = clean_text(value, field=field, max_length=MOST_STREET_LINES * _PART_LENGTH, required=False)
    lines = [" ".join(line.split()) for line in text.split("\n") if line.strip()]
    if len(lines) > MOST_STREET_LINES:
        message = format_lazy(
            _("A street has at most {most} lines; there are {count}."), most=MOST_STREET_LINES, count=len(lines)
        )
        raise Invalid("too_many_lines", message, field=field)
    return "\n".join(clean_line(line, field=field, max_length=_PART_LENGTH) for line in lines)


def _phone(text: str, country: str) -> str:
    try:
        return parse_phone(text, country)
    except Invalid:
        return text


def check_address(address: Address) -> AddressCheck:
    """Compare with the postal rules of the country. Errors stop a label, warnings want a look; nothing is changed here.

    Codes: missing, unknown_region, unknown_city, bad_postal_code, postal_code_elsewhere, bad_phone.
    """
    better, problems = _checked_region(address)
    rules = postal_rules(better.country, better.region, better.city, better.district)
    problems += [
        _missing(name, better.country)
        for name in sorted(rules.required)
        if not getattr(better, name) and name != "region"
    ]
    if rules.cities and better.city and not _choice(better.city, rules.cities):
        suggestion = _nearest(better.city, rules.cities)
        message = format_lazy(_("{city} is not a known city of {region}."), city=better.city, region=better.region)
        problems.append(AddressProblem("city", "warning", "unknown_city", message, suggestion))
        better = replace(better, city=suggestion or better.city)
    better, more = _checked_postal_code(better, rules)
    problems += more
    better, more = _checked_phone(better)
    problems += more
    severities = {problem.severity for problem in problems}
    status: Status = "error" if "error" in severities else "warning" if severities else "verified"
    return AddressCheck(status, tuple(problems), better)


def _missing(name: str, country: str, suggestion: str = "") -> AddressProblem:
    message = format_lazy(
        _("An address in {country} needs: {part}."), country=country_name(country, "en"), part=PART_NAMES[name]
    )
    return AddressProblem(name, "error", "missing", message, suggestion)


PART_NAMES: Final[Mapping[str, Words]] = {
    "name": _("name"),
    "company": _("company"),
    "street": _("street"),
    "district": _("district"),
    "city": _("city"),
    "region": _("state or province"),
    "postal_code": _("postal code"),
    "sorting_code": _("sorting code"),
    "country": _("country"),
    "phone": _("phone"),
}


def _checked_region(address: Address) -> tuple[Address, list[AddressProblem]]:
    """The address with its region as the post office spells it, and what is wrong with it."""
    rules = postal_rules(address.country)
    needed = "region" in rules.required
    if not address.region:
        if not needed:
            return address, []
        # Where the region is a city state (Dubai, Tokyo), people write it as the city.
        suggestion = _choice(address.city, rules.regions)
        return replace(address, region=suggestion), [_missing("region", address.country, suggestion)]
    known = _choice(address.region, rules.regions)
    if known or not rules.regions:
        return replace(address, region=known or address.region), []
    suggestion = _nearest(address.region, rules.regions)
    message = format_lazy(
        _("{region} is not a known state or province of {country}."),
        region=address.region, country=country_name(address.country, "en"),
    )  # fmt: skip
    problem = AddressProblem("region", "error" if needed else "warning", "unknown_region", message, suggestion)
    return replace(address, region=suggestion or address.region), [problem]


def _choice(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    """The official spelling, in the script that was used: the key (CA, 東京都), or its label where the key is in another."""
    wanted = text.strip().casefold()
    for key, label in choices:
        if wanted and wanted in (key.casefold(), label.casefold()):
            return label if _is_latin(text) and not _is_latin(key) else key
    return ""


def _nearest(text: str, choices: tuple[tuple[str, str], ...]) -> str:
    labels = {label.casefold(): label for _key, label in choices}
    near = get_close_matches(text.casefold()[:_PART_LENGTH], labels, n=1, cutoff=0.75)
    return _choice(labels[near[0]], choices) if near else ""


def _checked_postal_code(address: Address, rules: PostalRules) -> tuple[Address, list[AddressProblem]]:
    code = address.postal_code
    if not code or rules.postal_code is None:
        return address, []
    if not rules.postal_code.match(code):
        better = _respelled(code, rules)
        example = rules.postal_code_examples[0] if rules.postal_code_examples else ""
        if better and better.replace(" ", "") == code.upper().replace(" ", ""):
            return replace(address, postal_code=better), []  # capitals and spaces are no error
        message = format_lazy(
            _("{code} is not a postal code of {country}. One looks like {example}."),
            code=code, country=country_name(address.country, "en"), example=example,
        )  # fmt: skip
        problem = AddressProblem("postal_code", "error", "bad_postal_code", message, better)
        return replace(address, postal_code=better or code), [problem]
    if any(not beginning.match(code) for beginning in rules.postal_code_here):
        message = format_lazy(
            _("The postal code {code} does not belong to {region}."), code=code, region=address.region
        )
        return address, [AddressProblem("postal_code", "warning", "postal_code_elsewhere", message)]
    return address, []


def _checked_phone(address: Address) -> tuple[Address, list[AddressProblem]]:
    if not address.phone:
        return address, []
    try:
        return replace(address, phone=parse_phone(address.phone, address.country)), []
    except Invalid as refusal:
        return address, [AddressProblem("phone", "warning", "bad_phone", refusal.message)]


def _respelled(code: str, rules: PostalRules) -> str:
    """The code poured into the shape of a valid one: "1012ab" is 1012 AB, "2139" with its lost zero 02139. Or nothing."""
    bare = re.sub("[^0-9A-Z]", "", code.upper())
    for example in rules.postal_code_examples:
        letters = sum(letter.isalnum() for letter in example)
        if bare.isdigit() and letters - 2 <= len(bare) < letters and example.isdigit():
            candidate = bare.zfill(letters)
        elif len(bare) == letters:
            signs = iter(bare)
            candidate = "".join(next(signs) if letter.isalnum() else letter for letter in example)
        else:
            continue
        if rules.postal_code and rules.postal_code.match(candidate):
            return candidate
    return ""


def _is_latin(text: str) -> bool:
    return all(letter < "\u0250" or not letter.isalpha() or "\u1e00" <= letter <= "\u1eff" for letter in text)


_BY_LETTER: Final = {
    "N": "name", "O": "company", "A": "street", "D": "district", "C": "city",
    "S": "region", "Z": "postal_code", "X": "sorting_code",
}  # fmt: skip


def address_lines(address: Address, language: str, *, home: str = "") -> list[str]:
    """The lines of a label in the order of the country; its name last, in capitals, unless it is the `home` country."""
    rules = postal_rules(address.country)
    latin = _is_latin(address.street + address.city)
    order = rules.latin_order if latin else rules.order
    # Where the country's order has no place for a city or district (Dubai), it stands behind the street: nothing is lost.
    unplaced = [name for name in ("district", "city") if name not in rules.allowed and getattr(address, name)]
    said = (address.region.casefold(), country_name(address.country, "en").casefold())
    extra = [getattr(address, name) for name in unplaced if getattr(address, name).casefold() not in said]
    parts = {name: getattr(address, name) for name in THEIR_NAMES}
    parts["street"] = "\n".join([part for part in (address.street, *extra) if part])
    lines: list[str] = []
    for line in order.split("%n"):
        lines += _line(line, parts, rules.capitals).split("\n")
    if address.country != home:
        lines.append(country_name(address.country, language).upper())
    return [line for line in lines if line]


def _line(line: str, parts: Mapping[str, str], capitals: frozenset[str]) -> str:
    names = [_BY_LETTER[letter] for letter in re.findall("%([A-Z])", line)]
    if names and not any(parts[name] for name in names):
        return ""  # a lone postal mark or comma is no line

    def value(match: re.Match[str]) -> str:
        name = _BY_LETTER[match[1]]
        return parts[name].upper() if name in capitals else parts[name]

    text = re.sub("%([A-Z])", value, line).strip()
    return text if all(parts[name] for name in names) else re.sub(" {2,}", " ", text).strip(" ,-/")
