"""Reading tables. Each bad input of the list has its number in the test's id; a problem names line, column and reason."""

import random
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import pytest

from backoffice.core.documents.rows import Cell
from backoffice.core.documents.sheets import Row, TableLimits, read_table
from backoffice.core.errors import Invalid
from tests.core.files.hostile import archive, workbook, workbook_of, workbook_with

Found = tuple[tuple[str, ...], list[Row], list[tuple[int | None, str | None, str]]]


def read(data: bytes, name: str = "list.csv", **options: object) -> Found:
    """Columns, rows, and every problem as (line, column, code) in the order of the lines."""
    with read_table(BytesIO(data), name=name, **options) as table:
        rows = list(table)
        problems = [*table.problems, *(problem for row in rows for problem in row.problems)]
        for problem in problems:
            assert str(problem.message).endswith(".")
    return table.columns, rows, [(problem.line, problem.column, problem.code) for problem in problems]


def cells(rows: list[Row]) -> list[tuple[Cell, ...]]:
    return [row.cells for row in rows]


TEXT = "sku,name,price\nA-1,Café Müller,1\nA-2,Žluťoučký,2\n"
LATIN = "sku,name,price\nA-1,Café Müller,1\nA-2,Straße,2\n"

READABLE: list[tuple[str, bytes, str]] = [
    ("64 UTF-8", TEXT.encode(), TEXT),
    ("64 UTF-8 with mark", b"\xef\xbb\xbf" + TEXT.encode(), TEXT),
    ("64 UTF-16 little", TEXT.encode("utf-16"), TEXT),
    ("64 UTF-16 big", b"\xfe\xff" + TEXT.encode("utf-16-be"), TEXT),
    ("64 UTF-16 without mark", TEXT.encode("utf-16-le"), TEXT),
    ("64 Windows Latin", LATIN.encode("cp1252"), LATIN),
    ("64 Windows Latin with euro", LATIN.replace("ß", "€").encode("cp1252"), LATIN.replace("ß", "€")),
    ("64 Latin-1", LATIN.encode("latin-1") + b"A-3,\x81,3\n", LATIN + "A-3,\x81,3\n"),
    ("65 semicolon and decimal comma", TEXT.replace(",", ";").encode(), TEXT),
    ("65 tab", TEXT.replace(",", "\t").encode(), TEXT),
    ("65 bar", TEXT.replace(",", "|").encode(), TEXT),
    ("65 said by Excel", b"sep=|\r\n" + TEXT.replace(",", "|").encode(), TEXT),
    ("80 CR only", TEXT.replace("\n", "\r").encode(), TEXT),
    ("80 CR LF", TEXT.replace("\n", "\r\n").encode(), TEXT),
    ("80 no end of the last line", TEXT.rstrip().encode(), TEXT),
]


@pytest.mark.parametrize(("data", "text"), [case[1:] for case in READABLE], ids=[case[0] for case in READABLE])
def test_reads_every_usual_way_to_write_a_table(data: bytes, text: str) -> None:
    columns, rows, problems = read(data)
    lines = [tuple(line.split(",")) for line in text.splitlines()]
    assert columns == lines[0]
    assert cells(rows) == lines[1:]
    assert problems == []


def test_65_a_decimal_comma_stays_in_its_cell() -> None:
    columns, rows, problems = read(b"sku;price;note\nA-1;1,50;a,b,c\nA-2;2,00;d\n")
    assert columns == ("sku", "price", "note")
    assert cells(rows) == [("A-1", "1,50", "a,b,c"), ("A-2", "2,00", "d")]
    assert problems == []


def test_65_one_column_is_a_table_too() -> None:
    columns, rows, _problems = read(b"sku\nA-1\nA-2\n")
    assert columns == ("sku",)
    assert cells(rows) == [("A-1",), ("A-2",)]


def test_a_person_may_know_better() -> None:
    text = "nazwa;cena\nŁódź;1\n"
    columns, rows, _problems = read(text.encode("cp1250"), encoding="cp1250", delimiter=";")
    assert columns == ("nazwa", "cena")
    assert rows[0].cells == ("Łódź", "1")


BAD: list[tuple[str, bytes, list[tuple[int | None, str | None, str]], int]] = [
    ("64 mixed", "a,b\né,1\n".encode() * 20 + b"caf\xe9,2\n", [(41, "a", "broken_encoding")], 40),
    ("66 quote opened at the end", b'a,b\n1,2\n3,"4\n5,6\n', [(3, None, "unterminated_quote")], 2),
    ("67 NUL", b"a,b\n1,x\x00y\n3,4\n", [(2, "b", "null_character")], 2),
    ("68 too few cells", b"a,b,c\n1,2\n3,4,5\n", [(2, None, "ragged_row")], 2),
    ("68 too many cells", b"a,b\n1,2,3\n3,4\n", [(2, None, "ragged_row")], 2),
    ("69 same header twice", b"sku,Sku\n1,2\n", [(1, None, "header_duplicate")], 0),
    ("69 same header by blanks", b"order id,order_ID \n1,2\n", [(1, None, "header_duplicate")], 0),
    ("69 value without a header", b"a,,c\n1,2,3\n", [(2, None, "value_without_header")], 1),
    ("73 header only", b"a,b\n", [(None, None, "no_rows")], 0),
    ("73 header and blank lines", b"a,b\n\n,\n  ,\n", [(None, None, "no_rows")], 0),
    ("74 nothing but blanks", b"\n\n , \n", [(None, None, "table_empty")], 0),
    ("75 row of totals", b"sku,qty\nA-1,3\nTotal:,3\n", [(3, None, "totals_row")], 2),
    ("75 row of totals in Hebrew", 'sku,qty\nA-1,3\n"סה""כ",3\n'.encode(), [(3, None, "totals_row")], 2),
    ("76 mangled GTIN", b"gtin,qty\n5.01235E+12,3\n", [(2, "gtin", "mangled_number")], 1),
    ("76 mangled GTIN with comma", b'gtin;qty\n"5,01235E+12";3\n', [(2, "gtin", "mangled_number")], 1),
    ("83 cut off in a row", b"sku,name,qty\nA-1,Anchor,3\nA-2,An", [(3, None, "ragged_row")], 2),
    ("83 cut off in quotes", b'sku,name,qty\nA-1,Anchor,3\nA-2,"An', [(3, None, "unterminated_quote")], 2),
    ("quotes that do not fit", b'a,b\n"A" size,1\n3,4\n', [(2, None, "broken_quotes")], 2),
]  # fmt: skip


@pytest.mark.parametrize(("data", "problems", "count"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_says_line_column_and_reason(
    data: bytes, problems: list[tuple[int | None, str | None, str]], count: int
) -> None:
    _columns, rows, found = read(data)
    assert found == problems
    assert len(rows) == count


def test_66_a_quote_opened_on_the_first_line_costs_no_more_than_a_look() -> None:
    data = b'sku,name\n"A-1,Anchor\n' + b"A-2,Bolt\n" * 500_000
    _columns, rows, problems = read(data)
    assert problems == [(2, None, "unterminated_quote")]
    assert cells(rows) == [()]


def test_67_a_bad_row_does_not_spoil_its_neighbours() -> None:
    _columns, rows, _problems = read(b"a,b\n1,2\n3\n5,6\n")
    assert [(row.line, row.cells, len(row.problems)) for row in rows] == [
        (2, ("1", "2"), 0),
        (3, ("3", None), 1),
        (4, ("5", "6"), 0),
    ]


def test_69_headers_keep_their_own_words() -> None:
    columns, _rows, problems = read("  SKU ,\u200bשם המוצר,Prix  HT\n1,2,3\n".encode())
    assert columns == ("SKU", "שם המוצר", "Prix HT")
    assert problems == []


def test_69_a_trailing_delimiter_is_no_column() -> None:
    columns, rows, problems = read(b"sku;qty;\nA-1;1;\nA-2;2;\n")
    assert columns == ("sku", "qty")
    assert cells(rows) == [("A-1", "1"), ("A-2", "2")]
    assert problems == []


def test_70_refuses_a_million_columns() -> None:
    _columns, rows, problems = read(b",".join([b"c"] * 400_000) + b"\n1\n")
    assert problems == [(1, None, "too_many_columns")]
    assert rows == []


def test_71_refuses_a_line_of_many_megabytes() -> None:
    _columns, rows, problems = read(b"a,b\n1,2\n" + b"x" * 60_000_000 + b"\n3,4\n")
    assert problems == [(3, None, "line_too_long")]
    assert len(rows) == 2


def test_72_a_line_break_inside_quotes_belongs_to_its_cell() -> None:
    _columns, rows, problems = read(b'a,b\r\n1,"two\r\nlines"\r\n3,4\r\n')
    assert cells(rows) == [("1", "two\r\nlines"), ("3", "4")]
    assert [row.line for row in rows] == [2, 4]
    assert problems == []


def test_76_leading_zeros_stay() -> None:
    _columns, rows, _problems = read(b"gtin,sku\n00012345678905,007\n")
    assert rows[0].cells == ("00012345678905", "007")


def test_77_and_78_rows_come_as_they_stand_with_their_lines() -> None:
    # The same order twice and a child before its parent are for the import to judge; it gets both with their lines.
    _columns, rows, problems = read(b"order,parent\nO-2,O-1\nO-1,\nO-2,O-1\n")
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "O-2"), (3, "O-1"), (4, "O-2")]
    assert problems == []


@pytest.mark.parametrize("formula", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_79_a_formula_in_a_text_file_is_text(formula: str) -> None:
    _columns, rows, problems = read(f"a,b\n{formula},2\n".encode())
    assert rows[0].cells == (formula, "2")
    assert problems == []


def test_too_many_rows_are_said_and_not_cut_off_in_silence() -> None:
    with read_table(BytesIO(b"a\n" + b"1\n" * 11), name="list.csv", limits=TableLimits(rows=10)) as table:
        rows = list(table)
    assert len(rows) == 11
    assert rows[-1].problems[0].code == "too_many_rows"
    assert not table.is_complete


def test_a_cell_over_its_length_is_said() -> None:
    _columns, _rows, problems = read(b"a,b\n1," + b"x" * 33_000 + b"\n")
    assert problems == [(2, "b", "cell_too_long")]


def test_the_file_stays_open_for_whoever_opened_it() -> None:
    file = BytesIO(b"a\n1\n")
    with read_table(file, name="list.csv") as table:
        next(iter(table))
    assert not file.closed


def test_any_bytes_at_all_are_an_answer() -> None:
    chance = random.Random(7)
    alphabet = [b",", b";", b'"', b"\n", b"\r", b"a", b"1", b"\xe9", b"\xc3\xa9", b"\0", b"\xff\xfe", b" ", b"\t"]
    for _round in range(400):
        data = b"h1,h2\n" + b"".join(chance.choice(alphabet) for _ in range(chance.randrange(60)))
        try:
            read(data)
        except Invalid as refusal:
            assert refusal.code == "file_type"


# --- workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_comes_with_types() -> None:
    moments = [datetime(2026, 3, 2, 8, 30), date(2026, 3, 2), time(8, 30)]
    from backoffice.core.documents.tables import write_xlsx

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
    from backoffice.core.documents import tables

    file = BytesIO()
    with tables.xlsxwriter.Workbook(file, {"date_1904": uses_1904}) as book:
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
    from tests.core.files.hostile import sheet_xml

    merged = sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>sku</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    ).replace(b"</worksheet>", b'<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells></worksheet>')
    assert read(xml, "book.xlsx")[2] == []
    assert read(workbook_with({"xl/worksheets/sheet1.xml": merged}), "book.xlsx")[2] == [(1, None, "merged_cells")]


def test_hidden_sheets_are_not_read_by_mistake() -> None:
    from backoffice.core.documents import tables

    file = BytesIO()
    with tables.xlsxwriter.Workbook(file) as book:
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


def test_refuses_what_is_no_table() -> None:
    with pytest.raises(Invalid) as caught:
        read(b"%PDF-1.7\n%%EOF", "list.csv")
    assert caught.value.code == "file_type"
