"""Paging by key: the next page begins after the last row seen, so it costs the same at row 10 and at row 1,000,000.

A page is stable while others insert and delete: no row is shown twice and none is missed that was there all the time.
Ties are broken by primary key, empty values stand where PostgreSQL's own indexes put them (last ascending, first
descending), so that one index serves both directions.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Expression, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.constants import LOOKUP_SEP
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid

Listed = TypeVar("Listed", bound=Model)
EXACT_UP_TO: Final = 10_000
_LARGEST_KEY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """Along which field or annotation the rows stand. `path` is as in order_by, without a sign."""

    path: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> "Order":
        """`-name` is descending."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return f"-{self.path}" if self.descending else self.path

    def reversed(self) -> "Order":
        return Order(self.path, not self.descending)

    @property
    def is_by_key(self) -> bool:
        return self.path in ("pk", "id")


@dataclass(frozen=True, slots=True)
class Page(Generic[Listed]):
    """Some rows, and the cursors that lead on and back; empty where there is nothing more."""

    rows: list[Listed]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows there are. Above 10,000 the planner's estimate, and then it says so."""

    value: int
    is_exact: bool


def read_page(
    rows: QuerySet[Listed, Listed],
    order: Order,
    *,
    size: int,
    after: str = "",
    before: str = "",
    shown_from: QuerySet[Listed, Listed] | None = None,
) -> Page[Listed]:
    """One page of `rows` in this order. Invalid when a cursor is damaged or belongs to another order.

    Two queries: the keys first, over nothing but the columns of filter and order, then the rows of those keys with all
    that is joined or annotated. Sorting a hundred thousand wide rows to show fifty would cost ten times as much.
    `shown_from` are the same rows without their filters, where asking those again for each key would cost something.
    """
    source = rows if shown_from is None else shown_from
    if before:
        keys = _keys_beyond(rows, order.reversed(), _decode(rows, order, before), size + 1)
        if len(keys) > size:
            shown = _rows_of(source, keys[:size][::-1])
            return Page(shown, _encode(shown[0], order), _encode(shown[-1], order)) if shown else Page([], "", "")
        # Fewer than a page are left before the cursor: the first page, full, is what was meant.
        after = ""
    keys = _keys_beyond(rows, order, _decode(rows, order, after) if after else None, size + 1)
    shown = _rows_of(source, keys[:size])
    return Page(
        shown,
        _encode(shown[0], order) if after and shown else "",
        _encode(shown[-1], order) if len(keys) > size and shown else "",
    )


def count_rows(rows: QuerySet[Any, Any]) -> Total:
    """Exact up to 10,000; above that what the planner expects, rounded to two figures. One query, or two for an estimate."""
    counted = rows.order_by()[: EXACT_UP_TO + 1].count()
    if counted <= EXACT_UP_TO:
        return Total(counted, True)
    plan = json.loads(rows.order_by().explain(format="json"))
    expected = int(plan[0]["Plan"]["Plan Rows"])
    step = 10 ** max(len(str(expected)) - 2, 0)
    return Total(max(EXACT_UP_TO, expected // step * step), False)


class _RowBeyond(Func):
    """`(field, key) > (value, key)`: PostgreSQL compares rows, and an index over both columns serves it."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, sign: str) -> None:
        super().__init__(*expressions)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]  # options of other databases
        texts: list[str] = []
        values: list[Any] = []
        for expression in self.source_expressions:
            text, some = compiler.compile(expression)
            texts.append(text)
            values.extend(some)
        return f"({texts[0]}, {texts[1]}) {self.sign} ({texts[2]}, {texts[3]})", values


def _keys_beyond(rows: QuerySet[Listed, Listed], order: Order, edge: tuple[Any, int] | None, limit: int) -> list[int]:
    names = ("pk",) if order.is_by_key else (order.path, "pk")
    rows = rows.order_by(*[f"-{name}" if order.descending else name for name in names])
    if edge is not None:
        rows = rows.filter(_condition(rows, order, *edge))
    return list(rows.select_related(None).prefetch_related(None).values_list("pk", flat=True)[:limit])


def _rows_of(rows: QuerySet[Listed, Listed], keys: list[int]) -> list[Listed]:
    """The rows in the order of their keys. One that vanished between the two queries is left out."""
    if not keys:
        return []
    found = {row.pk: row for row in rows.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _condition(rows: QuerySet[Any, Any], order: Order, value: Any, key: int) -> Q | Expression:
    if order.is_by_key:
        return Q(pk__lt=key) if order.descending else Q(pk__gt=key)
    field, may_be_empty = _field(rows, order.path)
    empty = Q(**{f"{order.path}__isnull": True})
    if value is None:
        if order.descending:
            return (empty & Q(pk__lt=key)) | ~empty
        return empty & Q(pk__gt=key)
    beyond = _RowBeyond(
        F(order.path), F("pk"), Value(value, output_field=field), Value(key), sign="<" if order.descending else ">"
    )
    return Q(beyond) | empty if may_be_empty and not order.descending else beyond


def _field(rows: QuerySet[Any, Any], path: str) -> "tuple[Field[Any, Any], bool]":
    """The field at the end of a path, and whether its value may be missing (an annotation always may)."""
    annotation = rows.query.annotations.get(path)
    if annotation is not None:
        return annotation.output_field, True
    model, field, may_be_empty = rows.model, None, False
    for name in path.split(LOOKUP_SEP):
        field = model._meta.get_field(name)
        may_be_empty = may_be_empty or field.null
        model = field.related_model
    return field, may_be_empty  # type: ignore[return-value]  # a path has at least one part


def value_at(row: Any, path: str) -> Any:
    """What a row holds at a path; None where a relation on the way is empty."""
    for name in path.split(LOOKUP_SEP):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row.pk if isinstance(row, Model) else row


def _encode(row: Model, order: Order) -> str:
    value = None if order.is_by_key else value_at(row, order.path)
    if isinstance(value, Decimal):
        value = str(value)
    elif isinstance(value, datetime | date):
        value = value.isoformat()
    text = json.dumps([str(order), value, row.pk], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(rows: QuerySet[Any, Any], order: Order, cursor: str) -> tuple[Any, int]:
    bad = Invalid(
        "bad_cursor",
        _("This address names a page that does not exist in this order."),
        hint=_("Begin at the first page."),
    )
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        name, value, key = json.loads(text)
        if name != str(order) or type(key) is not int or not -_LARGEST_KEY <= key <= _LARGEST_KEY:
            raise bad
        if value is not None and not order.is_by_key:
            if isinstance(value, dict | list | float) or "\x00" in str(value):
                raise bad
            value = _field(rows, order.path)[0].to_python(value)
    except (binascii.Error, UnicodeError, ValueError, TypeError, ValidationError) as error:
        raise bad from error
    return value, key
