"""Days as spreadsheets count them: a serial number from an epoch, of which there are two (1900 and 1904)."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal, TypeAlias

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.dates import Moment, Overlap, parse_date, read_moment
from backoffice.core.errors import Invalid
from backoffice.core.numbers import parse_decimal
from backoffice.core.texts import quoted

DateSystem: TypeAlias = Literal[1900, 1904]

# The 1900 system believes in a 29 February 1900. Its later days, the only ones accepted here, count from 30 December 1899.
_EPOCHS: Final = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
_MOST_DAYS: Final = 80_000
_DAY_SECONDS: Final = 86_400


def serial_date(serial: object, *, system: DateSystem = 1900, field: str | None = None) -> date:
    """The day of a whole serial number: 40544 is 2011-01-01 in the 1900 system and 2015-01-02 in the 1904 system.

    Raises Invalid: not_a_serial, year_out_of_range, and codes of numbers.parse_decimal.
    """
    days, seconds = _parts(serial, field)
    if seconds:
        raise Invalid("not_a_serial", _("The cell holds a time of day, where only a day is expected."), field=field)
    return parse_date(_EPOCHS[system] + timedelta(days=days), field=field)


def serial_moment(
    serial: object, *, zone: str, system: DateSystem = 1900, overlap: Overlap = "earlier", field: str | None = None
) -> Moment:
    """The moment of a serial number with a fraction of the day, on the clocks of the zone, to the nearest second."""
    days, seconds = _parts(serial, field)
    start = datetime.combine(parse_date(_EPOCHS[system] + timedelta(days=days), field=field), datetime.min.time())
    return read_moment(start + timedelta(seconds=seconds), zone=zone, overlap=overlap, field=field)


def _parts(serial: object, field: str | None) -> tuple[int, int]:
    number = parse_decimal(serial, max_digits=60, places=20, field=field)
    if not 0 < number <= _MOST_DAYS:
        message = format_lazy(_("{serial} is not the number of a day in a spreadsheet."), serial=quoted(serial))
        raise Invalid("not_a_serial", message, field=field)
    seconds = int((number * _DAY_SECONDS).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    return divmod(seconds, _DAY_SECONDS)
