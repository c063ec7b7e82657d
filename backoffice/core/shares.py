"""Splitting whole things (cents, pieces) by weights so that the parts add up to the whole."""

from collections.abc import Sequence
from decimal import Decimal
from math import lcm
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.texts import quoted

_WIDEST: Final = 40  # digits before or after the point of a weight


def shares(whole: int, weights: Sequence[int | Decimal]) -> list[int]:
    """The parts of `whole` in proportion to the weights: exact in sum, each within one of its fair share.

    What is left over goes to the largest remainders, and among equal ones to the first, so that the same question has
    the same answer everywhere; a weight of zero gets nothing. A negative whole is split as its opposite.
    Raises Invalid: bad_weights (none, negative, not exact, or all zero).
    """
    scaled = _whole_weights(weights)
    together = sum(scaled)
    size = abs(whole)
    parts, remainders = [], []
    for weight in scaled:
        part, remainder = divmod(size * weight, together)
        parts.append(part)
        remainders.append(remainder)
    # sorted() is stable: among equal remainders the first one comes first.
    for index in sorted(range(len(parts)), key=lambda place: -remainders[place])[: size - sum(parts)]:
        parts[index] += 1
    return [-part for part in parts] if whole < 0 else parts


def _whole_weights(weights: Sequence[int | Decimal]) -> list[int]:
    """The weights as whole numbers in the same proportion."""
    for weight in weights:
        if not _is_weight(weight):
            raise Invalid("bad_weights", format_lazy(_("{weight} cannot be a weight."), weight=quoted(weight)))
    if not any(weights):
        raise Invalid("bad_weights", _("There is nothing to split the amount by."))
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = lcm(*(bottom for _top, bottom in ratios))
    return [top * (common // bottom) for top, bottom in ratios]


def _is_weight(weight: object) -> bool:
    if isinstance(weight, Decimal):
        exponent = weight.as_tuple().exponent
        return isinstance(exponent, int) and weight >= 0 and weight.adjusted() <= _WIDEST and exponent >= -_WIDEST
    return isinstance(weight, int) and not isinstance(weight, bool) and weight >= 0
