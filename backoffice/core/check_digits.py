"""The two check digits that this house meets: Luhn on cards, the GS1 digit on articles and logistic units."""

from typing import Final

# A doubled digit counts with the sum of its own digits.
_DOUBLED: Final = {"0": 0, "1": 2, "2": 4, "3": 6, "4": 8, "5": 1, "6": 3, "7": 5, "8": 7, "9": 9}


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is right by ISO/IEC 7812: every second digit from the right counts double."""
    return (sum(map(int, digits[::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))) % 10 == 0


def gs1_digit(body: str) -> str:
    """The check digit that belongs behind `body` (GTIN, SSCC, GLN): from the right, digits count three and one by turns."""
    total = sum((ord(digit) - 48) * (1 if position % 2 else 3) for position, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gs1_holds(digits: str) -> bool:
    """Whether the last of the digits is the check digit of those before it."""
    return gs1_digit(digits[:-1]) == digits[-1:]
