"""Barcodes: what zint draws is what a scanner reads back, and what cannot be scanned is refused with a reason."""

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from backoffice.core.documents.barcodes import KINDS, Symbol, symbol
from backoffice.core.documents.svg import barcode_svg
from backoffice.core.errors import Invalid

SAMPLES = {
    "code128": "PKG-00000042",
    "gs1_128": "(01)09501101530003(17)271231(10)AB-123",
    "ean13": "5012345678900",
    "ean8": "96385074",
    "upca": "036000291452",
    "itf14": "12345678901231",
    "qr": "https://shop.example/p/שלום?a=1",
    "datamatrix": "LOT-7/2027",
}
READ_AS = {
    "gs1_128": "(01)09501101530003(17)271231(10)AB-123",
    "upca": "0036000291452",
}


def painted(code: Symbol, module: int = 4, bar_height: int = 60) -> Image.Image:
    """The rectangles as a picture, by nothing but their figures."""
    down = bar_height if code.linear else int(code.height) * module
    margin = code.quiet * module
    picture = Image.new("L", (int(code.width) * module + 2 * margin, down + 2 * margin), 255)
    draw = ImageDraw.Draw(picture)
    for rect in code.rects:
        top = margin + (0 if code.linear else int(rect.y) * module)
        bottom = margin + down if code.linear else top + int(rect.height) * module
        left = margin + int(rect.x) * module
        draw.rectangle((left, top, left + int(rect.width) * module - 1, bottom - 1), fill=0)
    return picture


def test_every_kind_has_a_sample() -> None:
    assert set(SAMPLES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_scanner_reads_back_what_was_encoded(kind: str) -> None:
    code = symbol(kind, SAMPLES[kind])
    read = [result.text for result in zxingcpp.read_barcodes(painted(code))]
    assert [text.removeprefix("0") if kind == "upca" else text for text in read] == [SAMPLES[kind]]


@pytest.mark.parametrize("kind", KINDS)
def test_bars_are_whole_modules_inside_the_symbol(kind: str) -> None:
    code = symbol(kind, SAMPLES[kind])
    assert min(rect.x for rect in code.rects) == 0
    assert max(rect.x + rect.width for rect in code.rects) == code.width
    for rect in code.rects:
        assert (rect.x, rect.y, rect.width, rect.height) == tuple(
            int(figure) for figure in (rect.x, rect.y, rect.width, rect.height)
        )


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("code128", "", "barcode_empty"),
        ("code128", "שלום", "barcode_characters"),
        ("code128", "a\nb", "barcode_characters"),
        ("code128", "a" * 200, "barcode_refused"),
        ("qr", "a\x00b", "barcode_characters"),
        ("qr", "\ud800", "barcode_characters"),
        ("qr", "x" * 2_990, "barcode_refused"),
        ("datamatrix", "x" * 2_990, "barcode_refused"),
        ("qr", "x" * 3_001, "barcode_too_long"),
        ("ean13", "501234567890", "barcode_digits"),
        ("ean13", "5012345678901", "barcode_check_digit"),
        ("ean13", "٥٠١٢٣٤٥٦٧٨٩٠٠", "barcode_digits"),
        ("ean8", "96385075", "barcode_check_digit"),
        ("upca", "036000291451", "barcode_check_digit"),
        ("itf14", "1234567890123", "barcode_digits"),
        ("itf14", "12345678901232", "barcode_check_digit"),
        ("gs1_128", "09501101530003", "barcode_refused"),
        ("gs1_128", "(01)09501101530004", "barcode_refused"),
        ("gs1_128", "(17)271332", "barcode_refused"),
        ("maxicode", "x", "barcode_kind_unknown"),
    ],
)
def test_refuses_a_text_that_the_kind_cannot_carry(kind: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        symbol(kind, text)
    assert caught.value.code == code


def test_never_completes_a_number_that_lacks_its_check_digit() -> None:
    # A UPC of twelve digits given as EAN-13 would become 0360002914523, the number of another product.
    with pytest.raises(Invalid) as caught:
        symbol("ean13", "036000291452")
    assert caught.value.code == "barcode_digits"


def test_an_svg_holds_the_code_and_escapes_its_title() -> None:
    svg = barcode_svg("code128", "AB-1", title='<b>"x"</b>', show_text=True)
    assert "<title>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</title>" in svg
    assert 'viewBox="0 0 99 52"' in svg
    assert svg.count("M") == len(symbol("code128", "AB-1").rects)
    assert ">AB-1</text>" in svg
    assert "style" not in svg
    assert "<script" not in svg
