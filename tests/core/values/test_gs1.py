"""GS1 barcodes: check digits, element strings printed and raw, and what is wrong with a bad one."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.errors import Invalid
from backoffice.core.gs1 import ScannedItem, check_gtin, check_sscc, gtin14, is_gtin, make_gtin, make_sscc, read_barcode

from .refusals import refused

TODAY = date(2026, 3, 2)
GTIN = "09506000134352"
GS = "\x1d"


def read(text: object) -> ScannedItem:
    return read_barcode(text, today=TODAY)


@pytest.mark.parametrize("gtin", ["96385074", "036000291452", "4006381333931", "09506000134352", "10614141000415"])
def test_a_right_check_digit_is_taken(gtin: str) -> None:
    assert check_gtin(gtin) == gtin
    assert make_gtin(gtin[:-1]) == gtin
    assert gtin14(gtin) == gtin.zfill(14)
    assert read(gtin) == ScannedItem(gtin=gtin.zfill(14))


def test_a_wrong_check_digit_is_refused_with_the_expected_one() -> None:
    refusal = refused(check_gtin, "4006381333932", field="gtin")
    assert (refusal.code, refusal.field, refusal.facts) == ("bad_check_digit", "gtin", {"expected": "1"})
    assert str(refusal.message) == "The check digit of 4006381333932 is wrong: 1 was expected, not 2."


@pytest.mark.parametrize(
    ("gtin", "code"),
    [
        ("", "not_digits"),
        ("400638133393", "bad_check_digit"),
        ("40063813339", "bad_length"),
        ("4006381333931 ", "not_digits"),
        ("４００６３８１３３３９３１", "not_digits"),
        ("4.00638E+12", "not_digits"),  # what a spreadsheet leaves of it (row 76)
        (4006381333931, "not_digits"),
        (None, "not_digits"),
    ],
)
def test_what_is_no_gtin_is_refused(gtin: object, code: str) -> None:
    assert refused(check_gtin, gtin).code == code
    assert refused(gtin14, gtin).code == code


def test_a_gtin_is_known_by_its_digits() -> None:
    assert is_gtin("4006381333931")
    assert not is_gtin("4006381333932")
    assert not is_gtin("400638133393")
    assert not is_gtin("")


def test_a_logistic_unit_gets_its_number() -> None:
    assert make_sscc(3, "4012345", 1) == "340123450000000017"
    assert check_sscc("340123450000000017") == "340123450000000017"
    assert refused(check_sscc, "340123450000000018").facts == {"expected": "7"}
    assert refused(check_sscc, "3401234500000000").code == "bad_length"
    assert make_sscc(0, "123456789012", 9999).startswith("01234567890129999")


@pytest.mark.parametrize(
    ("extension", "prefix", "serial"),
    [
        (10, "4012345", 1),
        (-1, "4012345", 1),
        (3, "401", 1),
        (3, "4012345678901", 1),
        (3, "4012345", 10**9),
        (3, "4012345", -1),
    ],
)
def test_refuses_a_number_that_does_not_fit_a_logistic_unit(extension: int, prefix: str, serial: int) -> None:
    assert refused(make_sscc, extension, prefix, serial).code == "bad_length"


def test_refuses_a_body_that_is_no_body() -> None:
    assert refused(make_gtin, "40063813339x").code == "not_digits"
    assert refused(make_gtin, "4006381333").code == "bad_length"
    assert refused(make_sscc, 3, "40123x5", 1).code == "not_digits"


PRINTED = "(01)09506000134352(17)261231(10)ABC-12(21)S/1(30)5"
RAW = f"01{GTIN}17261231" + f"10ABC-12{GS}21S/1{GS}305"
FACTS = ScannedItem(gtin=GTIN, expires_on=date(2026, 12, 31), lot="ABC-12", serial="S/1", quantity=5)


@pytest.mark.parametrize(
    "text",
    [
        PRINTED,
        RAW,
        GS + RAW,
        "]C1" + RAW,
        "]d2" + RAW,
        "]Q3" + GS + RAW,
        f"01{GTIN}{GS}17261231{GS}10ABC-12{GS}21S/1{GS}305{GS}",
    ],
)
def test_one_scan_fills_many_facts(text: str) -> None:
    assert read(text) == FACTS


def test_a_logistic_unit_tells_what_it_holds() -> None:
    item = read("(00)340123450000000017(02)09506000134352(37)48(400)PO-123")
    assert item == ScannedItem(sscc="340123450000000017", contained_gtin=GTIN, quantity=48, order_number="PO-123")
    assert read(f"0034012345000000001702{GTIN}3748{GS}400PO-123") == item


@pytest.mark.parametrize(
    ("text", "weight"),
    [("(3103)001250", "1.250"), ("(3100)000012", "12"), ("(3105)123456", "1.23456"), ("3102001250", "12.50")],
)
def test_a_weight_has_the_decimals_of_its_field(text: str, weight: str) -> None:
    assert str(read(text).net_weight_kg) == str(Decimal(weight))


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("261200", date(2026, 12, 31)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("991231", date(1999, 12, 31)),
        ("000229", date(2000, 2, 29)),
    ],
)
def test_a_date_lies_in_the_nearest_century_and_day_nought_is_the_last(digits: str, day: date) -> None:
    assert read(f"(17){digits}").expires_on == day
    assert read(f"(11){digits}(15){digits}") == ScannedItem(produced_on=day, best_before=day)


def test_a_date_late_in_a_century_may_lie_in_the_next() -> None:
    late = date(2090, 1, 1)
    assert read_barcode("(17)400101", today=late).expires_on == date(2140, 1, 1)
    assert read_barcode("(17)410101", today=late).expires_on == date(2041, 1, 1)


def test_valid_fields_that_mean_nothing_to_us_are_kept_aside() -> None:
    item = read(f"01{GTIN}240X-1{GS}20{'07'}10LOT{GS}91internal")
    assert (item.gtin, item.lot) == (GTIN, "LOT")
    assert item.other == {"240": "X-1", "20": "07", "91": "internal"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "not_a_barcode"),
        ("", "not_a_barcode"),
        (None, "not_a_barcode"),
        (b"01", "not_a_barcode"),
        ("x" * 401, "not_a_barcode"),
        (GS, "not_a_barcode"),
        ("(01", "not_a_barcode"),
        (f"(01){GTIN}(", "not_a_barcode"),
        (f"(01){GTIN}x(10)A", "bad_length"),
        ("(01)0950600013435", "bad_length"),
        ("(10)", "bad_length"),
        ("(10)" + "A" * 21, "bad_length"),
        ("(400)" + "A" * 31, "bad_length"),
        ("(37)123456789", "bad_length"),
        ("(44)x", "unknown_field"),
        ("(1)x", "not_a_barcode"),
        ("(310)001250", "unknown_field"),
        (f"01{GTIN}55x", "unknown_field"),
        ("0109506000134", "bad_check_digit"),  # thirteen bare digits
        ("01095060001343", "bad_check_digit"),
        ("]C101095060001343", "cut_off"),
        (f"01{GTIN}10", "cut_off"),
        (f"01{GTIN}17{GS}261231", "cut_off"),
        ("(01)09506000134353", "bad_check_digit"),
        ("(00)340123450000000018", "bad_check_digit"),
        ("(01)0950600013435x", "not_digits"),
        ("(17)26123x", "not_digits"),
        ("(30)1.5", "not_digits"),
        ("(17)261301", "no_such_day"),
        ("(17)260230", "no_such_day"),
        ("(17)260001", "no_such_day"),
        ("(10)é", "bad_text"),
        ("(10)A B", "bad_text"),
        ("(99)\x00", "bad_text"),
        ("(10)A(10)B", "given_twice"),
    ],
)
def test_a_bad_barcode_is_refused_with_the_reason(text: object, code: str) -> None:
    refusal = refused(read_barcode, text, today=TODAY, field="barcode")
    assert (refusal.code, refusal.field) == (code, "barcode")


def test_the_same_field_twice_with_one_value_is_no_contradiction() -> None:
    assert read("(10)A(10)A").lot == "A"


def test_a_scanner_that_says_gs1_settles_what_eight_digits_are() -> None:
    assert read("96385074").gtin == "00000096385074"
    assert read("]E496385074").gtin == "00000096385074"
    assert read("]C110123456").lot == "123456"


@settings(max_examples=200, deadline=None)
@given(
    st.text("0123456789", min_size=13, max_size=13),
    st.text("ABCxyz019-/.", min_size=1, max_size=20),
    st.integers(1, 99_999_999),
)
def test_printed_and_raw_say_the_same(body: str, lot: str, quantity: int) -> None:
    gtin = make_gtin(body)
    item = read(f"(01){gtin}(10){lot}(37){quantity}")
    assert item == read(f"01{gtin}10{lot}{GS}37{quantity}")
    assert (item.gtin, item.lot, item.quantity) == (gtin, lot, quantity)


@settings(max_examples=300, deadline=None)
@given(st.text("()0123456789]CdA\x1d٣ ", max_size=40))
def test_any_scan_is_an_item_or_a_refusal(text: str) -> None:
    try:
        read(text)
    except Invalid as refusal:
        assert str(refusal.message)
