"""Many bins from one line: `{zone:A-C}-{aisle:01-10}-{bay:01-05}-{level:1-4}` is 600 codes, from A-01-01-1 to C-10-05-4.

1. A pattern is text with parts in braces: a name, a colon, and values. Values are single ones and ranges, with commas
   between them: `A-C`, `01-10` (written with their zeros), `1,2,5-7`, and `01-19/2` for every second one.
2. Parts have the names zone, aisle, bay, level and position, in this order, each at most once; any may be left out.
3. The code of a zone or an aisle is what the code begins with up to and including its part: A, and A-01.
4. Bins stand side by side: aisles along x, bays along y, levels up z, positions next to each other within their bay.
5. The walk is a serpentine: up the first aisle, down the second. Within a bay it goes level by level from the floor up.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid, Words
from backoffice.core.texts import quoted

PARTS: Final = ("zone", "aisle", "bay", "level", "position")
MOST_BINS: Final = 20_000
MOST_PATTERN: Final = 200
MOST_CODE: Final = 40

_PIECE = re.compile(r"\{(?P<name>[a-z]*):(?P<values>[^{}]*)\}|(?P<text>[A-Za-z0-9._-]+)")
_RANGE = re.compile(r"(?P<first>[0-9]+|[A-Z])-(?P<last>[0-9]+|[A-Z])(?:/(?P<step>[1-9][0-9]?))?\Z")
_SINGLE = re.compile(r"[A-Za-z0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """One pair of braces: its name and the values it runs through."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BinSpot:
    """One bin of a pattern. `bay`, `level` and `position` count from zero, `turn` from one; `aisle_index` counts aisles over
    all zones; `positions` is how many share a bay."""

    code: str
    zone: str
    aisle: str
    aisle_index: int
    bay: int
    level: int
    position: int
    positions: int
    turn: int = 0


@dataclass(frozen=True)
class BinPattern:
    """A pattern that was understood."""

    pieces: tuple[str | Part, ...]

    @property
    def parts(self) -> dict[str, Part]:
        return {piece.name: piece for piece in self.pieces if isinstance(piece, Part)}

    @property
    def count(self) -> int:
        """How many bins it makes; known without making them."""
        return prod(len(part.values) for part in self.parts.values())

    @cached_property
    def spots(self) -> tuple[BinSpot, ...]:
        """Every bin in the order of the walk. Raises Invalid: too_many_bins, code_too_long, same_code_twice."""
        if self.count > MOST_BINS:
            message = format_lazy(
                _("This pattern makes {count} bins; at most {most} are made at once."), count=self.count, most=MOST_BINS
            )
            raise _refusal("too_many_bins", message)
        spots = sorted(self._spots(), key=_walk)
        _check_holders(spots)
        return tuple(_numbered(spots))

    def _spots(self) -> Iterator[BinSpot]:
        parts = self.parts
        positions = len(parts["position"].values) if "position" in parts else 1
        seen: set[str] = set()
        rows: dict[str, int] = {}
        for choice in product(*(range(len(part.values)) for part in parts.values())):
            at = dict(zip(parts, choice, strict=True))
            code, heads = self._written(at)
            if len(code) > MOST_CODE:
                message = format_lazy(
                    _("The code {code} is longer than {most}."), code=quoted(code, 60), most=MOST_CODE
                )
                raise _refusal("code_too_long", message)
            if code.upper() in seen:
                raise _twice(code)
            seen.add(code.upper())
            # Without aisles, each zone is walked like one.
            row = heads.get("aisle", heads.get("zone", ""))
            yield BinSpot(
                code=code,
                zone=heads.get("zone", ""),
                aisle=heads.get("aisle", ""),
                aisle_index=rows.setdefault(row, len(rows)),
                bay=at.get("bay", 0),
                level=at.get("level", 0),
                position=at.get("position", 0),
                positions=positions,
            )

    def _written(self, at: dict[str, int]) -> tuple[str, dict[str, str]]:
        """The code for this choice of values, and what it begins with up to each part."""
        code = ""
        heads: dict[str, str] = {}
        for piece in self.pieces:
            if isinstance(piece, Part):
                code += piece.values[at[piece.name]]
                heads[piece.name] = code
            else:
                code += piece
        return code, heads


def parse_pattern(text: object) -> BinPattern:
    """The pattern, understood.

    Raises Invalid (field `pattern`): bad_pattern, unknown_part, part_twice, parts_out_of_order, no_parts, bad_values.
    """
    if not isinstance(text, str) or not text.strip() or len(text) > MOST_PATTERN:
        raise _refusal("bad_pattern", _("Write a pattern such as {zone:A-C}-{aisle:01-10}-{bay:01-05}-{level:1-4}."))
    pieces: list[str | Part] = []
    at = 0
    for match in _PIECE.finditer(text.strip()):
        if match.start() != at:
            break
        at = match.end()
        pieces.append(match["text"] if match["text"] else Part(match["name"], _values(match["values"])))
    if at != len(text.strip()):
        message = format_lazy(
            _("The pattern cannot be read from here on: {rest}. A part looks like {{aisle:01-10}}."),
            rest=quoted(text.strip()[at:]),
        )
        raise _refusal("bad_pattern", message)
    _check_parts([piece.name for piece in pieces if isinstance(piece, Part)])
    if isinstance(pieces[0], str) and not pieces[0][0].isalnum():
        raise _refusal("bad_pattern", _("A code begins with a letter or a digit."))
    return BinPattern(tuple(pieces))


def _check_parts(names: list[str]) -> None:
    known = ", ".join(PARTS)
    for name in names:
        if name not in PARTS:
            message = format_lazy(
                _("There is no part called {name}. Parts are: {known}."), name=quoted(name), known=known
            )
            raise _refusal("unknown_part", message)
        if names.count(name) > 1:
            raise _refusal("part_twice", format_lazy(_("The part {name} stands there twice."), name=name))
    if not set(names) & {"bay", "level", "position"}:
        message = _("Nothing counts the bins: add a part bay, level or position.")
        raise _refusal("no_parts", message)
    if names != sorted(names, key=PARTS.index):
        raise _refusal("parts_out_of_order", format_lazy(_("The parts come in this order: {known}."), known=known))


def _values(text: str) -> tuple[str, ...]:
    """The values of one part, in the order written. Raises Invalid: bad_values."""
    values: list[str] = []
    for piece in text.split(","):
        found = _RANGE.match(piece)
        if found:
            values += _range(piece, found["first"], found["last"], int(found["step"] or 1))
        elif _SINGLE.match(piece):
            values.append(piece)
        else:
            raise _bad_values(piece, _("Write values such as A-C, 01-10, 01-19/2 or 1,2,5."))
        if len(values) > MOST_BINS:
            raise _bad_values(piece, format_lazy(_("These are more than {most} values."), most=MOST_BINS))
    if len({value.upper() for value in values}) != len(values):
        raise _bad_values(text, _("A value stands there twice."))
    return tuple(values)


def _range(piece: str, first: str, last: str, step: int) -> list[str]:
    if first.isdigit() != last.isdigit():
        raise _bad_values(piece, _("A range runs from a letter to a letter or from a number to a number."))
    if not first.isdigit():
        low, high = ord(first), ord(last)
    elif len(first) > 6 or len(last) > 6 or (len(first) != len(last) and (first + last).startswith("0")):
        raise _bad_values(piece, _("Write both ends with the same number of digits."))
    else:
        low, high = int(first), int(last)
    if low > high:
        raise _bad_values(piece, _("The range runs backwards."))
    if (high - low) // step >= MOST_BINS:
        raise _bad_values(piece, format_lazy(_("These are more than {most} values."), most=MOST_BINS))
    width = len(first) if first.startswith("0") else 0
    return [str(at).zfill(width) if first.isdigit() else chr(at) for at in range(low, high + 1, step)]


def _check_holders(spots: list[BinSpot]) -> None:
    """A zone, an aisle and a bin have three codes, and an aisle lies in one zone."""
    zones = {spot.zone.upper() for spot in spots if spot.zone}
    aisles: dict[str, str] = {}
    for spot in spots:
        if spot.aisle and aisles.setdefault(spot.aisle.upper(), spot.zone) != spot.zone:
            raise _twice(spot.aisle)
    bins = {spot.code.upper() for spot in spots}
    for code in sorted((zones & aisles.keys()) | (zones & bins) | (aisles.keys() & bins)):
        raise _twice(code)


def _walk(spot: BinSpot) -> tuple[int, int, int, int]:
    """The serpentine: every second aisle is walked from its far end."""
    bay = -spot.bay if spot.aisle_index % 2 else spot.bay
    return spot.aisle_index, bay, spot.level, spot.position


def _numbered(spots: list[BinSpot]) -> Iterator[BinSpot]:
    for turn, spot in enumerate(spots, start=1):
        yield replace(spot, turn=turn)


def _twice(code: str) -> Invalid:
    message = format_lazy(_("The pattern makes {code} twice. Put a hyphen between the parts."), code=quoted(code))
    return _refusal("same_code_twice", message)


def _bad_values(piece: str, message: Words) -> Invalid:
    return _refusal("bad_values", format_lazy("{piece}: {message}", piece=quoted(piece), message=message))


def _refusal(code: str, message: Words) -> Invalid:
    return Invalid(code, message, field="pattern")
