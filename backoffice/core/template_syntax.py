"""The grammar of the texts that staff may edit: names, conditions and lists over plain values, and nothing else.

    {{ customer.name }}   {{ total|money }}   {{#if tracking}} … {{else}} … {{/if}}   {{#each lines}} … {{/each}}

`parse` turns a text into nodes or says what is wrong at which line and column. It runs once over the text, from left to
right, so its time grows with the length and not with what stands there.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Problem, Words
from backoffice.core.texts import quoted

MOST_BYTES: Final = 64_000
MOST_LISTS: Final = 2  # a list may hold one more list: parcels and their lines
MOST_NESTING: Final = 10
MOST_FILTERS: Final = 3
FILTERS: Final = frozenset({"money", "date", "upper"})

# Names are small ASCII words: nothing with an underscore in front could even be written.
_PATH = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*){0,4}\Z")
_BLOCK = re.compile(r"#(if|each)\s+(\S+)\Z")


@dataclass(frozen=True, slots=True)
class Text:
    """Text that stands as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """A name whose value is printed, through filters from left to right."""

    path: tuple[str, ...]
    filters: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One of two bodies, by whether the value is there and not empty, zero or false."""

    path: tuple[str, ...]
    at: int
    body: "tuple[Node, ...]"
    otherwise: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repetition:
    """A body for each item of a list, or the other body when there is none."""

    path: tuple[str, ...]
    at: int
    body: "tuple[Node, ...]"
    otherwise: "tuple[Node, ...]"


Node: TypeAlias = Text | Value | Condition | Repetition


@dataclass(frozen=True, slots=True)
class Template:
    """A text that was understood."""

    source: str
    nodes: tuple[Node, ...]

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, both from one, of a position in the source."""
        return place(self.source, at)


def place(source: str, at: int) -> tuple[int, int]:
    """Line and column, both from one, of a position in the source."""
    return source.count("\n", 0, at) + 1, at - (source.rfind("\n", 0, at) + 1) + 1


def template_error(source: str, at: int, code: str, message: Words) -> Invalid:
    """The refusal of a template, with the place where it went wrong."""
    line, column = place(source, at)
    words = format_lazy(_("Line {line}, column {column}: {message}"), line=line, column=column, message=message)
    return Invalid(code, words, field="template", problems=[Problem(code, words, "template")], line=line, column=column)


def parse(source: str) -> Template:
    """The template of a text. Raises Invalid with `facts["line"]` and `facts["column"]`:

    template_too_long, not_text, unclosed_tag, unknown_tag, bad_name, unknown_filter, too_many_filters, unclosed_block,
    unopened_block, wrong_block, stray_else, too_deep.
    """
    if not isinstance(source, str):
        raise Invalid("not_text", _("A template is text."), field="template")
    # A character has at most four bytes, so the text is not encoded before its length is known to be sane.
    if len(source) > MOST_BYTES or len(source.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise Invalid(
            "template_too_long",
            format_lazy(_("A template may have {limit} bytes."), limit=MOST_BYTES),
            field="template",
        )
    return _Reader(source).read()


class _Open:
    """A block that has begun and waits for its end."""

    def __init__(self, kind: str, path: tuple[str, ...], at: int) -> None:
        self.kind, self.path, self.at = kind, path, at
        self.body: list[Node] = []
        self.otherwise: list[Node] | None = None

    def add(self, node: Node) -> None:
        (self.body if self.otherwise is None else self.otherwise).append(node)

    def closed(self) -> Node:
        made = Condition if self.kind == "if" else Repetition
        return made(self.path, self.at, tuple(self.body), tuple(self.otherwise or ()))


class _Reader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.open = [_Open("", (), 0)]

    def read(self) -> Template:
        done = 0
        while (start := self.source.find("{{", done)) >= 0:
            self._text(done, start)
            end = self.source.find("}}", start)
            if end < 0:
                raise self._error(start, "unclosed_tag", _("“{{” without “}}” behind it."))
            self._tag(self.source[start + 2 : end].strip(), start)
            done = end + 2
        self._text(done, len(self.source))
        if len(self.open) > 1:
            block = self.open[-1]
            message = format_lazy(
                _("The block “{kind}” is never closed."), kind=f"#{block.kind} {'.'.join(block.path)}"
            )
            raise self._error(block.at, "unclosed_block", message)
        return Template(self.source, tuple(self.open[0].body))

    def _text(self, start: int, end: int) -> None:
        command = self.source.find("{%", start, end)
        if command >= 0:
            raise self._error(command, "unknown_tag", _("“{%” has no meaning here."))
        if end > start:
            self.open[-1].add(Text(self.source[start:end]))

    def _tag(self, inside: str, at: int) -> None:
        if inside == "else":
            self._else(at)
        elif inside.startswith("/"):
            self._close(inside[1:].strip(), at)
        elif inside.startswith("#"):
            self._block(inside, at)
        else:
            name, *filters = (part.strip() for part in inside.split("|"))
            if len(filters) > MOST_FILTERS:
                raise self._error(at, "too_many_filters", _("There are too many filters behind this name."))
            for word in filters:
                if word not in FILTERS:
                    message = format_lazy(
                        _("There is no filter “{name}”. Known: {known}."),
                        name=quoted(word),
                        known=", ".join(sorted(FILTERS)),
                    )
                    raise self._error(at, "unknown_filter", message)
            self.open[-1].add(Value(self._path(name, at), tuple(filters), at))

    def _block(self, inside: str, at: int) -> None:
        match = _BLOCK.match(inside)
        if not match:
            raise self._error(at, "unknown_tag", format_lazy(_("“{tag}” has no meaning here."), tag=quoted(inside)))
        block = _Open(match[1], self._path(match[2], at), at)
        self.open.append(block)
        if sum(one.kind == "each" for one in self.open) > MOST_LISTS:
            raise self._error(at, "too_deep", format_lazy(_("Lists may be nested {most} deep."), most=MOST_LISTS))
        if len(self.open) - 1 > MOST_NESTING:
            raise self._error(at, "too_deep", format_lazy(_("Blocks may be nested {most} deep."), most=MOST_NESTING))

    def _else(self, at: int) -> None:
        block = self.open[-1]
        if not block.kind or block.otherwise is not None:
            raise self._error(at, "stray_else", _("“else” belongs once into a block."))
        block.otherwise = []

    def _close(self, kind: str, at: int) -> None:
        block = self.open[-1]
        if not block.kind:
            raise self._error(at, "unopened_block", format_lazy(_("“/{kind}” closes nothing."), kind=quoted(kind)))
        if kind != block.kind:
            message = format_lazy(_("“/{kind}” stands where “/{wanted}” is due."), kind=quoted(kind), wanted=block.kind)
            raise self._error(at, "wrong_block", message)
        self.open.pop()
        self.open[-1].add(block.closed())

    def _path(self, text: str, at: int) -> tuple[str, ...]:
        if not _PATH.match(text):
            message = format_lazy(
                _("“{name}” is not a name. Names are small letters, digits and _, with points between."),
                name=quoted(text),
            )
            raise self._error(at, "bad_name", message)
        return tuple(text.split("."))

    def _error(self, at: int, code: str, message: Words) -> Invalid:
        return template_error(self.source, at, code, message)
