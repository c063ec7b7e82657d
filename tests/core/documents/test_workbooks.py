"""Reading workbooks: typed cells, bounded children, and nothing that turns into a blank without a word."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter

from backoffice.core.documents.sheets import Row
from backoffice.core.documents.tables import write_xlsx
from tests.core.documents.reading import cells, read
from tests.core.files.hostile import archive, sheet_xml, workbook, workbook_of, workbook_with


def test_a_workbook_comes_with_types() -> None:
    moments = [datetime(2026, 3, 2, 8, 30), date(2026, 3, 2), time(8, 30)]
    file = BytesIO()
    header = ["text", "whole", "broken", "truth", "moment", "day", "time"]
    write_xlsx(file, header, [["A-1", 7, Decimal("1.25"), True, *moments]])
    columns, rows, problems = read(file.getvalue(), "book.xlsx")
    assert columns == tuple(header)
    assert rows == [Row(2, ("A-1", 7, Decimal("1.25"), True, *moments))]
    assert problems == []


def test_a_table_may_begin_anywhere_on_its_sheet() -> None:
    data = workbook([[], [], ["", "", "sku", "qty"], ["", "", "A-1", 3], [], ["", "", "A-2", 4]])
    columns, rows, problems = read(data, "book.xlsx")
    assert [(row.line, row.cells) for row in rows] == [(4, (None, None, "A-1", 3)), (6, (None, None, "A-2", 4))]
    assert columns == ("", "", "sku", "qty")
    assert problems == []


def test_59_a_serial_number_without_a_format_stays_a_number() -> None:
    _columns, rows, _problems = read(workbook([["day"], [40544]]), "book.xlsx")
    assert rows[0].cells == (40544,)


@pytest.mark.parametrize("uses_1904", [False, True])
def test_59_days_are_right_in_both_calendars_of_excel(uses_1904: bool) -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": uses_1904}) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "day")
        page.write_datetime(1, 0, datetime(2011, 1, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    _columns, rows, _problems = read(file.getvalue(), "book.xlsx")
    assert rows[0].cells == (date(2011, 1, 1),)


BAD_CELLS: list[tuple[str, str, list[tuple[int | None, str | None, str]]]] = [
    (
        "94 formula without a value",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>qty</t></is></c></row><row r="2"><c r="A2"><f>1+1</f></c></row>',
        [(2, "A", "formula_without_value")],
    ),
    (
        "94 formula with an empty value",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>qty</t></is></c></row><row r="2"><c r="A2"><f>1+1</f><v/></c></row>',
        [(2, "A", "formula_without_value")],
    ),
    (
        "94 shared formula without a value",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>qty</t></is></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v></v></c></row>',
        [(2, "A", "formula_without_value")],
    ),
    (
        "94 an error for a value",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>qty</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
        [(2, "A", "error_value")],
    ),
    (
        "76 a GTIN that lost digits",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>gtin</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1.23456789012346E+17</v></c></row>',
        [(2, "gtin", "mangled_number")],
    ),
]


@pytest.mark.parametrize(("xml", "problems"), [case[1:] for case in BAD_CELLS], ids=[case[0] for case in BAD_CELLS])
def test_a_cell_never_becomes_a_blank_in_silence(xml: str, problems: list[tuple[int | None, str | None, str]]) -> None:
    _columns, rows, found = read(workbook_of(xml), "book.xlsx")
    assert found == problems
    assert len(rows) == 1


def test_94_a_formula_with_its_value_is_its_value() -> None:
    xml = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>qty</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    )
    _columns, rows, problems = read(workbook_of(xml), "book.xlsx")
    assert cells(rows) == [(2,)]
    assert problems == []


def test_86_a_cell_at_the_far_corner_is_refused() -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    _columns, rows, problems = read(workbook_of(xml), "book.xlsx")
    assert [code for _line, _column, code in problems] == ["workbook_too_heavy"]
    assert rows == []


def test_86_a_sheet_that_needs_gigabytes_is_refused() -> None:
    # Fifty million blank cells: under every limit but that of memory.
    xml = '<row r="1"><c r="A1"><v>1</v></c></row><row r="100000"><c r="SF100000"><v>2</v></c></row>'
    _columns, rows, problems = read(workbook_of(xml), "book.xlsx")
    assert [code for _line, _column, code in problems] == ["workbook_too_heavy"]
    assert rows == []


def test_86_a_wide_sheet_is_refused() -> None:
    _columns, rows, problems = read(workbook([[f"c{n}" for n in range(501)], ["x"]]), "book.xlsx")
    assert [code for _line, _column, code in problems] == ["too_many_columns"]
    assert rows == []


def test_92_links_to_other_workbooks_are_never_followed() -> None:
    link = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook '
        b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"/></externalLink>'
    )
    data = workbook_with({"xl/externalLinks/externalLink1.xml": link})
    _columns, rows, problems = read(data, "book.xlsx")
    assert cells(rows) == [("A-1", "Anchor")]
    assert problems == []


def test_95_a_merged_header_is_said() -> None:
    xml = workbook_of(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    )
    merged = sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    ).replace(b"</worksheet>", b'<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>')
    assert read(xml, "book.xlsx")[2] == []
    assert read(workbook_with({"xl/worksheets/sheet1.xml": merged}), "book.xlsx")[2] == [(1, None, "merged_cells")]


def test_hidden_sheets_are_not_read_by_mistake() -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        hidden = book.add_worksheet("Old")
        hidden.write_row(0, 0, ["secret"])
        hidden.hide()
        page = book.add_worksheet("New")
        page.write_column(0, 0, ["sku", "A-1"])
        page.activate()
        book.add_worksheet("More").write_column(0, 0, ["bin", "B-1"])
    data = file.getvalue()
    assert read(data, "book.xlsx")[0] == ("sku",)
    assert read(data, "book.xlsx", sheet="More")[0] == ("bin",)
    assert [code for *_place, code in read(data, "book.xlsx", sheet="Old")[2]] == ["sheet_missing"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: workbook_with({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}),
        lambda: workbook_with({"xl/workbook.xml": b"not xml at all"}),
        lambda: archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}),
    ],
)
def test_a_damaged_workbook_is_an_answer(spoil: Callable[[], bytes]) -> None:
    _columns, rows, problems = read(spoil(), "book.xlsx")
    assert len(problems) == 1
    assert [row for row in rows if row.cells] == []
