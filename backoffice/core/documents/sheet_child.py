"""The process that reads a workbook, run as `python -m backoffice.core.documents.sheet_child FILE MEMORY SECONDS SHEET`.

A hostile workbook can ask for any amount of memory; here it asks in vain and takes only this process with it. Prints JSON
lines: first what the sheet is, then one list for each row. Numbers come as they are written, days and times tagged.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final

CHUNK: Final = 1_000_000
MOST_ODD_CELLS: Final = 1_000

_PREFIX: Final = rb"(?:[A-Za-z0-9]+:)?"
_ERROR_CELL: Final = re.compile(rb"<" + _PREFIX + rb'c\s[^>]*?\bt="e"[^>]*>')
_FORMULA_WITHOUT_VALUE: Final = re.compile(
    rb"<(" + _PREFIX + rb")c\s[^>]*>\s*<\1f\b(?:[^>]*/>|[^>]*[^>/]>[^<]*</\1f>|>[^<]*</\1f>)\s*"
    rb"(?:<\1v\s*/>|<\1v>\s*</\1v>)?\s*</\1c>"
)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def main(path: str, memory: str, seconds: str, sheet: str) -> None:
    """Print the sheet named, or the first visible one."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    with python_calamine.load_workbook(path) as book:
        visible = [
            one.name
            for one in book.sheets_metadata
            if one.typ == python_calamine.SheetTypeEnum.WorkSheet
            and one.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        name = sheet or (visible[0] if visible else "")
        if name not in visible:
            _say({"error": "sheet_missing", "sheets": visible})
            return
        page = book.get_sheet_by_name(name)
        merged = [[low[0] + 1, high[0] + 1] for low, high in page.merged_cell_ranges or []]
        odd = list(odd_cells(path, name))
        _say({"sheet": name, "sheets": visible, "merged": merged[:100], "odd": odd, "width": page.width})
        left = [None] * (page.start[1] if page.start else 0)
        for line, row in enumerate(page.iter_rows(), start=1):
            _say([line, left + [plain(cell) for cell in row]])


def plain(cell: Any) -> Any:
    """A cell as JSON: text, whole numbers and truths as they are, the rest as [tag, text]."""
    if isinstance(cell, (str, bool, int)):
        return cell if cell != "" else None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e17 else ["n", repr(cell)]
    if isinstance(cell, datetime):
        return ["m", cell.isoformat()]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    if isinstance(cell, time):
        return ["t", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["n", repr(cell.total_seconds() / 86_400)]
    return str(cell)


def odd_cells(path: str, sheet: str) -> Iterator[list[Any]]:
    """Cells that would come as blanks without a word: errors such as #N/A, and formulas that were never computed."""
    count = 0
    with zipfile.ZipFile(path) as archive, archive.open(sheet_part(archive, sheet)) as xml:
        rest = b""
        while chunk := xml.read(CHUNK):
            text = rest + chunk
            # A cell may be cut by the edge of the chunk; from its beginning on it waits for the next one.
            edge = max(text.rfind(b"<c "), text.rfind(b":c "))
            edge = edge if edge > len(text) - CHUNK else len(text)
            for found in _odd_in(text[:edge]):
                count += 1
                if count > MOST_ODD_CELLS:
                    return
                yield found
            rest = text[edge:]
        yield from _odd_in(rest)


def _odd_in(xml: bytes) -> Iterator[list[Any]]:
    for pattern, code in ((_ERROR_CELL, "error_value"), (_FORMULA_WITHOUT_VALUE, "formula_without_value")):
        for found in pattern.finditer(xml):
            place = _PLACE.search(found[0])
            if place:
                yield [int(place[2]), column_number(place[1].decode()), code]


def sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive that holds a sheet, by way of the workbook's list and its relations."""
    from defusedxml.ElementTree import fromstring

    book_name = next(name for name in archive.namelist() if name.startswith("xl/workbook."))
    book = fromstring(archive.read(book_name))
    relations = fromstring(archive.read(f"xl/_rels/{book_name[3:]}.rels"))
    identity = next(
        value
        for one in book.iter()
        if one.tag.endswith("}sheet") and one.get("name") == sheet
        for key, value in one.attrib.items()
        if key.endswith("}id")
    )
    target = str(next(one.get("Target") for one in relations if one.get("Id") == identity))
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _say(message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
