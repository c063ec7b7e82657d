"""Quantities are whole, and packs convert exactly or not at all. Rows 29, 30 and 114 of the table of bad inputs."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.core.quantities import Pack, check_quantity, in_base_units, in_packs, quantity_text, split_into_packs

from .refusals import refused

CARTON = Pack("carton", 12, "cartons")
PALLET = Pack("pallet", 60, "pallets")


@pytest.mark.parametrize("units", [0, -12])
def test_refuses_a_pack_that_holds_nothing(units: int) -> None:  # row 114
    assert refused(Pack, "carton", units).code == "too_small"


@pytest.mark.parametrize("units", [1.5, Decimal("1.5"), Decimal(2), True, "12", None])
def test_refuses_fractions_of_units(units: int) -> None:
    assert refused(Pack, "carton", units).code == "not_whole"
    assert refused(check_quantity, units).code == "not_whole"
    assert refused(in_base_units, units, CARTON).code == "not_whole"


def test_refuses_a_pack_without_a_code() -> None:
    assert refused(Pack, "", 12).code == "blank"


def test_packs_become_base_units() -> None:
    assert in_base_units(3, CARTON) == 36
    assert in_base_units(0, CARTON) == 0
    assert refused(in_base_units, -1, CARTON).code == "too_small"
    assert refused(in_base_units, 999_999_999, CARTON).code == "too_large"


def test_base_units_become_packs_only_when_they_fill_them() -> None:
    assert in_packs(36, CARTON) == 3
    refusal = refused(in_packs, 40, CARTON)
    assert (refusal.code, refusal.facts) == ("not_full_packs", {"below": 36, "above": 48})
    assert "36 and 48" in str(refusal.message)


def test_splits_into_the_largest_packs_first() -> None:
    parts = split_into_packs(77, [CARTON, PALLET])
    assert [(part.count, part.pack.code) for part in parts] == [(1, "pallet"), (1, "carton"), (5, "each")]
    assert split_into_packs(0, [CARTON]) == ()
    assert refused(split_into_packs, -1, [CARTON]).code == "too_small"
    assert refused(split_into_packs, 5, [], base=CARTON).code == "not_a_base_unit"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (41, "3 cartons + 5 each"),
        (12, "1 carton"),
        (5, "5 each"),
        (0, "0 each"),
        (-24, "-2 cartons"),
        (-41, "-(3 cartons + 5 each)"),
    ],
)
def test_is_written_with_its_units(quantity: int, text: str) -> None:
    assert quantity_text(quantity, [CARTON]) == text


def test_is_written_with_the_words_of_the_item() -> None:
    assert quantity_text(13, [CARTON], base=Pack("bottle", 1, "bottles")) == "1 carton + 1 bottle"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**8), st.lists(st.integers(1, 5000), max_size=5))
def test_the_parts_hold_the_whole(quantity: int, sizes: list[int]) -> None:
    packs = [Pack(f"p{size}", size) for size in sizes]
    parts = split_into_packs(quantity, packs)
    assert sum(part.units for part in parts) == quantity
    assert all(part.count > 0 for part in parts)
    for pack in packs:
        assert in_packs(in_base_units(quantity // 5000, pack), pack) == quantity // 5000
