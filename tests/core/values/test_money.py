"""Money and unit costs: exact, in one currency, adding up. Rows 31 to 33 and 37 of the table of bad inputs."""

import pickle
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.errors import Invalid
from backoffice.core.money import MixedCurrencies, Money, UnitCost, places_of, quantise, total
from backoffice.core.shares import shares

from .refusals import refused


def eur(text: str) -> Money:
    return Money(Decimal(text), "EUR")


CURRENCIES = {"JPY": 0, "EUR": 2, "KWD": 3}


@pytest.mark.parametrize(("currency", "places"), [*CURRENCIES.items(), ("ISK", 0), ("USD", 2), ("TND", 3), ("CLP", 0)])
def test_a_currency_has_its_number_of_decimals(currency: str, places: int) -> None:
    assert places_of(currency) == places


@pytest.mark.parametrize(("currency", "places"), [("RSD", 2), ("ALL", 2), ("IQD", 3), ("LBP", 2), ("MGA", 2)])
def test_minor_units_that_price_tags_drop_are_kept(currency: str, places: int) -> None:
    assert places_of(currency) == places
    assert "12.50" in Money(Decimal("12.5"), "RSD").written("en")


@pytest.mark.parametrize(
    "code", ["eur", "EURO", "", "XXX", "XTS", "CLF", "E\n", "ＥＵＲ", None, 5, ["EUR"], "A" * 10_000]
)
def test_refuses_what_is_no_currency(code: object) -> None:
    assert refused(Money, Decimal(1), code).code == "unknown_currency"
    assert refused(Money.from_json, {"amount": "1", "currency": code}).code == "unknown_currency"


@pytest.mark.parametrize(
    "amount", [1.5, float("nan"), True, None, "12.50", Decimal("NaN"), Decimal("-Infinity")], ids=repr
)
def test_refuses_an_amount_that_is_not_exact(amount: object) -> None:  # row 37
    assert refused(Money, amount, "EUR").code == "not_exact"
    assert refused(UnitCost, amount, "EUR").code == "not_exact"


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.5", "JPY"), ("1.234", "EUR"), ("1.2345", "KWD"), ("0.001", "USD"), ("1E-400", "EUR")]
)
def test_refuses_more_decimals_than_the_currency_has(amount: str, currency: str) -> None:  # row 32
    assert refused(Money, Decimal(amount), currency).code == "too_many_places"


def test_padding_zeros_of_a_column_are_no_decimals_but_those_of_a_person_are() -> None:
    assert str(Money(Decimal("12.5000"), "EUR").amount) == "12.50"
    assert str(Money(Decimal("7.000"), "JPY").amount) == "7"
    assert str(Money.parse("1.23", "KWD").amount) == "1.230"  # row 32, the other way round
    assert refused(Money.parse, "12.500", "EUR").code == "too_many_places"
    assert refused(Money.parse, "1.0", "JPY").code == "too_many_places"


@pytest.mark.parametrize(("text", "code"), [("1,50", "decimal_comma"), ("1E+3", "exponent"), ("-0", "negative_zero")])
def test_an_amount_is_parsed_strictly(text: str, code: str) -> None:
    refusal = refused(Money.parse, text, "EUR", field="price")
    assert (refusal.code, refusal.field) == (code, "price")


def test_sums_are_exact() -> None:  # row 33
    assert eur("0.10") + eur("0.20") == eur("0.30")
    assert eur("0.10") - eur("0.30") == eur("-0.20")
    assert total([eur("0.10")] * 10, "EUR") == eur("1.00")
    assert total([], "EUR") == Money.zero("EUR")


def test_one_currency_is_never_mixed_with_another() -> None:
    dollar = Money(Decimal(1), "USD")
    for mix in (
        lambda: eur("1") + dollar,
        lambda: eur("1") - dollar,
        lambda: eur("1") < dollar,
        lambda: eur("1") >= dollar,
        lambda: total([dollar], "EUR"),
        lambda: max(eur("1"), dollar),
    ):
        refusal = refused(mix)
        assert isinstance(refusal, MixedCurrencies)
        assert refusal.code == "mixed_currencies"
    assert eur("1") != dollar
    assert eur("0") != Money.zero("USD")


def test_order_holds_within_one_currency() -> None:
    assert eur("1.00") < eur("1.01") <= eur("1.01") < eur("2")
    assert sorted([eur("3"), eur("1"), eur("2")]) == [eur("1"), eur("2"), eur("3")]
    with pytest.raises(TypeError):
        assert eur("1") < Decimal(2)  # type: ignore[operator]  # this is what is tested


@pytest.mark.parametrize("other", [1, Decimal(1), 1.5, "1", None])
def test_only_money_is_added_to_money(other: object) -> None:
    with pytest.raises(TypeError):
        eur("1") + other  # type: ignore[operator]  # this is what is tested
    with pytest.raises(TypeError):
        other - eur("1")  # type: ignore[operator]  # this is what is tested


@pytest.mark.parametrize("factor", [1.5, True, "2", None])
def test_only_exact_numbers_multiply_money(factor: object) -> None:
    with pytest.raises(TypeError):
        eur("1") * factor  # type: ignore[operator]  # this is what is tested
    with pytest.raises(TypeError):
        eur("1") * eur("1")  # type: ignore[operator]  # this is what is tested


def test_a_product_is_rounded_once_and_as_told() -> None:
    assert eur("0.05") * Decimal("0.5") == eur("0.02")  # 0.025, half to even
    assert eur("0.05").times(Decimal("0.5"), ROUND_HALF_UP) == eur("0.03")
    assert eur("0.15") * Decimal("0.5") == eur("0.08")
    assert 3 * eur("1.10") == eur("3.30")
    assert Money(Decimal(1999), "JPY") * Decimal("0.19") == Money(Decimal(380), "JPY")
    # However long it is, 0.01499… is below the half: it must not become 0.015 on the way and then 0.02.
    assert eur("1") * Decimal("0.014" + "9" * 60) == eur("0.01")


def test_refuses_a_factor_that_is_not_finite() -> None:
    assert refused(eur("1").times, Decimal("NaN")).code == "not_exact"
    assert refused(eur("1").times, Decimal("Infinity")).code == "not_exact"


def test_zero_never_has_a_sign() -> None:
    for zero in (eur("-0.00"), -eur("0"), eur("-1") * 0, eur("-0.01") * Decimal("0.1"), eur("1") - eur("1")):
        assert str(zero) == "0.00 EUR"
        assert zero.is_zero
        assert not zero


def test_refuses_amounts_beyond_the_column() -> None:  # row 31
    most = eur("999999999999999.99")
    assert refused(Money, Decimal("1E+15"), "EUR").code == "amount_too_large"
    assert refused(Money, Decimal("1E+999999"), "EUR").code == "amount_too_large"
    assert refused(lambda: most + eur("0.01")).code == "amount_too_large"
    assert refused(lambda: -most - eur("0.01")).code == "amount_too_large"
    assert refused(lambda: eur("9999999999.99") * 10**6).code == "amount_too_large"
    assert refused(lambda: eur("100") * Decimal("1E+999999")).code == "amount_too_large"
    assert eur("1") * Decimal("1E-999999") == eur("0")
    assert refused(Money.from_minor, 10**18, "EUR").code == "amount_too_large"


def test_minor_units_go_there_and_back() -> None:
    assert Money.from_minor(1250, "EUR") == eur("12.50")
    assert Money.from_minor(1250, "JPY").amount == 1250
    assert Money.from_minor(1250, "KWD").amount == Decimal("1.250")
    assert (eur("12.50").minor, eur("-0.01").minor, Money(Decimal(7), "JPY").minor) == (1250, -1, 7)


def test_json_has_text_and_nothing_else() -> None:
    assert eur("12.5").as_json() == {"amount": "12.50", "currency": "EUR"}
    assert Money.from_json({"amount": "12.50", "currency": "EUR"}) == eur("12.50")
    for bad in (
        None,
        "12.50 EUR",
        {"amount": "1"},
        {"amount": 1, "currency": "EUR"},
        {"amount": "1", "currency": "EUR", "x": 1},
    ):
        assert refused(Money.from_json, bad, field="price").field == "price"


def test_money_cannot_be_changed_and_can_be_kept() -> None:
    with pytest.raises(AttributeError):
        eur("1").amount = Decimal(2)  # type: ignore[misc]  # this is what is tested
    assert pickle.loads(pickle.dumps(eur("1.50"))) == eur("1.50")
    assert len({eur("1"), eur("1.00"), Money(Decimal(1), "USD")}) == 2


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (("1234.5", "EUR"), "de", "1.234,50\u00a0€"),
        (("1234.5", "EUR"), "en", "€1,234.50"),
        (("-1234", "JPY"), "en", "-¥1,234"),
        (("1.5", "KWD"), "fr", "1,500\u00a0KWD"),
        (("999999999999999.99", "EUR"), "en", "€999,999,999,999,999.99"),
        (("1", "EUR"), "pt-br", "€\u00a01,00"),
        (("1", "EUR"), "xx", "€1.00"),
    ],
)
def test_is_written_as_people_of_the_language_write_it(money: tuple[str, str], language: str, text: str) -> None:
    assert Money(Decimal(money[0]), money[1]).written(language) == text


def test_a_rest_goes_to_the_largest_remainder_and_then_to_the_first() -> None:
    assert [str(part.amount) for part in eur("100.00").allocate([1, 1, 1])] == ["33.34", "33.33", "33.33"]
    assert [str(part.amount) for part in eur("-100.00").allocate([1, 1, 1])] == ["-33.34", "-33.33", "-33.33"]
    assert [str(part.amount) for part in eur("0.05").allocate([3, 7])] == ["0.02", "0.03"]
    assert [str(part.amount) for part in eur("0.01").allocate([1, 0, 2])] == ["0.00", "0.00", "0.01"]
    assert shares(10, [Decimal("0.1"), Decimal("0.25")]) == [3, 7]


@pytest.mark.parametrize(
    "weights",
    [[], [0, 0], [1, -1], [1.5], [True, True], [Decimal("NaN")], [Decimal("Infinity")], [Decimal("1E+99")], ["1"]],
    ids=repr,
)
def test_refuses_weights_that_split_nothing(weights: list[int]) -> None:
    assert refused(eur("1").allocate, weights).code == "bad_weights"


weight = st.one_of(st.integers(0, 10**6), st.decimals(0, 10**6, places=3, allow_nan=False))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from(sorted(CURRENCIES)),
    st.lists(weight, min_size=1, max_size=12).filter(any),
)
def test_parts_add_up_and_are_fair(units: int, currency: str, weights: list[int | Decimal]) -> None:
    whole = Money.from_minor(units, currency)
    parts = whole.allocate(weights)
    assert total(parts, currency) == whole
    for part, own in zip(parts, weights, strict=True):
        assert part.is_zero or (part.is_negative == whole.is_negative and own)
        fair_times_sum = Decimal(whole.minor) * own
        assert abs(Decimal(part.minor) * sum(weights) - fair_times_sum) < sum(weights)


@settings(max_examples=150, deadline=None)
@given(st.integers(-(10**14), 10**14), st.sampled_from(sorted(CURRENCIES)))
def test_every_amount_survives_its_round_trips(units: int, currency: str) -> None:
    money = Money.from_minor(units, currency)
    assert Money.from_json(money.as_json()) == money
    assert Money.parse(str(money.amount), currency) == money
    assert money.minor == units
    assert money - money == Money.zero(currency)


def test_a_unit_cost_keeps_six_decimals() -> None:
    cost = eur("10.00").unit_cost(3)
    assert str(cost) == "3.333333 EUR"
    assert cost.times(3) == eur("10.00")
    assert cost.times(300_000) == eur("999999.90")
    assert str(eur("0.01").unit_cost(3_000_000)) == "0.000000 EUR"
    assert str(eur("-0.01").unit_cost(3_000_000)) == "0.000000 EUR"
    assert eur("1.00").unit_cost(1_000_000).amount == Decimal("0.000001")


def test_a_unit_cost_rounds_halves_to_even() -> None:
    assert eur("0.05").unit_cost(100_000).amount == Decimal("0.000000")  # 0.0000005
    assert eur("0.15").unit_cost(100_000).amount == Decimal("0.000002")  # 0.0000015


@pytest.mark.parametrize("quantity", [0, -1, True, 1.5, Decimal(2), "2"])
def test_refuses_a_cost_of_no_units(quantity: int) -> None:
    assert refused(eur("1").unit_cost, quantity).code == "no_quantity"


def test_refuses_a_unit_cost_beyond_its_column() -> None:
    assert refused(UnitCost, Decimal("0.0000001"), "EUR").code == "too_many_places"
    assert refused(UnitCost, Decimal("1E+12"), "EUR").code == "amount_too_large"
    assert refused(UnitCost(Decimal("999999999999"), "EUR").times, 10**6).code == "amount_too_large"
    assert refused(lambda: UnitCost(Decimal(1), "EUR") < UnitCost(Decimal(1), "USD")).code == "mixed_currencies"
    with pytest.raises(TypeError):
        UnitCost(Decimal(1), "EUR").times(1.5)  # type: ignore[arg-type]  # this is what is tested
    with pytest.raises(TypeError):
        assert UnitCost(Decimal(1), "EUR") < eur("2")  # type: ignore[operator]  # this is what is tested


def test_quantise_rounds_to_minor_units() -> None:
    assert quantise(Decimal("1.005"), "EUR") == Decimal("1.00")
    assert quantise(Decimal("1.005"), "EUR", ROUND_HALF_UP) == Decimal("1.01")
    assert str(quantise(Decimal("-0.4"), "JPY")) == "0"


def test_a_refusal_is_invalid_input() -> None:
    assert issubclass(MixedCurrencies, Invalid)
    assert Invalid.status == 400
