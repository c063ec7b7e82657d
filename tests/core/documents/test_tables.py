"""Tables out: typed cells, no formula from foreign text, and memory that does not grow with the rows."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest

from backoffice.core.documents import tables
from backoffice.core.documents.sheets import read_table
from backoffice.core.documents.tables import Cell, csv_rows, write_csv, write_xlsx
from backoffice.core.errors import Refused

HEADER = ["sku", "quantity", "price", "shipped", "on", "at", "clock"]
MOMENT = datetime(2026, 3, 2, 8, 30, 15, tzinfo=UTC)
ROW: list[Cell] = ["A-1", -3, Decimal("-12.50"), True, date(2026, 3, 2), MOMENT, time(8, 30)]


def csv_text(header: list[str], *rows: list[Cell]) -> str:
    return "".join(csv_rows(header, rows))


def sheet(header: list[str], *rows: list[Cell]) -> list[tuple[object, ...]]:
    file = BytesIO()
    write_xlsx(file, header, rows)
    with read_table(file, name="out.xlsx") as table:
        return [table.columns, *(row.cells for row in table)]


def test_csv_opens_in_excel_and_keeps_numbers_numbers() -> None:
    assert csv_text(HEADER, ROW) == (
        "\ufeffsku,quantity,price,shipped,on,at,clock\r\n"
        "A-1,-3,-12.50,true,2026-03-02,2026-03-02 08:30:15+00:00,08:30:00\r\n"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\uff1d1", "=cmd|' /C calc'!A0"])
def test_50_foreign_text_never_becomes_a_formula(text: str) -> None:
    line = csv_text(["a"], [text]).splitlines()[1]
    assert line.lstrip('"').startswith("'")
    assert sheet(["a"], [text])[1] == (text,)
    file = BytesIO()
    write_xlsx(file, ["a"], [[text]])
    import zipfile

    xml = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    assert b"<f" not in xml


def test_50_headers_are_guarded_too() -> None:
    assert csv_text(["=1+1"]).startswith("\ufeff'=1+1")


def test_quotes_delimiters_and_line_breaks_stay_inside_their_cell() -> None:
    assert csv_text(["a", "b"], ['5" nail, "long"', "two\nlines"]).splitlines(keepends=True)[1:] == [
        '"5"" nail, ""long""","two\n',
        'lines"\r\n',
    ]
    assert csv_text(["a", "b"], ["x;y", None]).endswith("x;y,\r\n")
    assert "".join(csv_rows(["a", "b"], [["x;y", 1]], delimiter=";")).endswith('"x;y";1\r\n')


def test_a_workbook_keeps_every_type() -> None:
    rows = sheet(HEADER, ROW)
    assert rows[0] == tuple(HEADER)
    assert rows[1] == ("A-1", -3, Decimal("-12.5"), True, date(2026, 3, 2), MOMENT.replace(tzinfo=None), time(8, 30))


@pytest.mark.parametrize("number", [12345678901234567890, Decimal("1234567890.12345678"), Decimal("NaN"), 10**15 + 1])
def test_a_number_that_a_sheet_would_round_goes_as_text(number: int | Decimal) -> None:
    assert sheet(["n"], [number])[1] == (str(number),)


def test_a_web_address_is_text_and_no_link() -> None:
    assert sheet(["a"], ["https://shop.example"])[1] == ("https://shop.example",)


def test_control_characters_do_not_break_the_file() -> None:
    assert sheet(["a"], ["a\x00b\x1bc\ufffe"])[1] == ("abc",)
    assert csv_text(["a"], ["a\x00b\x1b"]).endswith("ab\r\n")


def test_blank_cells_stay_blank() -> None:
    assert sheet(["a", "b"], [None, "x"], ["", "y"])[1:] == [(None, "x"), (None, "y")]


def test_refuses_more_rows_than_a_sheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET_ROWS", 3)
    assert write_xlsx(BytesIO(), ["a"], [[1], [2]]) == 2
    with pytest.raises(Refused) as caught:
        write_xlsx(BytesIO(), ["a"], [[1], [2], [3]])
    assert caught.value.code == "sheet_full"


def test_a_long_export_needs_no_more_memory_than_a_short_one() -> None:
    class Nowhere(BytesIO):
        def write(self, data: object) -> int:
            return len(data)  # type: ignore[arg-type]  # bytes, as csv writes them

    def rows() -> Iterator[list[Cell]]:
        for number in range(50_000):
            yield [f"SKU-{number}", number, Decimal(number)]

    tracemalloc.start()
    try:
        assert write_csv(Nowhere(), ["sku", "n", "d"], rows()) == 50_000
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000


def test_a_sheet_name_holds_no_forbidden_sign() -> None:
    assert tables._sheet_name("Orders: 1/2 [new] '26'?*" + "x" * 40) == "Orders 12 new 26xxxxxxxxxxxxxxx"
    assert tables._sheet_name("[]") == "Sheet1"
