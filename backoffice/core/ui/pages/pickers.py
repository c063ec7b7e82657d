"""Choosing a row of another table: a box to type into, and the rows that match under it. Only rows that one may see."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from backoffice.core.actors import Actor
from backoffice.core.ui.pages.asked import SEARCH, read
from backoffice.core.ui.pages.parts import Rows
from backoffice.core.ui.pages.views import DeclaredPage

SHOWN = 20

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


class Picker(forms.TextInput):
    """The box. `labels` spares a query for a value whose words are known; `by` names other fields that narrow the choice."""

    input_type = "hidden"

    def __init__(
        self, pages: "ModelPages", actor: Actor, *, by: tuple[str, ...] = (), may_be_empty: bool = True
    ) -> None:
        super().__init__()
        self.pages, self.actor, self.by, self.may_be_empty = pages, actor, by, may_be_empty
        self.labels: dict[str, str] = {}

    @property
    def is_hidden(self) -> bool:
        return False

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The box with the words of the chosen row in it."""
        key = "" if value in (None, "") else str(value)
        context = {
            "name": name,
            "value": key,
            "label": self._label(key),
            "attrs": attrs or {},
            "url": self.pages.url("pick"),
            "by": " ".join(self.by),
            "may_be_empty": self.may_be_empty,
        }
        return render_to_string("core/pages/picker.html", context)

    def _label(self, key: str) -> str:
        if not key or key in self.labels:
            return self.labels.get(key, "")
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            return key
        row = self.pages.visible(self.actor).filter(pk=int(key)).first()
        return str(row) if row is not None else ""


class PickView(DeclaredPage):
    """The rows that match what was typed, as options of the box."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """At most 20: those whose code or name begins with the text first."""
        query = QueryDict(request.GET.urlencode(), mutable=True)
        text = query.pop(SEARCH, [""])[-1].strip().replace("\x00", "")[:100]
        asked = read(self.pages, self.actor, query, request)
        rows = list(best_matches(self.pages, asked.rows(), text)[: SHOWN + 1])
        context = {
            "rows": [{"key": row.pk, "title": str(row), "note": _note(self.pages, row)} for row in rows[:SHOWN]],
            "has_more": len(rows) > SHOWN,
            "text": text,
        }
        return render(request, "core/pages/picker_options.html", context)


def best_matches(pages: "ModelPages", rows: Rows, text: str) -> Rows:
    """Rows whose searched fields hold the text: equal first, then beginning with it, then by their own order."""
    if pages.is_switchable:
        rows = rows.filter(is_active=True)
    order = pages.sorts[pages.default_sort.removeprefix("-")]
    if not text or not pages.search:
        return rows.order_by(order, "pk")
    found, equal, begins = Q(), Q(), Q()
    for name in pages.search:
        found |= Q(**{f"{name}__icontains": text})
        equal |= Q(**{f"{name}__iexact": text})
        begins |= Q(**{f"{name}__istartswith": text})
    rank = Case(When(equal, then=Value(0)), When(begins, then=Value(1)), default=Value(2), output_field=IntegerField())
    ranked: Rows = rows.filter(found).annotate(match_rank=rank).order_by("match_rank", order, "pk")
    return ranked


def _note(pages: "ModelPages", row: Any) -> str:
    """What tells two rows of one name apart: the first searched field that is not already in the title."""
    title = str(row)
    for name in pages.search:
        value = getattr(row, name, None)
        if isinstance(value, str) and value and value != title:
            return value
    return ""
