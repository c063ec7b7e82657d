"""Hebrew on paper: from the order of reading to the order of printing. Expected lines agree with GNU FriBidi's."""

import pytest

from backoffice.core.documents.bidi import base_direction, visual_order

SHALOM = "\u05e9\u05dc\u05d5\u05dd"  # shin lamed vav mem
MOLASH = SHALOM[::-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Dock 12", "Dock 12"),
        (SHALOM, MOLASH),
        (f"{SHALOM} 12", f"12 {MOLASH}"),
        (f"{SHALOM} 12, {SHALOM}", f"{MOLASH} ,12 {MOLASH}"),
        (f"{SHALOM} (5)", f"(5) {MOLASH}"),
        (f"{SHALOM} (Kfar 5)", f"(Kfar 5) {MOLASH}"),
        (f"Kfar {SHALOM} 5 (b)", f"Kfar 5 {MOLASH} (b)"),
        (f"SKU-1 {SHALOM}", f"SKU-1 {MOLASH}"),
        (f"{SHALOM} SKU-1", f"SKU-1 {MOLASH}"),
        (f"{SHALOM} 12.50 ₪", f"₪ 12.50 {MOLASH}"),
        (f"{SHALOM} 3-4", f"3-4 {MOLASH}"),
        (f"{SHALOM}!", f"!{MOLASH}"),
        (f"{SHALOM} ", f" {MOLASH}"),
        (f"\u202e{SHALOM}\u202c", MOLASH),
        ("exe.\u202efdp", "exe.fdp"),
        ("\u05e9\u05b8 a", "a \u05e9\u05b8"),
    ],
)
def test_puts_a_line_in_the_order_of_its_glyphs(text: str, expected: str) -> None:
    assert visual_order(text) == expected


def test_a_line_of_a_longer_text_keeps_the_direction_of_the_text() -> None:
    assert visual_order(f"Haifa {SHALOM}", "rtl") == f"{MOLASH} Haifa"
    assert visual_order(f"Haifa {SHALOM}", "ltr") == f"Haifa {MOLASH}"


def test_digits_and_signs_alone_read_from_left_to_right() -> None:
    assert base_direction("12 (3)") == "ltr"
    assert base_direction(f"12 {SHALOM}") == "rtl"


def test_turning_a_line_loses_no_letter() -> None:
    text = f"a(b) {SHALOM}-12 [{SHALOM}] x, 5% «{SHALOM}»"
    mirror = str.maketrans("()[]«»", ")(][»«")
    assert sorted(visual_order(text).translate(mirror)) in (sorted(text), sorted(text.translate(mirror)))
