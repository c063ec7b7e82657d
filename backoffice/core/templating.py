"""Fills the texts that staff may edit with plain values: no object, attribute or function can be reached from a template.

Values are text, whole and decimal numbers, booleans, days, moments, nothing (None), and lists and dicts of these. Dicts
are read by key only. Money is a dict of `amount` and `currency` (Money.as_json). Caps: 64 kB of template, 200 items
a list, 256 kB of output, 200 ms.
"""

import html
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from time import thread_time
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from backoffice.core.errors import DomainError, Invalid, Problem, Words
from backoffice.core.languages import locale_of
from backoffice.core.money import Money
from backoffice.core.template_syntax import Condition, Node, Repetition, Template, Text, Value, parse, template_error
from backoffice.core.zones import zone_of

Mode: TypeAlias = Literal["text", "html", "line"]

MOST_ITEMS: Final = 200
MOST_OUTPUT: Final = 256_000
MOST_SECONDS: Final = 0.2
MOST_PROBLEMS: Final = 20
BLANK: Final = "____"
_DEEPEST: Final = 6
_WIDEST_NUMBER: Final = 60
_STEPS_A_LOOK: Final = 50

_missing: Final = object()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled text, and the names that had no value and were left as visible blanks."""

    text: str
    missing: tuple[str, ...] = ()


def check(source: str, sample: Mapping[str, Any]) -> Template:
    """The template, if every name and filter in it, in every branch, fits the sample. For saving.

    The sample needs an item in each of its lists. Raises Invalid: those of parse, and bad_template with a problem for
    each place (unknown_name, not_printable, not_a_list, filter_does_not_fit).
    """
    template = parse(source)
    _require_plain(sample)
    problems = list(_problems(template, template.nodes, (sample,)))[:MOST_PROBLEMS]
    if problems:
        raise Invalid("bad_template", problems[0].message, field="template", problems=problems)
    return template


def render(
    template: Template | str, values: Mapping[str, Any], *, mode: Mode = "text", language: str = "en", zone: str = "UTC"
) -> Rendered:
    """The filled text. For sending: a name without value leaves a blank (____) and is told, it does not stop the mail.

    `html` escapes every value; `line` makes one line of it (subjects). Moments are shown on the clocks of `zone`.
    Raises Invalid: those of parse, output_too_long, too_many_items, too_slow. TypeError when a value is not plain.
    """
    ready = parse(template) if isinstance(template, str) else template
    _require_plain(values)
    run = _Run(ready.source, mode, _Format(language, zone_of(zone)), thread_time() + MOST_SECONDS)
    run.walk(ready.nodes, (values,))
    text = "".join(run.pieces)
    return Rendered(" ".join(text.split()) if mode == "line" else text, tuple(dict.fromkeys(run.missing)))


@dataclass(slots=True)
class _Format:
    """How values become text in a language and a zone."""

    language: str
    zone: ZoneInfo

    def text(self, value: object, filters: tuple[str, ...]) -> str:
        """Raises Invalid: not_printable, filter_does_not_fit."""
        for name in filters:
            value = _FILTERS[name](self, value)
        if value is None:
            return ""
        if isinstance(value, bool):
            with override(self.language):
                return str(_("yes") if value else _("no"))
        if isinstance(value, Decimal):
            return format(value, "f")
        if isinstance(value, datetime):
            return self.as_date(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, str | int):
            return str(value)
        raise Invalid("not_printable", _("This holds several values and cannot be printed as one."))

    def as_money(self, value: object) -> str:
        if not isinstance(value, Mapping):
            raise _unfit("money")
        try:
            amount = value.get("amount")
            if isinstance(amount, Decimal):
                return Money(amount, value.get("currency", "")).written(self.language)
            return Money.from_json(value).written(self.language)
        except DomainError:
            raise _unfit("money") from None

    def as_date(self, value: object) -> str:
        locale = locale_of(self.language)
        if isinstance(value, datetime) and value.tzinfo is not None:
            return str(format_datetime(value, "medium", tzinfo=self.zone, locale=locale))
        if isinstance(value, date) and not isinstance(value, datetime):
            return str(format_date(value, "long", locale=locale))
        raise _unfit("date")

    def as_upper(self, value: object) -> str:
        if not isinstance(value, str):
            raise _unfit("upper")
        return value.upper()


_FILTERS: Final[Mapping[str, Callable[[_Format, object], str]]] = {
    "money": _Format.as_money,
    "date": _Format.as_date,
    "upper": _Format.as_upper,
}


def _unfit(name: str) -> Invalid:
    return Invalid("filter_does_not_fit", format_lazy(_("The filter “{name}” does not fit this value."), name=name))


def _found(path: tuple[str, ...], scopes: tuple[Mapping[str, Any], ...]) -> object:
    """The value of a path: its first word in the innermost scope that has it, then key by key. Or `_missing`."""
    value: object = next((scope[path[0]] for scope in reversed(scopes) if path[0] in scope), _missing)
    for word in path[1:]:
        value = value.get(word, _missing) if isinstance(value, Mapping) else _missing
    return value


def _scope(item: object) -> Mapping[str, Any]:
    """What an item of a list adds to the names: its keys, and itself as `this`."""
    return {"this": item, **item} if isinstance(item, Mapping) else {"this": item}


@dataclass(slots=True)
class _Run:
    """One filling of a template, with its budget of time and size."""

    source: str
    mode: Mode
    format: _Format
    until: float
    pieces: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    size: int = 0
    steps: int = 0

    def walk(self, nodes: tuple[Node, ...], scopes: tuple[Mapping[str, Any], ...]) -> None:
        for node in nodes:
            # Time of this thread's own work, so that a busy machine does not stop an ordinary mail.
            self.steps += 1
            if self.steps % _STEPS_A_LOOK == 0 and thread_time() > self.until:
                raise Invalid("too_slow", _("Filling this template takes too long. Make it shorter."), field="template")
            if isinstance(node, Text):
                self._put(node.text)
            elif isinstance(node, Value):
                self._put(self._printed(node, scopes))
            elif isinstance(node, Condition):
                value = self._value(node, scopes)
                self.walk(node.body if value is not _missing and value else node.otherwise, scopes)
            else:
                self._repeat(node, scopes)

    def _repeat(self, node: Repetition, scopes: tuple[Mapping[str, Any], ...]) -> None:
        items = self._value(node, scopes)
        if not isinstance(items, list | tuple) or not items:
            self.walk(node.otherwise, scopes)
            return
        if len(items) > MOST_ITEMS:
            message = format_lazy(
                _("The list has {count} items; at most {most} can be written out."), count=len(items), most=MOST_ITEMS
            )
            raise template_error(self.source, node.at, "too_many_items", message)
        for item in items:
            self.walk(node.body, (*scopes, _scope(item)))

    def _value(self, node: Value | Condition | Repetition, scopes: tuple[Mapping[str, Any], ...]) -> object:
        value = _found(node.path, scopes)
        if value is _missing:
            self.missing.append(".".join(node.path))
        return value

    def _printed(self, node: Value, scopes: tuple[Mapping[str, Any], ...]) -> str:
        value = self._value(node, scopes)
        try:
            text = BLANK if value is _missing else "" if value is None else self.format.text(value, node.filters)
        except Invalid:
            self.missing.append(".".join(node.path))
            text = BLANK
        # A value of any length may come; it is measured before work is done on it.
        return html.escape(text) if self.mode == "html" and len(text) <= MOST_OUTPUT else text

    def _put(self, text: str) -> None:
        self.size += (
            len(text) if text.isascii() or len(text) > MOST_OUTPUT else len(text.encode("utf-8", "surrogatepass"))
        )
        if self.size > MOST_OUTPUT:
            message = format_lazy(_("The filled text is longer than {most} bytes."), most=MOST_OUTPUT)
            raise Invalid("output_too_long", message, field="template")
        self.pieces.append(text)


def _problems(template: Template, nodes: tuple[Node, ...], scopes: tuple[Mapping[str, Any], ...]) -> Iterator[Problem]:
    """What in the nodes does not fit the sample; both branches of every block are looked at, and one item of a list."""
    for node in nodes:
        if isinstance(node, Text):
            continue
        value = _found(node.path, scopes)
        if value is _missing:
            message = format_lazy(_("There is no value named “{name}”."), name=".".join(node.path))
            yield _problem(template, node.at, "unknown_name", message)
        elif isinstance(node, Value):
            try:
                _Format("en", ZoneInfo("UTC")).text(value, node.filters)
            except Invalid as refusal:
                yield _problem(template, node.at, refusal.code, refusal.message)
        if isinstance(node, Condition):
            yield from _problems(template, (*node.body, *node.otherwise), scopes)
        elif isinstance(node, Repetition):
            yield from _problems(template, node.otherwise, scopes)
            if isinstance(value, list | tuple) and value:
                yield from _problems(template, node.body, (*scopes, _scope(value[0])))
            elif value is not _missing:
                message = format_lazy(_("“{name}” is not a list."), name=".".join(node.path))
                yield _problem(template, node.at, "not_a_list", message)


def _problem(template: Template, at: int, code: str, message: Words) -> Problem:
    return template_error(template.source, at, code, message).problems[0]


def _require_plain(value: object, depth: int = 0) -> None:
    """Raises TypeError unless everything below is a plain value: this guards against our own code, not against staff."""
    if depth > _DEEPEST:
        raise TypeError("values for a template are nested too deep")
    if value is None or isinstance(value, str | bool | date):
        return
    if isinstance(value, int) and value.bit_length() < 4 * _WIDEST_NUMBER:
        return
    # 1E+999999 is short, but not once it is written out.
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _WIDEST_NUMBER:
        return
    if isinstance(value, list | tuple):
        for item in value:
            _require_plain(item, depth + 1)
    elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
        for item in value.values():
            _require_plain(item, depth + 1)
    else:
        raise TypeError(f"{type(value).__name__} is not a plain value for a template")
