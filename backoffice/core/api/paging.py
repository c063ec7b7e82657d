"""Lists in pages by key: `?page_size=`, `?ordering=`, `?count=`, and the addresses of the next and previous page.

A cursor is opaque and signed for one address and one ordering: what a caller cannot read it cannot come to rely on, and
a changed one is refused instead of guessed at.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from backoffice.core.api.problems import BadParameter
from backoffice.core.errors import Invalid
from backoffice.core.keyset import Order, Page, count_rows, read_page
from backoffice.core.numbers import parse_integer
from backoffice.core.texts import quoted

PAGE_SIZE: Final = 50
MOST_ROWS: Final = 200
CURSOR, SIZE, ORDERING, COUNT = "cursor", "page_size", "ordering", "count"
PARAMETERS: Final = frozenset({CURSOR, SIZE, ORDERING, COUNT})
_LONGEST_CURSOR: Final = 2_000


class KeysetPagination(BasePagination):
    """The view says along which names its rows may stand: `orderings = {"name": "name", "brand": "brand__name"}`."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page that is asked for. BadParameter for what cannot be read."""
        self.request = request
        self.total: Mapping[str, Any] = {}
        order = ordering_of(request, view)
        cursor = request.query_params.get(CURSOR)
        after, before = _opened(cursor, request, order) if cursor is not None else ("", "")
        size = _size_of(request)
        try:
            self.page: Page[Model] = read_page(queryset, order, size=size, after=after, before=before)
        except Invalid as error:
            raise _bad_cursor() from error
        self.order = order
        self.total = _total(queryset, request)
        return list(self.page.rows)

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "next": self._address("a", self.page.next),
                "previous": self._address("b", self.page.previous),
                **self.total,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True, "description": "Null where there is no more."}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": link,
                "previous": link,
                "count": {"type": "integer", "description": "Only where `count` was asked for."},
                "count_is_exact": {"type": "boolean"},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = sorted(getattr(view, "orderings", {}))
        both = [text for name in names for text in (name, f"-{name}")]
        return [
            _parameter(
                CURSOR, {"type": "string"}, "Taken from `next` or `previous` of another page; nothing else holds."
            ),
            _parameter(
                SIZE, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE}, "Rows a page."
            ),
            _parameter(
                ORDERING, {"type": "string", "enum": both}, "Along what the rows stand; with a minus descending."
            ),
            _parameter(
                COUNT,
                {"type": "string", "enum": ["exact", "estimate"]},
                "Also count the rows. An estimate is exact up to 10,000 and costs little above.",
            ),
        ]

    def _address(self, way: str, cursor: str) -> str | None:
        if not cursor:
            return None
        address = self.request.build_absolute_uri()
        return str(replace_query_param(address, CURSOR, _signer(self.request, self.order).sign(way + cursor)))


def ordering_of(request: Request, view: Any) -> Order:
    """The order that is asked for, or the view's own; BadParameter for a name that is not on the view's list."""
    known: Mapping[str, str] = getattr(view, "orderings", {})
    wanted = request.query_params.get(ORDERING)
    if wanted is None:
        return Order.parse(str(getattr(view, "ordering", "id")))
    asked = Order.parse(wanted)
    if asked.path not in known:
        raise BadParameter(
            "unknown_ordering",
            format_lazy(_("The rows cannot be ordered by “{name}”."), name=quoted(wanted)),
            field=ORDERING,
            hint=format_lazy(_("Known are: {names}."), names=", ".join(sorted(known)) or "—"),
        )
    return Order(known[asked.path], asked.descending)


def _size_of(request: Request) -> int:
    text = request.query_params.get(SIZE)
    if text is None:
        return PAGE_SIZE
    try:
        return parse_integer(text, minimum=1, maximum=MOST_ROWS)
    except Invalid as error:
        raise BadParameter(error.code, error.message, field=SIZE) from error


def _total(rows: QuerySet[Any, Any], request: Request) -> dict[str, Any]:
    wanted = request.query_params.get(COUNT)
    if wanted is None:
        return {}
    if wanted == "exact":
        return {"count": rows.order_by().count(), "count_is_exact": True}
    if wanted == "estimate":
        total = count_rows(rows)
        return {"count": total.value, "count_is_exact": total.is_exact}
    raise BadParameter("unknown_choice", _("Write “exact” or “estimate”."), field=COUNT)


def _signer(request: Request, order: Order) -> Signer:
    return Signer(salt=f"api cursor {request._request.path} {order}")


def _opened(cursor: str, request: Request, order: Order) -> tuple[str, str]:
    """The inner cursor, as (after, before)."""
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise _bad_cursor()
    try:
        text = _signer(request, order).unsign(cursor)
    except BadSignature:
        raise _bad_cursor() from None
    return (text[1:], "") if text[0] == "a" else ("", text[1:])


def _bad_cursor() -> BadParameter:
    return BadParameter(
        "bad_cursor",
        _("This cursor was not made for this list in this order."),
        field=CURSOR,
        hint=_("Take the addresses in “next” and “previous” as they are, or begin at the first page without a cursor."),
    )


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}
