"""The two check digits that this house meets: Luhn on cards, the GS1 digit on articles and logistic units."""


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is right by ISO/IEC 7812: every second digit from the right counts double."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = ord(digit) - 48
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def gs1_digit(body: str) -> str:
    """The check digit that belongs behind `body` (GTIN, SSCC, GLN): from the right, digits count three and one by turns."""
    total = sum((ord(digit) - 48) * (1 if position % 2 else 3) for position, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gs1_holds(digits: str) -> bool:
    """Whether the last of the digits is the check digit of those before it."""
    return gs1_digit(digits[:-1]) == digits[-1:]
