"""Quantities: whole numbers of an item's base unit, and the packs (carton, pallet) that hold a fixed number of them.

Goods sold by weight or length choose a base unit small enough to be counted (gram, millimetre). So no quantity has a
fraction, and a conversion either comes out exactly or is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.numbers import MOST_QUANTITY
from backoffice.core.texts import quoted

EACH: Final = "each"


def check_quantity(
    value: object, *, field: str | None = "quantity", minimum: int = 0, maximum: int = MOST_QUANTITY
) -> int:
    """The value if it is a whole number within the bounds. Raises Invalid: not_whole, too_small, too_large."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid("not_whole", format_lazy(_("{value} is not a whole quantity."), value=quoted(value)), field=field)
    if value < minimum:
        message = format_lazy(_("{value} is too small; the least is {limit}."), value=quoted(value), limit=minimum)
        raise Invalid("too_small", message, field=field)
    if value > maximum:
        message = format_lazy(_("{value} is too large; the most is {limit}."), value=quoted(value), limit=maximum)
        raise Invalid("too_large", message, field=field)
    return value


@dataclass(frozen=True, slots=True)
class Pack:
    """A way of packing: its code (`carton`) and how many base units it always holds. `plural` is for sentences."""

    code: str
    units: int
    plural: str = ""

    def __post_init__(self) -> None:
        if not self.code:
            raise Invalid("blank", _("A pack needs a code."), field="code")
        check_quantity(self.units, field="units", minimum=1)

    def name(self, count: int) -> str:
        """The word that goes with a count: "1 carton", "3 cartons"."""
        return self.code if abs(count) == 1 or not self.plural else self.plural


@dataclass(frozen=True, slots=True)
class PackCount:
    """So many of one pack."""

    count: int
    pack: Pack

    @property
    def units(self) -> int:
        """In base units."""
        return self.count * self.pack.units


def in_base_units(count: int, pack: Pack, *, field: str | None = "quantity") -> int:
    """How many base units so many packs hold. Raises Invalid: not_whole, too_small, too_large."""
    units = check_quantity(count, field=field) * pack.units
    return check_quantity(units, field=field)


def in_packs(quantity: int, pack: Pack, *, field: str | None = "quantity") -> int:
    """How many packs the quantity makes, exactly. Raises Invalid: not_full_packs, which names the nearest full quantities."""
    packs, loose = divmod(check_quantity(quantity, field=field), pack.units)
    if loose:
        message = format_lazy(
            _("{quantity} does not fill whole packs of {units} ({pack}). Nearest are {below} and {above}."),
            quantity=quantity, units=pack.units, pack=pack.code, below=packs * pack.units, above=(packs + 1) * pack.units,
        )  # fmt: skip
        raise Invalid("not_full_packs", message, field=field, below=packs * pack.units, above=(packs + 1) * pack.units)
    return packs


def split_into_packs(quantity: int, packs: Iterable[Pack], *, base: Pack | None = None) -> tuple[PackCount, ...]:
    """The quantity in as large packs as possible, largest first, the rest in the base unit; nothing for zero.

    Packs need not divide one another: the sum is exact all the same, because the base unit takes what is left.
    """
    unit = _base_unit(base)
    left = check_quantity(quantity)
    found: dict[int, PackCount] = {}
    for pack in sorted(packs, key=lambda pack: -pack.units):
        if pack.units > 1 and pack.units not in found and left >= pack.units:
            count, left = divmod(left, pack.units)
            found[pack.units] = PackCount(count, pack)
    rest = (PackCount(left, unit),) if left else ()
    return (*found.values(), *rest)


def quantity_text(quantity: int, packs: Iterable[Pack] = (), *, base: Pack | None = None) -> str:
    """For people: "3 cartons + 5 each", "0 each", "-2 cartons" (a negative quantity is a correction)."""
    unit = _base_unit(base)
    if not quantity:
        return f"0 {unit.name(0)}"
    counts = split_into_packs(abs(quantity), packs, base=unit)
    text = " + ".join(f"{part.count} {part.pack.name(part.count)}" for part in counts)
    if quantity > 0:
        return text
    return f"-({text})" if len(counts) > 1 else f"-{text}"


def _base_unit(base: Pack | None) -> Pack:
    if base is not None and base.units != 1:
        raise Invalid("not_a_base_unit", format_lazy(_("{code} is a pack, not the base unit."), code=quoted(base.code)))
    return base or Pack(EACH, 1)
