"""Days and moments out of outside text, read strictly: ISO 8601 in its plain spelling, years 1970 to 2100.

A day is a `date`. A moment is an aware `datetime` in UTC. A clock time without an offset is a moment only together with
a zone, and on the nights when clocks change it may be none or two: the first is refused, of two the earlier is taken.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Words
from backoffice.core.texts import quoted
from backoffice.core.zones import zone_of

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100

DayOrder: TypeAlias = Literal["DMY", "MDY", "YMD"]
Overlap: TypeAlias = Literal["earlier", "later", "refuse"]

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?\Z")
_FILE_DAY = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})\Z")
_FARTHEST_OFFSET: Final = timedelta(hours=14)  # Kiribati; nowhere is farther from UTC

# What may be wrong with the spelling of a day, in the order in which it is told.
_SPELLINGS: Final[tuple[tuple[str, Callable[[str], object], Promise], ...]] = (
    ("blank", lambda text: not text.strip(), _("Enter a date.")),
    ("surrounding_space", lambda text: text != text.strip(), _("Remove the spaces around the date.")),
    (
        "week_date",
        re.compile("[0-9]{4}-?W").match,
        _("Write the date with month and day, not with the number of the week."),
    ),
    (
        "epoch",
        re.compile(r"-?[0-9]{9,}(\.[0-9]+)?\Z").match,
        _("Write a date, not a count of seconds or milliseconds."),
    ),
    (
        "ambiguous_date",
        re.compile(r"[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}\Z").match,
        _("Day and month could be mixed up. Write the date as year-month-day, such as 2026-03-31."),
    ),
    ("not_a_date", lambda text: True, _("Write the date as year-month-day, such as 2026-03-31.")),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC, and a sentence where the text could have meant two (empty where it could not)."""

    at: datetime
    note: Words = ""


def parse_date(value: object, *, field: str | None = None) -> date:
    """A day from "2026-03-31", or a date as it is (never a datetime).

    Raises Invalid: a code of spelling (see _SPELLINGS), no_such_day, year_out_of_range.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return _within_years(value, field)
    if not isinstance(value, str):
        raise Invalid("not_a_date", _("This is not a date."), field=field)
    match = _DAY.match(value)
    if not match:
        raise _misspelt(value, field)
    return _day(int(match[1]), int(match[2]), int(match[3]), value, field)


def read_date(text: str, *, order: DayOrder, field: str | None = None) -> date:
    """A day from a file, once somebody has said in which order its parts stand: "31.3.2026", "3/31/2026".

    Raises Invalid: not_a_date (also for a year of two digits), no_such_day, year_out_of_range.
    """
    bare = text.strip()
    match = _FILE_DAY.match(bare)
    parts = dict(zip(order, (match[1], match[3], match[4]), strict=True)) if match else {}
    if not parts or len(parts["Y"]) != 4 or len(parts["D"]) > 2 or len(parts["M"]) > 2:
        message = format_lazy(
            _("{text} is not a date in the order {order} with a year of four digits."), text=quoted(bare), order=order
        )
        raise Invalid("not_a_date", message, field=field)
    return _day(int(parts["Y"]), int(parts["M"]), int(parts["D"]), bare, field)


def parse_moment(
    value: object, *, zone: str | None = None, overlap: Overlap = "earlier", field: str | None = None
) -> datetime:
    """As read_moment, without its note."""
    return read_moment(value, zone=zone, overlap=overlap, field=field).at


def read_moment(
    value: object, *, zone: str | None = None, overlap: Overlap = "earlier", field: str | None = None
) -> Moment:
    """A moment from "2026-03-31T14:30:00+02:00" (or Z), or from a clock time without offset in the zone named.

    Raises Invalid: those of parse_date, not_a_time, no_offset (neither offset nor zone), bad_offset, clocks_skip,
    clocks_repeat (only with overlap="refuse"), unknown_zone.
    """
    if isinstance(value, datetime):
        _within_years(value.date(), field)
        if value.tzinfo is not None:
            return Moment(value.astimezone(UTC))
        return _local(value, zone, overlap, field)
    if not isinstance(value, str):
        raise Invalid("not_a_time", _("This is not a date and time."), field=field)
    day_text, clock_text = value[:10], value[11:]
    if value[10:11] not in ("T", " ") or not _DAY.match(day_text):
        if _DAY.match(value):
            raise Invalid("not_a_time", _("The time of day is missing: write 2026-03-31T14:30:00Z."), field=field)
        raise _misspelt(value, field)
    day = parse_date(day_text, field=field)
    clock, offset = _clock(clock_text, field)
    naive = datetime.combine(day, clock)
    if offset is None:
        return _local(naive, zone, overlap, field)
    return Moment((naive - offset).replace(tzinfo=UTC))


def local_moment(
    day: date, clock: time, zone: str, *, overlap: Overlap = "earlier", field: str | None = None
) -> Moment:
    """The moment when clocks of the zone show this time on this day. Raises Invalid: clocks_skip, clocks_repeat."""
    return _local(datetime.combine(_within_years(day, field), clock.replace(tzinfo=None)), zone, overlap, field)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The first moment of a local day and the first of the next, in UTC: 23, 24 or 25 hours apart.

    Days of one zone follow each other without hole or overlap, also where midnight itself is skipped.
    """
    _within_years(day, None)
    return _start(day, zone), _start(day + timedelta(days=1), zone)


def _start(day: date, zone: str) -> datetime:
    # Where clocks skip midnight, the offset before the jump (fold=0) leads to the very moment of the jump.
    return datetime.combine(day, time(), tzinfo=zone_of(zone)).astimezone(UTC)


def _day(year: int, month: int, day: int, text: str, field: str | None) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _out_of_range(year, field)
    try:
        return date(year, month, day)
    except ValueError:
        message = format_lazy(_("There is no such day as {text}."), text=quoted(text))
        raise Invalid("no_such_day", message, field=field) from None


def _within_years(day: date, field: str | None) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _out_of_range(day.year, field)
    return day


def _out_of_range(year: int, field: str | None) -> Invalid:
    message = format_lazy(
        _("The year {year} is outside {first} to {last}."), year=f"{year:04}", first=FIRST_YEAR, last=LAST_YEAR
    )
    return Invalid("year_out_of_range", message, field=field)


def _clock(text: str, field: str | None) -> tuple[time, timedelta | None]:
    """The time of day and its offset from UTC, if it says one."""
    match = _CLOCK.match(text)
    if not match:
        message = format_lazy(_("{text} is not a time of day. Write 14:30:00Z or 14:30:00+02:00."), text=quoted(text))
        raise Invalid("not_a_time", message, field=field)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if second == 60:
        raise Invalid(
            "leap_second", _("Second 60 is a leap second, which clocks here do not have. Write 59."), field=field
        )
    if hour > 23 or minute > 59 or second > 59:
        message = format_lazy(_("There is no such time as {text}."), text=quoted(text))
        raise Invalid("not_a_time", message, field=field)
    clock = time(hour, minute, second, int((match[4] or "0").ljust(6, "0")))
    return clock, _offset(match[5], field) if match[5] else None


def _offset(text: str, field: str | None) -> timedelta:
    if text == "Z":
        return timedelta()
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or offset > _FARTHEST_OFFSET:
        message = format_lazy(_("There is no zone {text} from UTC; the farthest is 14 hours."), text=quoted(text))
        raise Invalid("bad_offset", message, field=field)
    return -offset if text[0] == "-" else offset


def _local(naive: datetime, zone: str | None, overlap: Overlap, field: str | None) -> Moment:
    if zone is None:
        raise Invalid("no_offset", _("The time says no zone. Add Z for UTC, or an offset such as +02:00."), field=field)
    info = zone_of(zone, field=field)
    first, second = (naive.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return Moment(first)
    words = {"time": f"{naive:%H:%M}", "day": f"{naive:%Y-%m-%d}", "zone": zone}
    if first > second:  # a gap: the offset before the jump leads past it, the one after leads before it
        message = format_lazy(
            _("On {day} clocks in {zone} were put forward and never showed {time}. Give another time."), **words
        )
        raise Invalid("clocks_skip", message, field=field)
    if overlap == "refuse":
        message = format_lazy(_("On {day} clocks in {zone} showed {time} twice. Add the offset from UTC."), **words)
        raise Invalid("clocks_repeat", message, field=field)
    if overlap == "later":
        return Moment(
            second, format_lazy(_("On {day} clocks in {zone} showed {time} twice; the later one was taken."), **words)
        )
    return Moment(
        first, format_lazy(_("On {day} clocks in {zone} showed {time} twice; the earlier one was taken."), **words)
    )


def _misspelt(text: str, field: str | None) -> Invalid:
    code, message = next((code, message) for code, applies, message in _SPELLINGS if applies(text))
    if code == "blank":
        return Invalid(code, message, field=field)
    return Invalid(code, format_lazy("{message} ({value})", message=message, value=quoted(text)), field=field)
