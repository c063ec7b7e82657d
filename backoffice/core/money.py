"""Money: an exact amount and its currency, always in whole minor units (cents, yen, fils).

The database stores `numeric(18, 3)`; amounts from there may carry padding zeros, amounts from people may not. Nothing here
touches a float, and nothing is rounded where it is not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from typing import Final, Self

from babel.core import get_global
from babel.numbers import NumberPattern, list_currencies
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.languages import locale_of
from backoffice.core.numbers import parse_decimal
from backoffice.core.shares import shares
from backoffice.core.texts import quoted

MAX_DIGITS: Final = 18
MOST_PLACES: Final = 3
UNIT_COST_PLACES: Final = 6
_LIMIT: Final = Decimal(10) ** (MAX_DIGITS - MOST_PLACES)

_COST_UNIT: Final = Decimal(1).scaleb(-UNIT_COST_PLACES)

# Wide enough for every product of an amount with a factor; the default context would round at 28 digits in silence.
_EXACT: Final = Context(prec=1000, rounding=ROUND_HALF_EVEN, Emax=MAX_EMAX, Emin=MIN_EMIN)
# A quotient of an amount and a quantity that is no exact half differs from one long before the sixtieth digit.
_DIVISION: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)

# Where the customary display (which is what CLDR, and so Babel, knows) drops the minor unit that ISO 4217, invoices and
# banks keep: a Serbian invoice has para although price tags do not.
_MINOR_UNITS_KEPT: Final[Mapping[str, int]] = {
    "AFN": 2, "ALL": 2, "IQD": 3, "IRR": 2, "KPW": 2, "LAK": 2, "LBP": 2,
    "MGA": 2, "MMK": 2, "RSD": 2, "SOS": 2, "SYP": 2, "YER": 2,
}  # fmt: skip


class MixedCurrencies(Invalid):
    """Amounts of two currencies were added or compared. They must be converted first, by a dated rate."""

    def __init__(self, first: str, second: str) -> None:
        message = format_lazy(_("{first} and {second} cannot be added or compared."), first=first, second=second)
        super().__init__("mixed_currencies", message, currencies=(first, second))


def places_of(currency: str) -> int:
    """How many decimals the currency has: 0 (JPY), 2 (EUR) or 3 (KWD). Raises Invalid: unknown_currency."""
    return _scale_of(currency)[0]


def _scale_of(currency: object) -> tuple[int, Decimal]:
    """The decimals of the currency and its smallest amount."""
    if not isinstance(currency, str):
        raise _unknown_currency(currency)
    return _known_scale(currency)


@lru_cache(maxsize=512)
def _known_scale(currency: str) -> tuple[int, Decimal]:
    fractions = get_global("currency_fractions")
    places = _MINOR_UNITS_KEPT.get(currency, fractions.get(currency, fractions["DEFAULT"])[0])
    # Four decimals (CLF, UYW) are units of account, which nobody pays with; XXX and XTS stand for no currency at all.
    if currency not in list_currencies() or currency in ("XXX", "XTS") or places > MOST_PLACES:
        raise _unknown_currency(currency)
    return places, Decimal(1).scaleb(-places)


def _unknown_currency(code: object) -> Invalid:
    message = format_lazy(
        _("{code} is not a currency code. Use three capital letters, such as EUR."), code=quoted(code)
    )
    return Invalid("unknown_currency", message)


def quantise(amount: Decimal, currency: str, rounding: str = ROUND_HALF_EVEN) -> Decimal:
    """The amount in whole minor units of the currency; halves go to the even neighbour unless told otherwise."""
    return _positive_zero(amount.quantize(_scale_of(currency)[1], rounding=rounding, context=_EXACT))


def _positive_zero(amount: Decimal) -> Decimal:
    return amount if amount else abs(amount)


def _too_much(digits: int = MAX_DIGITS - MOST_PLACES) -> Invalid:
    message = format_lazy(
        _("The amount is too large: at most {digits} digits before the decimal point."), digits=digits
    )
    return Invalid("amount_too_large", message)


def _finite(amount: object) -> Decimal:
    if isinstance(amount, int) and not isinstance(amount, bool):
        return Decimal(amount)
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise Invalid("not_exact", format_lazy(_("{amount} is not an exact amount of money."), amount=quoted(amount)))
    return amount


class _Ordered:
    """Order within one currency. Equality never raises: one euro is simply not one dollar."""

    __slots__ = ()
    amount: Decimal
    currency: str

    def _against(self, other: object) -> Decimal:
        if not isinstance(other, type(self)):
            raise TypeError(f"{type(self).__name__} cannot be compared with {type(other).__name__}")
        if self.currency != other.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return other.amount

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._against(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._against(other)

    def __gt__(self, other: Self) -> bool:
        return self.amount > self._against(other)

    def __ge__(self, other: Self) -> bool:
        return self.amount >= self._against(other)


@dataclass(frozen=True, slots=True)
class Money(_Ordered):
    """An amount in a currency. Equal when both are; ordered, added and subtracted only within one currency.

    Raises Invalid: unknown_currency, not_exact (float, bool, NaN, infinity), too_many_places, amount_too_large.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        unit = _scale_of(self.currency)[1]
        amount = _finite(self.amount)
        if amount.adjusted() >= MAX_DIGITS - MOST_PLACES and amount:
            raise _too_much()
        whole = amount.quantize(unit, context=_EXACT)
        if whole != amount:
            message = format_lazy(
                _("{amount} has more decimals than {currency} allows ({places})."),
                amount=quoted(amount), currency=self.currency, places=places_of(self.currency),
            )  # fmt: skip
            raise Invalid("too_many_places", message)
        object.__setattr__(self, "amount", _positive_zero(whole))

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in the currency."""
        return cls(Decimal(0), currency)

    @classmethod
    def from_minor(cls, units: int, currency: str) -> Money:
        """From whole minor units, as payment gateways count: 1250 of EUR is 12.50."""
        return cls(Decimal(units).scaleb(-places_of(currency), _EXACT), currency)

    @classmethod
    def parse(cls, text: object, currency: str, *, field: str | None = "amount") -> Money:
        """From strict text ("12.50"); more decimals than the currency has are refused, even zeros."""
        places = places_of(currency)
        return cls(
            parse_decimal(text, max_digits=MAX_DIGITS - MOST_PLACES + places, places=places, field=field), currency
        )

    @classmethod
    def from_json(cls, value: object, *, field: str | None = None) -> Money:
        """From {"amount": "12.50", "currency": "EUR"}; nothing more and nothing less."""
        if (
            not isinstance(value, Mapping)
            or set(value) != {"amount", "currency"}
            or not isinstance(value["amount"], str)
        ):
            raise Invalid("not_money", _("Send an amount as text and a currency."), field=field)
        return cls.parse(value["amount"], value["currency"], field=field)

    def as_json(self) -> dict[str, str]:
        """The amount as text with all its decimals, and the currency."""
        return {"amount": str(self.amount), "currency": self.currency}

    @property
    def minor(self) -> int:
        """The amount in whole minor units."""
        return int(self.amount.scaleb(places_of(self.currency), _EXACT))

    @property
    def is_zero(self) -> bool:
        return not self.amount

    @property
    def is_negative(self) -> bool:
        return self.amount < 0

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def __neg__(self) -> Money:
        return _made(-self.amount, self.currency) if self.amount else self

    def __abs__(self) -> Money:
        return _made(abs(self.amount), self.currency)

    def __add__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return _made(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        if not isinstance(other, Money):
            return NotImplemented
        if self.currency != other.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return _made(self.amount - other.amount, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        """Exact by an int; by a Decimal rounded to minor units, halves to even (`times` takes another rounding)."""
        if isinstance(factor, bool) or not isinstance(factor, int | Decimal):
            return NotImplemented
        return self.times(factor)

    __rmul__ = __mul__

    def times(self, factor: int | Decimal, rounding: str = ROUND_HALF_EVEN) -> Money:
        """The amount times a factor, computed exactly and then rounded once to minor units."""
        if isinstance(factor, Decimal) and not factor.is_finite():
            raise Invalid("not_exact", _("The factor is not a finite number."))
        product = _EXACT.multiply(self.amount, factor)
        if product.adjusted() >= MAX_DIGITS - MOST_PLACES:
            raise _too_much()
        return _made(quantise(product, self.currency, rounding), self.currency)

    def allocate(self, weights: Sequence[int | Decimal]) -> list[Money]:
        """Split by weights into parts whose sum is this amount exactly, each within one minor unit of its fair share.

        Who gets the units left over is said in `shares`. Raises Invalid: bad_weights.
        """
        return [Money.from_minor(part, self.currency) for part in shares(self.minor, weights)]

    def unit_cost(self, quantity: int) -> UnitCost:
        """This value spread over a quantity of base units, to six decimals. Raises Invalid: no_quantity."""
        if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity <= 0:
            raise Invalid("no_quantity", _("A cost per unit needs a quantity above zero."), field="quantity")
        return UnitCost(_DIVISION.divide(self.amount, quantity).quantize(_COST_UNIT, context=_DIVISION), self.currency)

    def written(self, language: str) -> str:
        """As people of the language write it: "12,50 €". Keeps every decimal of the currency."""
        locale = locale_of(language)
        pattern = _pattern(language, places_of(self.currency))
        return str(pattern.apply(self.amount, locale, currency=self.currency, currency_digits=False))


@dataclass(frozen=True, slots=True)
class UnitCost(_Ordered):
    """What one base unit costs, to six decimals: fine enough that a pallet of screws adds up. Stored as numeric(18, 6).

    Raises Invalid: unknown_currency, not_exact, too_many_places, amount_too_large.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        _scale_of(self.currency)
        amount = _finite(self.amount)
        if amount.adjusted() >= MAX_DIGITS - UNIT_COST_PLACES and amount:
            raise _too_much(MAX_DIGITS - UNIT_COST_PLACES)
        fine = amount.quantize(_COST_UNIT, context=_EXACT)
        if fine != amount:
            message = format_lazy(
                _("{amount} has more than {places} decimals."), amount=quoted(amount), places=UNIT_COST_PLACES
            )
            raise Invalid("too_many_places", message)
        object.__setattr__(self, "amount", _positive_zero(fine))

    def times(self, quantity: int, rounding: str = ROUND_HALF_EVEN) -> Money:
        """The value of a quantity of base units, rounded once to minor units."""
        if isinstance(quantity, bool) or not isinstance(quantity, int):
            raise TypeError("a quantity is a whole number")
        value = _EXACT.multiply(self.amount, Decimal(quantity))
        if value.adjusted() >= MAX_DIGITS - MOST_PLACES:
            raise _too_much()
        return _made(quantise(value, self.currency, rounding), self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def _made(amount: Decimal, currency: str) -> Money:
    """Money from figures that are already in minor units: the short way for sums, which only have to fit."""
    if not -_LIMIT < amount < _LIMIT:
        raise _too_much()
    money = object.__new__(Money)
    object.__setattr__(money, "amount", amount)
    object.__setattr__(money, "currency", currency)
    return money


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, in the currency named, of none or any number of amounts."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


@lru_cache(maxsize=256)
def _pattern(language: str, places: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale_of(language).currency_formats["standard"])
    pattern.frac_prec = (places, places)
    return pattern
