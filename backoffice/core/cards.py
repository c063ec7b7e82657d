"""Keeps card numbers out of rows, logs and files: 13 to 19 digits that pass the Luhn check are masked before anything is written.

A tenth of all digit strings passes Luhn by chance, so a number must also begin and measure like a card of a network, and an
article number with a right check digit (a GTIN written in one piece) stays readable. Otherwise every tenth barcode and
tracking number in a stored payload would be destroyed.
"""

import re
from functools import lru_cache
from typing import Final

from backoffice.core.check_digits import gs1_holds, luhn_holds

_SHORTEST: Final = 13
_LONGEST: Final = 19
_TELLING: Final = 4  # digits that tell the network
_SEPARATORS: Final = " -.\u00a0\u2009\u202f\u2010\u2011\u2013"
# Digits with at most two separators between them, long enough to hide a card. Linear: each alternative starts with another kind.
_RUN = re.compile(rf"[0-9](?:[{re.escape(_SEPARATORS)}]{{0,2}}[0-9]){{{_SHORTEST - 1},}}")
_GROUP = re.compile("[0-9]+")

# Beginning -> lengths. Visa, Mastercard, American Express, Diners, Discover and UnionPay, JCB, Maestro, Mir, Troy, UATP.
_NETWORKS: Final = (
    (re.compile("4"), frozenset({13, 16, 19})),
    (re.compile("5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), frozenset({16})),
    (re.compile("3[47]"), frozenset({15})),
    (re.compile("30[0-5]|3[689]"), frozenset({14, 16, 19})),
    (re.compile("6"), frozenset(range(13, 20))),
    (re.compile("5[06-9]"), frozenset(range(13, 20))),
    (re.compile("35(?:2[89]|[3-8])"), frozenset(range(16, 20))),
    (re.compile("2131|1800"), frozenset({15})),
    (re.compile("220[0-4]"), frozenset(range(16, 20))),
    (re.compile("9792|8[12]"), frozenset(range(16, 20))),
    (re.compile("1"), frozenset({15})),
)


def mask_cards(text: str) -> str:
    """The text with every card number reduced to its last four digits; separators and everything else stay."""
    if not any(letter in text for letter in "0123456789"):
        return text
    return _RUN.sub(lambda run: _masked_run(run.group()), text)


def has_card(text: str) -> bool:
    """Whether mask_cards would change the text."""
    return mask_cards(text) != text


def _masked_run(run: str) -> str:
    """Mask the cards among the groups of a run: "12345 4111 1111 1111 1111" holds one that starts at the second group."""
    groups = [match.span() for match in _GROUP.finditer(run)]
    letters = list(run)
    first = 0
    while first < len(groups):
        last = _end_of_card(run, groups, first)
        if last is None:
            first += 1
            continue
        places = [place for start, end in groups[first : last + 1] for place in range(start, end)]
        for place in places[:-4]:
            letters[place] = "*"
        first = last + 1
    return "".join(letters)


def _end_of_card(run: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The group in which a card ends that begins with the group `first`, or None."""
    digits = ""
    ends: dict[int, int] = {}
    for index in range(first, len(groups)):
        digits += run[slice(*groups[index])]
        if len(digits) > _LONGEST:
            break
        ends[len(digits)] = index
    # The longest wins: a card may end in a group that looks complete before it.
    for length in sorted(_lengths(digits[:_TELLING]) & ends.keys(), reverse=True):
        if luhn_holds(digits[:length]) and not (ends[length] == first and _is_article(digits[:length])):
            return ends[length]
    return None


@lru_cache(maxsize=20_000)
def _lengths(digits: str) -> frozenset[int]:
    """How long cards may be that begin like this."""
    return frozenset().union(*(lengths for beginning, lengths in _NETWORKS if beginning.match(digits)))


def _is_article(digits: str) -> bool:
    return len(digits) in (13, 14) and gs1_holds(digits)
