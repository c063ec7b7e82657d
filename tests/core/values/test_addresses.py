"""Addresses, countries and phones: row 116 of the table of bad inputs, and addresses of many lands."""

from typing import Any

import pytest

from backoffice.core.addresses import Address, address_lines, check_address, clean_address
from backoffice.core.countries import check_country, country_choices, country_codes, country_name
from backoffice.core.languages import locale_of
from backoffice.core.phones import format_phone, parse_phone

from .refusals import refused

BERLIN = {"country": "DE", "name": "Ana Bär", "street": "Weg 1\nHinterhaus", "city": "Berlin", "postal_code": "10117"}
BOSTON = {"country": "US", "street": "1 Main St", "city": "Boston", "region": "MA", "postal_code": "02139"}


def checked(**parts: str) -> Any:
    return check_address(clean_address(parts))


@pytest.mark.parametrize(
    "parts",
    [
        BERLIN,
        BOSTON,
        {"country": "IE", "street": "1 Main St", "city": "Dublin"},  # row 116: no postal code
        {"country": "HK", "street": "1 Nathan Rd", "region": "Kowloon"},
        {"country": "JP", "street": "千代田1-1", "region": "東京都", "postal_code": "100-0001"},
        {
            "country": "BR",
            "street": "Rua 1",
            "district": "Centro",
            "city": "São Paulo",
            "region": "SP",
            "postal_code": "01310-100",
        },
        {"country": "AE", "street": "1 Main St", "region": "دبي"},
        {"country": "IL", "street": "דרך 1", "city": "תל אביב", "postal_code": "6100001"},
        {"country": "GB", "street": "10 Downing St", "city": "London", "postal_code": "SW1A 2AA"},
        {"country": "US", "street": "1 Main St", "city": "Boston", "region": "massachusetts", "postal_code": "02139"},
    ],
)
def test_good_addresses_are_verified(parts: dict[str, str]) -> None:
    verdict = checked(**parts)
    assert (verdict.status, verdict.problems) == ("verified", ())


@pytest.mark.parametrize(
    ("change", "field", "severity", "code", "suggestion"),
    [
        ({"region": "Masachusetts"}, "region", "error", "unknown_region", "MA"),
        ({"region": "Bavaria"}, "region", "error", "unknown_region", ""),
        ({"region": ""}, "region", "error", "missing", ""),
        ({"city": ""}, "city", "error", "missing", ""),
        ({"street": ""}, "street", "error", "missing", ""),
        ({"postal_code": ""}, "postal_code", "error", "missing", ""),
        ({"postal_code": "2139"}, "postal_code", "error", "bad_postal_code", "02139"),
        ({"postal_code": "MA-02139"}, "postal_code", "error", "bad_postal_code", ""),
        ({"postal_code": "94103"}, "postal_code", "warning", "postal_code_elsewhere", ""),
        ({"phone": "call me"}, "phone", "warning", "bad_phone", ""),
    ],
)
def test_a_bad_part_is_named_with_a_suggestion(
    change: dict[str, str], field: str, severity: str, code: str, suggestion: str
) -> None:
    verdict = checked(**(BOSTON | change))
    assert [(one.field, one.severity, one.code, one.suggestion) for one in verdict.problems] == [
        (field, severity, code, suggestion)
    ]
    assert verdict.status == severity
    assert str(verdict.problems[0].message)
    if suggestion:
        assert getattr(verdict.suggestion, field) == suggestion
        assert check_address(verdict.suggestion).status == "verified"


def test_capitals_and_spaces_of_a_postal_code_are_no_error() -> None:
    assert (
        checked(country="GB", street="10 Downing St", city="London", postal_code="sw1a2aa").suggestion.postal_code
        == "SW1A 2AA"
    )
    assert checked(country="NL", street="Damrak 1", city="Amsterdam", postal_code="1012ab").status == "verified"


def test_a_city_that_is_a_region_is_suggested_as_one() -> None:
    verdict = checked(country="AE", street="1 Main St", city="Dubai")
    assert [(one.code, one.suggestion) for one in verdict.problems] == [("missing", "Dubai")]
    assert address_lines(verdict.suggestion, "en") == ["1 Main St", "Dubai", "UNITED ARAB EMIRATES"]


def test_an_unknown_city_is_only_a_warning() -> None:
    verdict = checked(country="CN", street="路1号", city="没有市", region="广东省", postal_code="510000")
    assert (verdict.status, verdict.problems[0].code) == ("warning", "unknown_city")


@pytest.mark.parametrize(
    ("parts", "home", "lines"),
    [
        (BERLIN, "", ["Ana Bär", "Weg 1", "Hinterhaus", "10117 BERLIN", "GERMANY"]),
        (BERLIN, "DE", ["Ana Bär", "Weg 1", "Hinterhaus", "10117 BERLIN"]),
        (BOSTON, "DE", ["1 Main St", "BOSTON, MA 02139", "UNITED STATES"]),
        (BOSTON | {"city": ""}, "US", ["1 Main St", "MA 02139"]),
        ({"country": "JP", "name": "山田", "street": "千代田1-1", "region": "東京都", "postal_code": "100-0001"}, "JP",
         ["〒100-0001", "東京都", "千代田1-1", "山田"]),
        ({"country": "JP", "name": "Yamada", "street": "1-1 Chiyoda", "region": "Tokyo", "postal_code": "100-0001"}, "JP",
         ["Yamada", "1-1 Chiyoda, TOKYO", "100-0001"]),
        ({"country": "JP", "street": "千代田1-1", "region": "東京都"}, "JP", ["東京都", "千代田1-1"]),
        ({"country": "AE", "street": "1 Main St", "city": "Deira", "region": "Dubai"}, "AE", ["1 Main St", "Deira", "Dubai"]),
        ({"country": "SG", "street": "1 Orchard Rd", "city": "Singapore", "postal_code": "238823"}, "SG",
         ["1 Orchard Rd", "SINGAPORE 238823"]),
    ],
)  # fmt: skip
def test_a_label_follows_the_order_of_the_country(parts: dict[str, str], home: str, lines: list[str]) -> None:
    assert address_lines(clean_address(parts), "en", home=home) == lines


def test_a_country_is_named_in_the_language_of_the_reader() -> None:
    assert address_lines(clean_address(BERLIN), "fr")[-1] == "ALLEMAGNE"
    assert country_name("DE", "he") == "גרמניה"
    assert country_name("QQ", "en") == "QQ"
    assert ("DE", "Deutschland") in country_choices("de")


def test_what_no_row_should_hold_is_refused_part_by_part() -> None:
    raw = {
        "country": "Germany",
        "name": "a\u202eb",
        "street": "1\n2\n3\n4\n5",  # row 116: too many lines
        "city": "a\nb",
        "postal_code": "1" * 21,
        "phone": "\x00",
        "planet": "Mars",
    }
    refusal = refused(clean_address, raw, field="ship_to")
    assert (refusal.code, refusal.field) == ("bad_address", "ship_to")
    assert [(problem.code, problem.field) for problem in refusal.problems] == [
        ("unknown_part", "ship_to"),
        ("unknown_country", "ship_to.country"),
        ("hidden_direction", "ship_to.name"),
        ("too_many_lines", "ship_to.street"),
        ("line_break", "ship_to.city"),
        ("too_long", "ship_to.postal_code"),
        ("null_character", "ship_to.phone"),
    ]


@pytest.mark.parametrize("value", [5, ["x"], {"a": 1}, True])
def test_a_part_is_text(value: object) -> None:
    assert refused(clean_address, {"country": "DE", "street": value}).problems[0].code == "not_text"


def test_twelve_lines_of_street_are_too_many_and_empty_ones_do_not_count() -> None:
    assert refused(clean_address, BERLIN | {"street": "x\n" * 12}).problems[0].code == "too_many_lines"
    assert clean_address(BERLIN | {"street": "\n a  b \r\n\r\n c\n"}).street == "a b\nc"


def test_an_address_is_kept_and_comes_back() -> None:
    address = clean_address(BERLIN | {"phone": "030 123456"})
    assert address.phone == "+4930123456"
    assert Address(**address.as_json()) == address
    assert clean_address(address.as_json()) == address
    assert clean_address({"country": "de"}) == Address(country="DE")
    assert clean_address({"country": "DE", "city": None}) == Address(country="DE")


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("Germany", "DE"),
        ("usa", "US"),
        ("UK", "GB"),
        ("Narnia", ""),
        ("ZZ", ""),
        ("EU", ""),
        ("", ""),
        (None, ""),
        (49, ""),
        ("D\u00c9", ""),
        ("x" * 10_000, ""),
    ],
)
def test_refuses_what_is_no_country(value: object, hint: str) -> None:
    refusal = refused(check_country, value)
    assert refusal.code == "unknown_country"
    assert (str(refusal.hint) if refusal.hint else "") == (f"Did you mean {hint}?" if hint else "")


def test_every_country_has_rules_and_an_order_of_lines() -> None:
    assert len(country_codes()) == 252
    for code in sorted(country_codes()):
        address = Address(country=code, street="1 Main St", city="Town", region="Region", postal_code="12345")
        check_address(address)
        assert any("1 MAIN ST" in line.upper() for line in address_lines(address, "en"))


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("+49 (0)30 / 123456", "", "+4930123456"),
        ("0049 30 123456", "DE", "+4930123456"),
        ("+1 212 555 0100", "DE", "+12125550100"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("+1 415 555 2671 ext. 12345", "", "+14155552671;ext=12345"),
        ("٠٣٠ ١٢٣٤٥٦", "DE", "+4930123456"),
        ("03-1234567", "IL", "+97231234567"),
    ],
)
def test_a_phone_number_is_kept_in_one_spelling(text: str, country: str, number: str) -> None:
    assert parse_phone(text, country) == number
    assert parse_phone(number) == number


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("030 123456", "", "phone_needs_country"),
        ("12", "DE", "phone_too_short"),
        ("555-0100", "US", "phone_too_short"),
        ("+49 30 12345678901234567", "", "phone_too_long"),
        ("call me", "DE", "not_a_phone"),
        ("+999 1234567", "", "not_a_phone"),
        ("1" * 41, "DE", "too_long"),
        ("030\n123456", "DE", "line_break"),
        ("", "DE", "blank"),
        (30123456, "DE", "not_text"),
    ],
)
def test_refuses_what_is_no_phone_number(text: object, country: str, code: str) -> None:
    refusal = refused(parse_phone, text, country, field="phone")
    assert (refusal.code, refusal.field) == (code, "phone")


def test_a_phone_number_is_shown_as_at_home_or_from_abroad() -> None:
    assert format_phone("+4930123456", "DE") == "030 123456"
    assert format_phone("+4930123456", "US") == "+49 30 123456"
    assert format_phone("not a number", "US") == "not a number"


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        ("pt-br", "pt_BR"),
        ("zh-hans", "zh_Hans"),
        ("de_CH", "de_CH"),
        ("de-zz", "de_DE"),
        ("xx", "en"),
        ("", "en"),
        ("../x", "en"),
        ("é", "en"),
    ],
)
def test_a_language_always_has_a_locale(language: str, locale: str) -> None:
    assert str(locale_of(language)) == locale
