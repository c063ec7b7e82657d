"""Numbers of documents.

One row a series is counted up inside the transaction of the document itself. The row stays locked until that transaction
ends, so numbers follow each other without a gap: a document that fails takes its number back with it. Series without
that duty hand out numbers from a database sequence instead, which nobody waits for and which may leave gaps.
"""

import re

from django.db import connection
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.errors import Invalid, Missing
from backoffice.core.models.companies import Company, NumberSeries

_PATTERN = re.compile(r"\{(number(?::0?(\d{1,2}))?|year)\}")


def checked_pattern(pattern: str) -> str:
    """The pattern, or Invalid: it must hold {number} (or {number:06}) once, may hold {year}, and no other braces."""
    names = [match.group(1).split(":")[0] for match in _PATTERN.finditer(pattern)]
    rest = _PATTERN.sub("", pattern)
    if names.count("number") != 1 or "{" in rest or "}" in rest or not pattern.isprintable():
        raise Invalid(
            "bad_number_pattern",
            _("“%(pattern)s” is no number pattern: write {number} or {number:06} once, and {year} if you like.")
            % {"pattern": pattern},
            field="pattern",
        )
    return pattern


def written(pattern: str, number: int, year: int) -> str:
    """The number as it stands on the document."""

    def replace(match: re.Match[str]) -> str:
        if match.group(1) == "year":
            return f"{year:04d}"
        return f"{number:0{int(match.group(2) or 1)}d}"

    return _PATTERN.sub(replace, pattern)


def next_numbers(*, company: Company, code: str, count: int = 1) -> list[str]:
    """The next `count` numbers of a series, in order, inside the caller's transaction.

    Missing when the company has no such series; RuntimeError outside a transaction, where a gap could arise.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("next_numbers() was called outside the transaction of its document.")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_numberseries SET next_number = next_number + %s WHERE company_id = %s AND code = %s "
            "AND is_gapless RETURNING next_number, pattern",
            [count, company.pk, code],
        )
        row = cursor.fetchone()
        if row is not None:
            last, pattern = row[0] - 1, row[1]
            numbers: list[int] = list(range(last - count + 1, last + 1))
        else:
            numbers, pattern = _from_sequence(company, code, count)
    year = clock.today(company.time_zone).year
    return [written(pattern, number, year) for number in numbers]


def _from_sequence(company: Company, code: str, count: int) -> tuple[list[int], str]:
    pattern = (
        NumberSeries.objects.filter(company=company, code=code, is_gapless=False)
        .values_list("pattern", flat=True)
        .first()
    )
    if pattern is None:
        raise Missing(
            "no_number_series",
            _("%(company)s has no number series for %(code)s.") % {"company": company.name, "code": code},
            hint=_("Add it under Settings, Number series."),
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence_name(company.pk, code), count]
        )
        return [int(row[0]) for row in cursor.fetchall()], pattern


def sequence_name(company_id: int, code: str) -> str:
    """The database sequence behind a series that may have gaps."""
    return f"core_numbers_{company_id}_{re.sub(r'[^a-z0-9_]', '_', code.lower())}"


def make_series(*, company: Company, code: str, pattern: str, is_gapless: bool, first: int = 1) -> NumberSeries:
    """A new series and, where gaps are allowed, the sequence it counts by. Runs inside the caller's transaction."""
    series, is_new = NumberSeries.objects.get_or_create(
        company=company,
        code=code,
        defaults={"pattern": checked_pattern(pattern), "is_gapless": is_gapless, "next_number": first},
    )
    if is_new and not is_gapless:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SEQUENCE IF NOT EXISTS {sequence_name(company.pk, code)} START %s", [first])
    return series
