"""From the order in which a line is read to the order in which it is printed.

A PDF text operator and a label printer draw characters from left to right and know nothing of Hebrew, so a line is put
in visual order first. This is the Unicode bidirectional algorithm (UAX 9) for one line without explicit embeddings: such
control characters are dropped, which also defuses the trick of hiding a file name behind a right-to-left override.
The rule names (W1, N0, L2, …) are those of the standard.
"""

import unicodedata
from collections.abc import Callable
from typing import Literal

Direction = Literal["auto", "ltr", "rtl"]

_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN"}
_STRONG = {"L", "R", "AL"}
_RIGHT = {"R", "AL"}
_NEUTRAL = {"B", "S", "WS", "ON"}
_MIRRORED = dict(zip("()[]{}<>«»‹›≤≥⟨⟩", ")(][}{><»«›‹≥≤⟩⟨", strict=True))
_OPENING = dict(zip("([{⟨", ")]}⟩", strict=True))


def base_direction(text: str) -> Literal["ltr", "rtl"]:
    """The direction of the first letter that has one; a line of digits and signs reads from left to right (P2, P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _STRONG:
            return "rtl" if kind in _RIGHT else "ltr"
    return "ltr"


def visual_order(text: str, direction: Direction = "auto") -> str:
    """One line in the order its glyphs stand on paper, brackets mirrored. `text` must hold no line break."""
    text = "".join(c for c in text if unicodedata.bidirectional(c) not in _CONTROLS)
    base = base_direction(text) if direction == "auto" else direction
    kinds = [unicodedata.bidirectional(c) or "L" for c in text]
    if base == "ltr" and not any(kind in ("R", "AL", "AN") for kind in kinds):
        return text
    original = list(kinds)
    edge = "R" if base == "rtl" else "L"
    _resolve_weak(kinds, edge)
    _resolve_brackets(text, kinds, original, edge)
    _resolve_neutral(kinds, edge)
    return _reordered(text, _levels(kinds, original, 1 if base == "rtl" else 0))


def _resolve_weak(kinds: list[str], edge: str) -> None:
    """W1 to W7: marks follow their letter, digits take the side of what they belong to."""
    previous, strong = edge, edge
    for i, kind in enumerate(kinds):
        if kind == "NSM":  # W1
            kinds[i] = previous
        elif kind == "EN" and strong == "AL":  # W2
            kinds[i] = "AN"
        previous = kinds[i]
        if previous in _STRONG:
            strong = previous
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3
    for i in range(1, len(kinds) - 1):  # W4
        before, kind, after = kinds[i - 1 : i + 2]
        if before == after and ((kind == "CS" and before in ("EN", "AN")) or (kind == "ES" and before == "EN")):
            kinds[i] = before
    for start, end in _runs(kinds, lambda kind: kind == "ET"):  # W5
        if (start and kinds[start - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN"):
            kinds[start:end] = ["EN"] * (end - start)
    strong = edge
    for i, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):  # W6
            kinds[i] = "ON"
        elif kind == "EN" and strong == "L":  # W7
            kinds[i] = "L"
        elif kind in ("L", "R"):
            strong = kind


def _resolve_brackets(text: str, kinds: list[str], original: list[str], edge: str) -> None:
    """N0: a pair of brackets takes one direction, so that `(…)` never ends up with both ends on one side."""
    for start, end in _bracket_pairs(text, kinds):
        inside = {_side(kind) for kind in kinds[start + 1 : end]} - {""}
        if edge in inside:
            chosen = edge
        elif inside:
            before = next((side for kind in reversed(kinds[:start]) if (side := _side(kind))), edge)
            chosen = before if before != edge else edge
        else:
            continue
        for place in (start, end):
            kinds[place] = chosen
            for i in range(place + 1, len(kinds)):
                if original[i] != "NSM":
                    break
                kinds[i] = chosen


def _bracket_pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, character in enumerate(text):
        if kinds[i] != "ON":
            continue
        if character in _OPENING:
            if len(waiting) == 63:  # BD16 gives up here, and so does everybody else
                return []
            waiting.append((_OPENING[character], i))
            continue
        for depth in range(len(waiting) - 1, -1, -1):
            if waiting[depth][0] == character:
                pairs.append((waiting[depth][1], i))
                del waiting[depth:]
                break
    return sorted(pairs)


def _resolve_neutral(kinds: list[str], edge: str) -> None:
    """N1, N2: what has no direction takes its neighbours' where they agree, else the line's."""
    for start, end in _runs(kinds, lambda kind: kind in _NEUTRAL):
        before = _side(kinds[start - 1]) if start else edge
        after = _side(kinds[end]) if end < len(kinds) else edge
        kinds[start:end] = [before if before == after else edge] * (end - start)


def _side(kind: str) -> str:
    """Digits count as right-to-left when neutrals and brackets ask for their neighbours."""
    return {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _levels(kinds: list[str], original: list[str], base: int) -> list[int]:
    """I1, I2 and L1: how deep each character is turned; blanks at the end of the line keep the line's direction."""
    levels = []
    for kind in kinds:
        if base % 2 == 0:
            levels.append(base + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0))
        else:
            levels.append(base + (1 if kind in ("L", "EN", "AN") else 0))
    trailing = True
    for i in range(len(kinds) - 1, -1, -1):
        if original[i] in ("S", "B"):
            levels[i], trailing = base, True
        elif original[i] == "WS" and trailing:
            levels[i] = base
        else:
            trailing = False
    return levels


def _reordered(text: str, levels: list[int]) -> str:
    """L2 to L4: turn every run from the deepest level down; a mark stays behind its letter; brackets are mirrored."""
    characters = [
        _MIRRORED.get(character, character) if level % 2 else character
        for character, level in zip(text, levels, strict=True)
    ]
    order = list(range(len(text)))
    for depth in range(max(levels, default=0), 0, -1):
        flags = ["x" if levels[i] >= depth else "" for i in order]
        for start, end in _runs(flags, bool):
            order[start:end] = order[start:end][::-1]
    turned_marks = [unicodedata.category(text[i]) if levels[i] % 2 else "" for i in order]
    for start, end in _runs(turned_marks, lambda kind: kind in ("Mn", "Me")):
        # L3: where a stretch was turned around, the marks of a letter stand before it.
        if end < len(order) and order[end] == order[end - 1] - 1:
            order[start : end + 1] = order[start : end + 1][::-1]
    return "".join(characters[i] for i in order)


def _runs(values: list[str], belongs: Callable[[str], bool]) -> list[tuple[int, int]]:
    """The stretches of neighbouring values that belong, as (first, one behind the last)."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for i, value in enumerate([*values, ""]):
        inside = i < len(values) and belongs(value)
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            runs.append((start, i))
            start = None
    return runs
