"""How an issue takes its cost from the layers. Figures in, figures out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

SIX = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class OpenLayer:
    """What is left of one receipt."""

    id: int
    remaining: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken from one layer."""

    layer_id: int
    quantity: int
    amount: Decimal


def share(amount: Decimal, quantity: int, of: int) -> Decimal:
    """The amount that `quantity` of `of` units take with them; all units take all of it, so nothing is ever left over."""
    if quantity == of:
        return amount
    return (amount * quantity / of).quantize(SIX, ROUND_HALF_EVEN)


def take_oldest_first(layers: Sequence[OpenLayer], quantity: int) -> tuple[list[Taken], int]:
    """Take `quantity` from the layers in their order. Returns what was taken, and how much no layer covers.

    With moving average there is one open layer, so the same rule gives the average cost.
    """
    taken: list[Taken] = []
    for layer in layers:
        if quantity == 0:
            break
        part = min(layer.remaining, quantity)
        taken.append(Taken(layer.id, part, share(layer.amount, part, layer.remaining)))
        quantity -= part
    return taken, quantity
