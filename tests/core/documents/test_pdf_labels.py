"""Labels in one PDF: decoded from the rendered page at a label printer's resolution, never from our own figures."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as Pictures
from pytest_django import Settings

from backoffice.core.documents import typefaces
from backoffice.core.documents.labels import SHIPPING_4X6, Barcode, Box, Image, Label, Line, Text
from backoffice.core.documents.layout import place_symbol
from backoffice.core.documents.pdf_labels import render_labels
from backoffice.core.errors import Invalid, Refused
from tests.core.documents.rendering import ink, page_pictures, page_texts, scanned

SHALOM = "\u05e9\u05dc\u05d5\u05dd"


def parcel(number: int, name: str = "Jane Doe") -> Label:
    return Label(
        *SHIPPING_4X6,
        (
            Text(5, 5, 90, "Acme Warehouse, 12 Dock Road", size=3.5),
            Line(4, 12, 93.6, 0.5),
            Text(5, 15, 90, name, size=6, bold=True),
            Box(4, 40, 93.6, 30, 0.5),
            Barcode(5, 45, 90, 20, "code128", f"PKG-{number:08}", show_text=True),
            Barcode(30, 80, 40, 40, "qr", f"https://shop.example/p/{number}"),
            Barcode(5, 125, 90, 22, "gs1_128", "(00)106141412345678908", show_text=True),
        ),
    )


def small(*items: object) -> Label:
    return Label(80, 40, items)


def test_every_label_is_a_page_whose_codes_scan() -> None:
    pictures = page_pictures(render_labels([parcel(1), parcel(2)]))
    assert [scanned(picture) for picture in pictures] == [
        {f"PKG-{n:08}", f"https://shop.example/p/{n}", "(00)106141412345678908"} for n in (1, 2)
    ]
    assert pictures[0].size == (812, 1218)


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("ean13", "5012345678900", "5012345678900"),
        ("ean8", "96385074", "96385074"),
        ("upca", "036000291452", "036000291452"),
        ("itf14", "12345678901231", "12345678901231"),
        ("datamatrix", "LOT-7", "LOT-7"),
    ],
)
def test_other_symbols_scan_from_the_page_too(kind: str, text: str, read: str) -> None:
    page = page_pictures(render_labels([small(Barcode(2, 2, 76, 30, kind, text))]))[0]
    assert {code.removeprefix("0") if len(code) == 13 and kind == "upca" else code for code in scanned(page)} == {read}


def test_bars_stand_on_whole_dots_of_the_printer() -> None:
    for item in (Barcode(2.3, 2.7, 71, 20, "code128", "DOTS-1"), Barcode(2.3, 2.7, 31, 31, "qr", "DOTS-1")):
        for dpi, dots in ((203, 8), (300, 12)):
            placed = place_symbol(item, dpi=dpi)
            for figure in (placed.x * dots, placed.y * dots, placed.module * dots):
                assert figure == pytest.approx(round(figure), abs=1e-9)


@pytest.mark.usefixtures("font_file")
@pytest.mark.parametrize(
    "name", ["Żółć Gęślą-Jaźń", "Привет Мир", "Ελένη Παπά", "Łukasz Đorđević", "Çağrı Şahin", "Žluťoučký kůň"]
)
def test_names_beyond_latin_one_print_with_all_their_letters(name: str) -> None:
    assert name in page_texts(render_labels([parcel(1, name)]))[0]


@pytest.mark.usefixtures("font_file")
@pytest.mark.parametrize(("plain", "accented"), [("Z", "Ż"), ("L", "Ł"), ("И", "Й"), ("Α", "Ά"), ("S", "Š")])
def test_an_accent_is_printed_with_its_letter(plain: str, accented: str) -> None:
    # Fonts compose such letters of two glyphs; both must have come along. The second letter chooses the font.
    def printed(letter: str) -> int:
        page = page_pictures(render_labels([small(Text(2, 2, 76, letter + "ő", size=20))]))[0]
        return ink(page, 0, 0, 80, 40)

    assert printed(accented) > printed(plain) > 2_000


@pytest.mark.usefixtures("font_file")
def test_hebrew_prints_in_visual_order() -> None:
    pdf = render_labels([small(Text(2, 2, 76, f"{SHALOM} 12", size=8, align="left"))])
    alone = page_pictures(render_labels([small(Text(2, 2, 76, SHALOM, size=8, align="left"))]))[0]
    digits_first = page_pictures(pdf)[0]
    # Seen from the left: the digits, then the word, whose picture is the same as alone.
    text_in_glyph_order = _glyphs(f"{SHALOM} 12")
    assert text_in_glyph_order == ["1", "2", " ", *reversed(SHALOM)]
    assert ink(digits_first, 2, 2, 12, 12) > 0
    assert ink(alone, 2, 2, 78, 12) < ink(digits_first, 2, 2, 78, 12)


def _glyphs(text: str) -> list[str]:
    """The letters from left to right, by the place at which PDFium paints each."""
    import pypdfium2

    page = pypdfium2.PdfDocument(BytesIO(render_labels([small(Text(2, 2, 76, text, size=8))])))[0].get_textpage()
    places = [(page.get_charbox(n)[0], page.get_text_range(n, 1)) for n in range(page.count_chars())]
    boxes = sorted((left, letter) for left, letter in places if letter.strip())
    letters = [letter for _left, letter in boxes]
    letters.insert(2, " ")
    return letters


@pytest.mark.usefixtures("font_file")
def test_hebrew_begins_at_the_right_edge_and_latin_at_the_left() -> None:
    hebrew = page_pictures(render_labels([small(Text(2, 2, 76, SHALOM, size=8))]))[0]
    latin = page_pictures(render_labels([small(Text(2, 2, 76, "Peace", size=8))]))[0]
    assert ink(hebrew, 60, 2, 78, 12) > 0
    assert ink(hebrew, 2, 2, 50, 12) == 0
    assert ink(latin, 2, 2, 20, 12) > 0
    assert ink(latin, 50, 2, 78, 12) == 0


def test_refuses_letters_that_no_font_has_instead_of_printing_boxes() -> None:
    with pytest.raises(Refused) as caught:
        render_labels([parcel(1, "张 Zoe")])
    assert caught.value.code == "letters_missing"
    assert caught.value.facts["letters"] == ["张"]


def test_refuses_a_script_whose_letters_join() -> None:
    with pytest.raises(Refused) as caught:
        render_labels([parcel(1, "سلام")])
    assert caught.value.code == "letters_missing"


def test_latin_labels_need_no_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typefaces, "truetype", lambda bold: None)
    assert "Jane Doe" in page_texts(render_labels([parcel(1)]))[0]
    with pytest.raises(Refused) as caught:
        render_labels([parcel(1, "Żaneta")])
    assert caught.value.facts["letters"] == ["Ż"]


@pytest.mark.parametrize("content", [None, b"not a font at all"])
def test_says_which_font_an_administrator_should_mend(
    content: bytes | None, settings: Settings, tmp_path: Path
) -> None:
    settings.LABEL_FONT = str(tmp_path / "house.ttf")
    if content is not None:
        (tmp_path / "house.ttf").write_bytes(content)
    typefaces.truetype.cache_clear()
    try:
        with pytest.raises(Refused) as caught:
            render_labels([parcel(1, "Żaneta")])
    finally:
        typefaces.truetype.cache_clear()
    assert caught.value.code == "label_font_unusable"
    assert "house.ttf" in str(caught.value.message)


def test_a_long_name_is_shrunk_and_then_cut() -> None:
    wide = "Wilhelmina Wolfeschlegelsteinhausenbergerdorff"
    texts = page_texts(render_labels([small(Text(2, 2, 40, wide, size=6))]))
    page = page_pictures(render_labels([small(Text(2, 2, 40, wide, size=6))]))[0]
    assert texts[0].startswith("Wilhelmina")
    assert texts[0].endswith("…")
    assert ink(page, 42.2, 0, 80, 40) == 0


def test_wraps_at_words_and_keeps_line_breaks() -> None:
    text = "221B Baker Street\nLondon NW1 6XE"
    lines = page_texts(render_labels([small(Text(2, 2, 76, text, size=5, max_lines=2))]))[0].splitlines()
    assert lines == ["221B Baker Street", "London NW1 6XE"]


def test_a_sku_without_blanks_is_broken_and_not_lost() -> None:
    sku = "SKU-" + "ABCDEFGHIJ" * 6
    text = page_texts(render_labels([small(Text(2, 2, 50, sku, size=5, max_lines=3))]))[0]
    assert text.replace("\r\n", "") == sku


@pytest.mark.usefixtures("font_file")
def test_equal_labels_give_equal_bytes() -> None:
    assert render_labels([parcel(1, "Żółć"), parcel(2)]) == render_labels([parcel(1, "Żółć"), parcel(2)])


def test_refuses_a_barcode_that_would_be_too_fine_to_scan() -> None:
    with pytest.raises(Invalid) as caught:
        render_labels([small(Barcode(2, 2, 70, 20, "code128", "A-RATHER-LONG-TEXT-FOR-SO-SMALL-A-LABEL"))])
    assert caught.value.code == "barcode_too_small"
    # It would fit with bars of one dot, an eighth of a millimetre.
    assert "121.0 × 1.1 mm and has 70 × 20 mm" in str(caught.value.message)


@pytest.mark.parametrize(
    "item", [Text(70, 2, 20, "x"), Barcode(-1, 2, 20, 10, "qr", "x"), Line(2, 39.9, 10, 2), Box(2, 2, 0, 5)]
)
def test_refuses_an_item_outside_of_its_label(item: object) -> None:
    with pytest.raises(Invalid) as caught:
        small(item)
    assert caught.value.code == "label_item_outside"


@pytest.mark.parametrize("size", [(0, 40), (80, 2_000), (float("nan"), 40)])
def test_refuses_a_label_without_a_sensible_size(size: tuple[float, float]) -> None:
    with pytest.raises(Invalid) as caught:
        Label(*size, ())
    assert caught.value.code == "label_size"


def test_rules_and_boxes_lie_where_they_were_put() -> None:
    page = page_pictures(
        render_labels([small(Line(10, 10, 40, 1), Line(60, 5, 20, 1, upright=True), Box(5, 30, 20, 8))])
    )[0]
    assert ink(page, 10, 10, 50, 11) == pytest.approx(40 * 8 * 8, rel=0.03)
    assert ink(page, 60, 5, 61, 25) == pytest.approx(20 * 8 * 8, rel=0.03)
    assert ink(page, 6, 31, 24, 37) == 0
    assert ink(page, 4, 29, 26, 39) > 0


def test_a_picture_keeps_its_proportions_and_its_white() -> None:
    picture = Pictures.new("RGBA", (40, 20), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 20, 20))
    data = BytesIO()
    picture.save(data, "PNG")
    page = page_pictures(render_labels([small(Image(10, 10, 20, 20, data.getvalue()))]))[0]
    # 40 by 20 into 20 by 20 mm: half as high, in the middle; the left half is ink.
    assert ink(page, 10.3, 15.3, 19.7, 24.7) == pytest.approx(9.4 * 9.4 * 64, rel=0.03)
    assert ink(page, 20.5, 10, 30, 30) == 0
    assert ink(page, 10, 10, 30, 14.5) == 0


def test_control_characters_and_overrides_do_not_reach_the_page() -> None:
    assert page_texts(render_labels([small(Text(2, 2, 76, "a\x00b\u202ec\td"))]))[0] == "abc d"
