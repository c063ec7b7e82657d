"""Reading tables. Each bad input of the list has its number in the test's id; a problem names line, column and reason."""

import random
import tracemalloc
from io import BytesIO

import pytest

from backoffice.core.documents.sheets import TableLimits, read_table
from backoffice.core.errors import Invalid
from tests.core.documents.reading import cells, read

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


def test_66_a_quote_that_closes_far_away_closes_nothing() -> None:
    data = b'sku,name\n"A-1,Anchor\n' + b"A-2,Bolt\n" * 300 + b'A-3,Cleat"\n'
    assert read(data)[2] == [(2, None, "unterminated_quote")]


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
    data = b"a,b\n1,2\n" + b"x" * 60_000_000 + b"\n3,4\n"
    tracemalloc.start()
    try:
        _columns, rows, problems = read(data)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problems == [(3, None, "line_too_long")]
    assert len(rows) == 2
    assert peak < 90_000_000  # one copy of the file is the test's own


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


def test_refuses_what_is_no_table() -> None:
    with pytest.raises(Invalid) as caught:
        read(b"%PDF-1.7\n%%EOF", "list.csv")
    assert caught.value.code == "file_type"
