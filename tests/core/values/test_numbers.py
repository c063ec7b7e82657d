"""Numbers from outside: rows 20 to 31 and 36 of the table of bad inputs."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.errors import Invalid
from backoffice.core.numbers import parse_decimal, parse_integer, parse_quantity, read_decimal, read_quantity

from .refusals import refused

BAD_SPELLINGS = [
    pytest.param("1_000", "underscore", id="20"),
    pytest.param("٣", "foreign_digits", id="21-arabic-indic"),
    pytest.param("１２", "foreign_digits", id="21-full-width"),
    pytest.param("½", "foreign_digits", id="21-fraction-sign"),
    pytest.param("-0", "negative_zero", id="22"),
    pytest.param("-0.00", "negative_zero", id="22-places"),
    pytest.param("1E+3", "exponent", id="23"),
    pytest.param("1e3", "exponent", id="23-small"),
    pytest.param("1,50", "decimal_comma", id="25"),
    pytest.param("1.234,56", "decimal_comma", id="25-thousands"),
    pytest.param(" 5 ", "surrounding_space", id="28"),
    pytest.param("5\n", "surrounding_space", id="28-line-end"),
    pytest.param("5\u00a0", "surrounding_space", id="28-no-break-space"),
    pytest.param("NaN", "not_finite", id="37-nan"),
    pytest.param("sNaN", "not_finite", id="37-signalling"),
    pytest.param("-Infinity", "not_finite", id="37-infinity"),
    pytest.param("1" * 41, "too_long", id="5-long"),
    pytest.param("1" * 10_000_000, "too_long", id="5-ten-megabytes"),
    pytest.param("", "blank", id="blank"),
    pytest.param("+1", "plus_sign", id="plus"),
    pytest.param("0x10", "not_a_number", id="hexadecimal"),
    pytest.param(".5", "not_a_number", id="no-whole-part"),
    pytest.param("5.", "not_a_number", id="no-decimals"),
    pytest.param("--5", "not_a_number", id="two-signs"),
    pytest.param("five", "not_a_number", id="word"),
    pytest.param("5\x00", "not_a_number", id="null"),
]


@pytest.mark.parametrize(("text", "code"), BAD_SPELLINGS)
def test_a_decimal_is_refused_with_the_reason(text: str, code: str) -> None:
    refusal = refused(parse_decimal, text, max_digits=12, places=2, field="price")
    assert (refusal.code, refusal.field) == (code, "price")


@pytest.mark.parametrize(("text", "code"), BAD_SPELLINGS)
def test_an_integer_is_refused_with_the_reason(text: str, code: str) -> None:
    assert refused(parse_integer, text).code == code


@pytest.mark.parametrize("value", [True, False, 1.5, float("nan"), None, b"5", [5], {"a": 1}], ids=repr)
def test_what_is_no_exact_number_is_refused(value: object) -> None:  # row 27: true as a number
    assert refused(parse_decimal, value, max_digits=12, places=2).code == "not_a_number"
    assert refused(parse_integer, value).code == "not_a_number"


def test_a_sentence_quotes_what_was_sent_in_short_and_without_control_characters() -> None:
    assert str(refused(parse_integer, "5\x1b[31m\n").message) == "Remove the spaces around the number. (5�[31m�)"
    long = str(refused(read_decimal, "a" * 79, decimal_mark=".", max_digits=9, places=2).message)
    assert len(long) < 100


@pytest.mark.parametrize(("text", "value"), [("12", "12"), ("-3", "-3"), ("12.5", "12.5"), ("0", "0"), ("007", "7")])
def test_reads_plain_decimals_exactly(text: str, value: str) -> None:
    assert parse_decimal(text, max_digits=12, places=2) == Decimal(value)


def test_refuses_more_decimals_than_there_is_room_for() -> None:  # row 26
    assert refused(parse_decimal, "0.001", max_digits=12, places=2).code == "too_many_places"
    assert refused(parse_decimal, "1.500", max_digits=12, places=2).code == "too_many_places"
    assert refused(parse_decimal, Decimal("1.505"), max_digits=12, places=2).code == "too_many_places"
    assert parse_decimal(Decimal("1.500"), max_digits=12, places=2) == Decimal("1.5")  # as a wide column gives it back


def test_refuses_more_digits_than_there_is_room_for() -> None:
    assert parse_decimal("9999999999.99", max_digits=12, places=2) == Decimal("9999999999.99")
    assert refused(parse_decimal, "10000000000.00", max_digits=12, places=2).code == "too_many_digits"
    assert refused(parse_decimal, Decimal("1E+999999"), max_digits=12, places=2).code == "too_many_digits"
    assert parse_decimal("0.5", max_digits=2, places=2) == Decimal("0.5")
    assert refused(parse_decimal, "1.5", max_digits=2, places=2).code == "too_many_digits"


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity"), Decimal("sNaN")], ids=str)
def test_refuses_a_decimal_that_is_not_finite(value: Decimal) -> None:
    assert refused(parse_decimal, value, max_digits=12, places=2).code == "not_finite"


def test_digits_are_never_rounded_away_by_the_context_of_the_thread() -> None:
    with localcontext(prec=3):
        assert str(parse_decimal("123456789.12", max_digits=12, places=2)) == "123456789.12"
        assert str(read_decimal("-123.456.789,12", decimal_mark=",", max_digits=12, places=2)) == "-123456789.12"


def test_bounds_are_told() -> None:  # row 29
    refusal = refused(parse_decimal, "-0.01", max_digits=12, places=2, minimum=0)
    assert (refusal.code, str(refusal.message)) == ("too_small", "-0.01 is too small; the least is 0.")
    assert refused(parse_decimal, "101", max_digits=5, places=2, maximum=100).code == "too_large"


def test_an_integer_fits_the_column_unless_told_otherwise() -> None:  # row 24
    assert parse_integer("9223372036854775807") == 2**63 - 1
    assert refused(parse_integer, "9223372036854775808").code == "too_large"
    assert refused(parse_integer, 2**63).code == "too_large"
    assert refused(parse_integer, -(2**63) - 1).code == "too_small"
    assert refused(parse_integer, 10**5000).code == "too_large"


def test_an_integer_has_no_decimals() -> None:
    assert refused(parse_integer, "5.0").code == "fraction"
    assert refused(parse_integer, Decimal(5)).code == "not_a_number"


def test_a_quantity_is_a_whole_number_above_zero_unless_the_caller_says_otherwise() -> None:  # rows 29, 30, 36
    assert parse_quantity("80995") == 80995
    assert refused(parse_quantity, "0").code == "too_small"
    assert refused(parse_quantity, "-80995").code == "too_small"
    assert parse_quantity("-80995", minimum=-(10**6)) == -80995
    assert parse_quantity("0", minimum=0) == 0
    assert refused(parse_quantity, "1000000000").code == "too_large"
    assert refused(parse_quantity, "1.5").field == "quantity"


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1,234.56", ".", "1234.56"),
        ("1.234", ",", "1234"),
        ("1,234", ".", "1234"),
        ("1 234 567,8", ",", "1234567.8"),
        ("1\u00a0234,5", ",", "1234.5"),
        ("1\u202f234,5", ",", "1234.5"),
        ("1'234.50", ".", "1234.50"),
        ("1’234.50", ".", "1234.50"),
        ("1234567", ",", "1234567"),
        ("  7,25 ", ",", "7.25"),
        ("\u22125,5", ",", "-5.5"),
        ("- 5,5", ",", "-5.5"),
        ("+5", ".", "5"),
        ("-0,00", ",", "0"),
        ("12,500", ",", "12.5"),
    ],
)
def test_a_file_with_a_known_decimal_mark_is_read_leniently(text: str, mark: str, value: str) -> None:
    number = read_decimal(text, decimal_mark=mark, max_digits=12, places=2)  # type: ignore[arg-type]  # from a table
    assert number == Decimal(value)
    assert not (number.is_zero() and number.is_signed())


@pytest.mark.parametrize(
    ("text", "mark", "code"),
    [
        ("1.50", ",", "grouping"),
        ("12,34", ".", "grouping"),
        ("0,123", ".", "grouping"),
        ("1234,567", ".", "grouping"),
        ("1.234.56", ",", "grouping"),
        ("1,234,56", ",", "grouping"),
        ("1.234 567,8", ",", "grouping"),
        ("1 234\u00a0567", ",", "grouping"),
        ("5,", ",", "grouping"),
        ("5,01E+12", ",", "exponent"),
        ("5.01E+12", ".", "exponent"),
        ("1_000", ".", "underscore"),
        ("٣", ",", "foreign_digits"),
        ("(5)", ".", "not_a_number"),
        ("€5", ".", "not_a_number"),
        ("5-", ".", "not_a_number"),
        (",5", ",", "not_a_number"),
        ("", ",", "blank"),
        ("   ", ",", "blank"),
        ("1" * 100, ",", "too_long"),
    ],
)
def test_a_file_number_that_could_mean_two_things_is_refused(text: str, mark: str, code: str) -> None:
    refusal = refused(read_decimal, text, decimal_mark=mark, max_digits=12, places=2, field="price")
    assert (refusal.code, refusal.field) == (code, "price")


def test_a_file_quantity_is_whole_by_the_mark_of_the_file() -> None:
    assert read_quantity("12,000", decimal_mark=",") == 12
    assert read_quantity("12,000", decimal_mark=".") == 12_000
    assert refused(read_quantity, "12,5", decimal_mark=",").code == "fraction"
    assert refused(read_quantity, "0", decimal_mark=",").code == "too_small"


@settings(max_examples=150, deadline=None)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False), st.sampled_from([".", ","]))
def test_what_a_spreadsheet_prints_is_read_back(number: Decimal, mark: str) -> None:
    number = number or abs(number)
    printed = f"{number:,.2f}"
    if mark == ",":
        printed = printed.translate(str.maketrans(",.", ".,"))
    assert read_decimal(printed, decimal_mark=mark, max_digits=12, places=2) == number  # type: ignore[arg-type]  # sampled
    assert parse_decimal(str(number), max_digits=12, places=2) == number


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_refusal(text: str) -> None:
    for read in (
        lambda: parse_decimal(text, max_digits=12, places=2),
        lambda: parse_integer(text),
        lambda: read_decimal(text, decimal_mark=",", max_digits=12, places=2),
    ):
        try:
            number = read()
        except Invalid as refusal:
            assert str(refusal.message)
        else:
            assert Decimal(number).is_finite()
