"""Patterns of bins, without a database."""

import pytest

from backoffice.core.errors import Invalid
from inventory.strategies.bin_pattern import parse_pattern


def codes(pattern: str) -> list[str]:
    return [spot.code for spot in parse_pattern(pattern).spots]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{bay:1-3}", ["1", "2", "3"]),
        ("{bay:01-03}", ["01", "02", "03"]),
        ("{bay:8-11}", ["8", "9", "10", "11"]),
        ("{bay:01-09/4}", ["01", "05", "09"]),
        ("{bay:1,5-6,A}", ["1", "5", "6", "A"]),
        ("{zone:A-B}-{bay:1-2}", ["A-1", "A-2", "B-2", "B-1"]),
        ("M.{zone:A}.{bay:1}", ["M.A.1"]),
        ("{aisle:1-2}-{bay:1-2}{level:A-B}", ["1-1A", "1-1B", "1-2A", "1-2B", "2-2A", "2-2B", "2-1A", "2-1B"]),
        ("{bay:1}-{position:1-3}", ["1-1", "1-2", "1-3"]),
        ("  {bay:1}  ", ["1"]),
    ],
)
def test_makes_codes_in_the_order_of_the_walk(pattern: str, expected: list[str]) -> None:
    assert codes(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "code", "words"),
    [
        ("", "bad_pattern", "Write a pattern"),
        ("A-01", "no_parts", "Nothing counts the bins"),
        ("{zone:A-C}-{aisle:1-3}", "no_parts", "bay, level or position"),
        ("{bay:1-3", "bad_pattern", "{bay:1-3"),
        ("{bay:1-3}}", "bad_pattern", "from here on: }"),
        ("{bay:1-3} {level:1}", "bad_pattern", "from here on"),
        ("{shelf:1-3}", "unknown_part", "zone, aisle, bay, level, position"),
        ("{bay:1-3}-{bay:1-3}", "part_twice", "bay"),
        ("{level:1-3}-{bay:1-3}", "parts_out_of_order", "zone, aisle, bay"),
        ("{bay:3-1}", "bad_values", "backwards"),
        ("{bay:A-3}", "bad_values", "letter to a letter"),
        ("{bay:01-100}", "bad_values", "same number of digits"),
        ("{bay:}", "bad_values", "Write values"),
        ("{bay:1,,2}", "bad_values", "Write values"),
        ("{bay:1,1}", "bad_values", "twice"),
        ("{bay:a,A}", "bad_values", "twice"),
        ("{bay:é}", "bad_values", "Write values"),
        ("{bay:1-999999}", "bad_values", "more than 20000"),
        ("{bay:1-200}{level:1-101}", "too_many_bins", "20200"),
        ("{aisle:1-11}{bay:1-11}", "same_code_twice", "111"),
        ("{zone:A,A1}{bay:1-2}", "same_code_twice", "A1"),
        ("{zone:A,A1}{aisle:1-11}-{bay:1}", "same_code_twice", "A11"),
        ("X" * 40 + "{bay:1}", "code_too_long", "longer than 40"),
        ("-{bay:1}", "bad_pattern", "begins with"),
        ("{bay:1}" + " " * 300, "bad_pattern", "Write a pattern"),
    ],
)
def test_refuses_a_pattern_and_says_why(pattern: str, code: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        codes(pattern)
    assert refusal.value.code == code
    assert refusal.value.problems[0].field == "pattern"
    assert words in str(refusal.value.message)


def test_counts_without_making_a_single_code() -> None:
    assert parse_pattern("{zone:A-Z}-{aisle:000-999}-{bay:000-999}").count == 26_000_000


def test_walks_up_the_first_aisle_and_down_the_second() -> None:
    spots = parse_pattern("{zone:A-B}-{aisle:1-2}-{bay:1-3}-{level:1-2}").spots
    first = "A-1-1-1 A-1-1-2 A-1-2-1 A-1-2-2 A-1-3-1 A-1-3-2 A-2-3-1 A-2-3-2"
    assert " ".join(spot.code for spot in spots[:8]) == first
    assert [spot.turn for spot in spots] == list(range(1, 25))
    # The walk does not begin anew in the next zone: it goes on in the direction that comes next.
    assert [spot.code for spot in spots[12:14]] == ["B-1-1-1", "B-1-1-2"]
    assert [(spot.zone, spot.aisle, spot.aisle_index, spot.bay, spot.level) for spot in spots[-1:]] == [
        ("B", "B-2", 3, 0, 1)
    ]
