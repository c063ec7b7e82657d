"""One column of a list, or one fact of a detail page: where its value comes from, how it is shown, how it is exported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.constants import LOOKUP_SEP
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.keyset import value_at
from backoffice.core.money import Money
from backoffice.core.templatetags import ui

# What stands at the end of a row, and how wide: classes of table.css by kind.
CLASSES: Final[Mapping[str, str]] = {
    "number": "num",
    "quantity": "num",
    "money": "num",
    "state": "state",
    "picture": "fit",
    "moment": "fit",
    "day": "fit",
    "flag": "fit",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`Column("name", link=True)` is enough for a field; the rest is found in the model.

    name: a field, a path ("brand__name"), an annotation whose `kind` is given, or any word with `value` or `cell`. kind: text,
    code, number, quantity, money, state, choice, flag, moment, day, time, relation, pairs, picture. value: the plain value of
    a row, for cells and exports. cell: safe HTML of a row, where the kind is not enough. sort: the path to sort along; ""
    where the column cannot be sorted. unit: words, or the path to the unit or currency of the row. right: who lacks it never
    gets the column. needs: relations that `value` and `cell` follow. is_shown: whether the list shows it before anybody
    chose columns. is_wide_only: left out on a phone. labels, tones: words and colours of states, by value.
    """

    name: str
    title: Words = ""
    link: bool = False
    kind: str = ""
    value: Callable[[Any], Any] | None = None
    cell: Callable[[Any], SafeString | str] | None = None
    sort: str | None = None
    unit: Words = ""
    right: str = ""
    needs: tuple[str, ...] = ()
    is_shown: bool = True
    is_wide_only: bool = False
    labels: Mapping[Any, Words] | None = None
    tones: Mapping[Any, str] | None = None
    target: type[models.Model] | None = None

    @property
    def css(self) -> str:
        """Classes of its cells."""
        words = ["main"] if self.link else [CLASSES.get(self.kind, "")]
        if self.is_wide_only:
            words.append("hide-narrow")
        return " ".join(word for word in words if word)

    def raw(self, row: Any) -> Any:
        """The plain value: what is exported, compared and sorted."""
        if self.value is not None:
            return self.value(row)
        if self.kind == "relation":
            return _related(row, self.name)
        return value_at(row, self.name)

    def plain(self, row: Any) -> Any:
        """The value for a spreadsheet: words for choices and relations, numbers, moments and yes or no as they are."""
        value = self.raw(row)
        if value is None or value == "":
            return None
        if self.labels is not None:
            return str(self.labels.get(value, value))
        if isinstance(value, Money):
            return value.amount
        if isinstance(value, Mapping):
            return pairs_text(value)
        return str(value) if isinstance(value, models.Model) else value

    def unit_of(self, row: Any) -> Words:
        """The unit or currency of a row."""
        return _unit(self, row)


def bound(column: Column | str, model: type[models.Model]) -> Column:
    """The column with everything that the model knows about it: title, kind, sorting, words of choices."""
    if isinstance(column, str):
        column = Column(column)
    field = _field_at(model, column.name)
    if field is None:
        if column.value is None and column.cell is None and not column.kind:
            raise ValueError(f"{model.__name__} has no field {column.name}, and the column says not where to look.")
        title = column.title or capfirst(column.name.replace("_", " "))
        return replace(column, title=title, sort=column.sort or "", kind=column.kind or "text")
    target = field.related_model if isinstance(field, models.ForeignKey) else None
    choices = dict(getattr(field, "flatchoices", None) or ())
    kind = column.kind or _kind(field)
    needs = column.needs or ((column.name,) if target else _relations(model, column.name))
    labels: Mapping[Any, Words] | None = choices or None
    if column.name == "is_active":
        labels = {True: gettext_lazy("active"), False: gettext_lazy("switched off")}
    sort = column.sort
    if sort is None:
        sort = "" if kind == "pairs" else (_relation_sort(column.name, target) if target else column.name)
    return replace(
        column,
        title=column.title or capfirst(field.verbose_name),
        kind=kind,
        sort=sort,
        needs=needs,
        labels=column.labels or labels,
        target=target if isinstance(target, type) else None,
    )


def render(column: Column, row: Any, actor: Actor, link_to: Callable[[Any, Actor], str]) -> SafeString | str:
    """The cell of a row: escaped, with unit, in tabular figures, as a pill or a link. `link_to` finds the page of a row."""
    if column.cell is not None:
        return column.cell(row)
    value = column.raw(row)
    if value is None or value == "" or value == {}:
        return ui.NOTHING
    if column.kind == "relation":
        url = link_to(value, actor)
        return format_html('<a href="{}">{}</a>', url, str(value)) if url else str(value)
    return _SHOWN.get(column.kind, _text)(column, row, value)


def _text(column: Column, row: Any, value: Any) -> SafeString | str:
    if column.labels is not None:
        return str(column.labels.get(value, value))
    return str(value)


def _state(column: Column, row: Any, value: Any) -> SafeString | str:
    label = column.labels.get(value, value) if column.labels else ""
    tone = column.tones.get(value, "") if column.tones else ""
    code = ("active" if value else "inactive") if isinstance(value, bool) else value
    if isinstance(value, bool) and not tone:
        tone = "success" if value else "neutral"
    return ui.state_pill(code, label, tone)


def _number(column: Column, row: Any, value: Any) -> SafeString | str:
    return ui.quantity(value, _unit(column, row))


def _money(column: Column, row: Any, value: Any) -> SafeString | str:
    return ui.money(value) if isinstance(value, Money) else ui.money(value, str(_unit(column, row)))


def _flag(column: Column, row: Any, value: Any) -> SafeString | str:
    return _("yes") if value else _("no")


def _pairs(column: Column, row: Any, value: Any) -> SafeString | str:
    return pairs_text(value)


_SHOWN: Final[Mapping[str, Callable[[Column, Any, Any], SafeString | str]]] = {
    "state": _state,
    "code": lambda column, row, value: ui.code(value),
    "number": _number,
    "quantity": _number,
    "money": _money,
    "flag": _flag,
    "moment": lambda column, row, value: ui.moment(value),
    "day": lambda column, row, value: ui.moment(value),
    "time": lambda column, row, value: formats.time_format(value, "H:i"),
    "pairs": _pairs,
}


def pairs_text(values: Mapping[str, Any]) -> str:
    """`{"colour": "blue"}` as “colour: blue”; empty parts are left out."""
    parts = []
    for name, value in values.items():
        if value in (None, "", [], {}):
            continue
        text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
        parts.append(f"{name}: {text}")
    return "; ".join(parts)


def _unit(column: Column, row: Any) -> Words:
    """`unit` as a path where the row has one of that name, else as the words themselves."""
    path = str(column.unit)
    if path and path.isidentifier() and hasattr(row, path.partition(LOOKUP_SEP)[0]):
        return str(value_at(row, path) or "")
    return column.unit


def _related(row: Any, path: str) -> Any:
    for name in path.split(LOOKUP_SEP):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def _field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any] | None":
    """The column at the end of a path; None where the path is no path of columns."""
    found: models.Field[Any, Any] | None = None
    for name in path.split(LOOKUP_SEP):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not isinstance(field, models.Field):
            return None
        found = field
        model = field.related_model if isinstance(field.related_model, type) else model
    return found


def _relations(model: type[models.Model], path: str) -> tuple[str, ...]:
    head, mark, _tail = path.rpartition(LOOKUP_SEP)
    return (head,) if mark else ()


def _relation_sort(path: str, target: Any) -> str:
    """A relation is sorted as its own list is."""
    first = next(iter(target._meta.ordering), "pk")
    return f"{path}{LOOKUP_SEP}{str(first).removeprefix('-')}" if isinstance(first, str) else path


def _kind(field: "models.Field[Any, Any]") -> str:
    if isinstance(field, models.ForeignKey):
        return "relation"
    if field.name in ("is_active", "status", "state"):
        return "state"
    if field.flatchoices:
        return "choice"
    if field.name in ("code", "barcode", "sku") or field.name.endswith("_code"):
        return "code"
    for cls, kind in _KINDS:
        if isinstance(field, cls):
            return kind
    return "text"


_KINDS: Final[tuple[tuple[type[Any], str], ...]] = (
    (models.BooleanField, "flag"),
    (models.DateTimeField, "moment"),
    (models.DateField, "day"),
    (models.TimeField, "time"),
    (models.DecimalField, "number"),
    (models.IntegerField, "number"),
    (models.JSONField, "pairs"),
)
