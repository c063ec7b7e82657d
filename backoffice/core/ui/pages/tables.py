"""A list as a table: what it shows, or every column, in its order, through the cursor pages of the list itself."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.documents.tables import write_csv, write_xlsx
from backoffice.core.errors import Invalid, Words
from backoffice.core.files.types import CSV, XLSX
from backoffice.core.keyset import read_page
from backoffice.core.money import Money
from backoffice.core.services.bulk import Progress
from backoffice.core.ui.pages.asked import Asked, read
from backoffice.core.ui.pages.columns import Column

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages

STEP: Final = 1_000
CONTENT_TYPES: Final = {"csv": CSV.content_type, "xlsx": XLSX.content_type}


def export_into(
    file: IO[bytes],
    pages: "ModelPages",
    actor: Actor,
    query: str,
    names: Sequence[str],
    kind: str,
    *,
    zone: str = "",
    progress: Progress | None = None,
) -> int:
    """Write the list that this query asks for and return the number of rows. Invalid when the query is not understood."""
    asked = read(pages, actor, QueryDict(query))
    if asked.problems:
        raise Invalid("bad_filter", asked.problems[0])
    chosen = set(names)
    known = {column.name: column for column in pages.columns_for(actor)}
    columns = [known[name] for name in dict.fromkeys(names) if name in known] if chosen else list(known.values())
    header = [title for column in columns for title in _titles(column)]
    place = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    rows = _cells(asked, columns, place, progress)
    return write_csv(file, header, rows) if kind == "csv" else write_xlsx(file, header, rows, sheet=str(pages.title))


def _cells(asked: Asked, columns: Sequence[Column], place: Any, progress: Progress | None) -> Iterator[list[Any]]:
    rows, after, done = asked.rows(columns), "", 0
    listed = asked.pages.listed(asked.actor, columns)
    while True:
        page = read_page(rows, asked.order, size=STEP, after=after, shown_from=listed)
        for row in page.rows:
            yield [cell for column in columns for cell in _values(column, row, place)]
        done += len(page.rows)
        if progress is not None:
            progress(done)
        if not page.next:
            return
        after = page.next


def _titles(column: Column) -> list[Words]:
    if column.kind == "money":
        return [column.title, _("%(title)s, currency") % {"title": column.title}]
    return [column.title]


def _values(column: Column, row: Any, place: Any) -> list[Any]:
    value = column.plain(row)
    if isinstance(value, datetime):
        value = value.astimezone(place)
    if column.kind != "money":
        return [value]
    raw = column.raw(row)
    return [value, raw.currency if isinstance(raw, Money) else column.unit_of(row)]
