"""ZPL: drawn by a small printer of our own (rendering.zpl_pictures), scanned, and read back."""

import pytest

from backoffice.core.documents.labels import SHIPPING_4X6, Barcode, Box, Label, Line, Text
from backoffice.core.documents.zpl import escaped, render_zpl
from backoffice.core.errors import Refused
from tests.core.documents.rendering import ink, scanned, zpl_pictures, zpl_texts

LABEL = Label(
    *SHIPPING_4X6,
    (
        Text(5, 5, 90, "Jane Doe", size=6),
        Line(4, 12, 93.6, 0.5),
        Box(4, 40, 93.6, 30, 0.5),
        Barcode(5, 45, 90, 20, "code128", "PKG-00000042", show_text=True),
        Barcode(30, 80, 40, 40, "qr", "https://shop.example/p/42"),
        Barcode(5, 125, 90, 22, "gs1_128", "(00)106141412345678908"),
    ),
)


@pytest.mark.parametrize(("dpi", "size"), [(203, (813, 1219)), (300, (1219, 1829)), (600, (2438, 3658))])
def test_the_codes_scan_at_every_resolution(dpi: int, size: tuple[int, int]) -> None:
    picture = zpl_pictures(render_zpl([LABEL], dpi=dpi))[0]
    assert picture.size == size
    assert scanned(picture) == {"PKG-00000042", "https://shop.example/p/42", "(00)106141412345678908"}


def test_labels_follow_each_other_in_order() -> None:
    labels = [Label(50, 30, (Barcode(2, 2, 46, 20, "code128", f"BIN-{n}"),)) for n in range(3)]
    assert [scanned(picture) for picture in zpl_pictures(render_zpl(labels))] == [{"BIN-0"}, {"BIN-1"}, {"BIN-2"}]


@pytest.mark.parametrize(
    "text", ["^XA^FDforged^FS", "~JA", "a_5Eb", "50% \\& off", "Crème brûlée €", "a,b;c:d", "line\u2028break"]
)
def test_text_stays_text_whatever_is_in_it(text: str) -> None:
    zpl = render_zpl([Label(100, 30, (Text(2, 2, 96, text, size=3),))])
    assert zpl_texts(zpl) == [text.replace("\u2028", " ")]
    assert zpl.isascii()
    assert zpl.count(b"^XA") == 1
    assert b"~" not in zpl


def test_escapes_every_byte_that_means_something() -> None:
    assert escaped("a^b~c_d\\é") == "a_5Eb_7Ec_5Fd_5C_C3_A9"


@pytest.mark.usefixtures("font_file")
def test_other_scripts_go_as_a_picture_of_the_right_place() -> None:
    hebrew = Text(2, 2, 96, "\u05e9\u05dc\u05d5\u05dd", size=8)
    zpl = render_zpl([Label(100, 30, (hebrew,))])
    assert zpl_texts(zpl) == []
    picture = zpl_pictures(zpl)[0]
    assert ink(picture, 70, 2, 99, 11) > 200
    assert ink(picture, 0, 0, 70, 30) == 0


def test_the_printer_itself_centres_latin_text() -> None:
    zpl = render_zpl([Label(100, 30, (Text(10, 5, 60, "Bin A-1", size=5, align="center"),))]).decode()
    assert "^FO80,40^FB480,1,0,C^A0N,40,40^FH^FDBin A-1^FS" in zpl


def test_a_bar_is_one_row_and_marks_to_repeat_it() -> None:
    zpl = render_zpl([Label(100, 30, (Barcode(2, 2, 96, 20, "code128", "PKG-00000042"),))])
    assert len(zpl) < 600


def test_refuses_all_when_one_label_cannot_be_printed() -> None:
    bad = Label(100, 30, (Text(2, 2, 96, "张"),))
    with pytest.raises(Refused):
        render_zpl([LABEL, bad])
