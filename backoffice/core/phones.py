"""Phone numbers, kept in the one international spelling (E.164: +4930123456) and shown in the local one."""

from functools import lru_cache
from typing import Final

import phonenumbers
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from backoffice.core.errors import Invalid
from backoffice.core.texts import clean_line, quoted

_LONGEST: Final = 40


def parse_phone(value: object, country: str = "", *, field: str | None = "phone") -> str:
    """The number in E.164, with `;ext=12` behind where it has an extension. `country` reads numbers written without +.

    A number that is possible is taken, also where its range is not known to be in use: ranges open every month.
    Raises Invalid: not_a_phone, phone_needs_country, phone_too_short, phone_too_long, and codes of clean_line.
    """
    text = clean_line(value, field=field, max_length=_LONGEST)
    try:
        number = phonenumbers.parse(text, country or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and not text.startswith("+"):
            message = _("Write the phone number with + and the country code, such as +49 30 123456.")
            raise Invalid("phone_needs_country", message, field=field) from None
        raise _refusal(_PARSE_CODES.get(error.error_type, "not_a_phone"), text, field) from None
    code = _REASON_CODES.get(phonenumbers.is_possible_number_with_reason(number), "not_a_phone")
    if code:
        raise _refusal(code, text, field)
    digits = str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return f"{digits};ext={number.extension}" if number.extension else digits


_PARSE_CODES: Final = {
    NumberParseException.TOO_SHORT_AFTER_IDD: "phone_too_short",
    NumberParseException.TOO_SHORT_NSN: "phone_too_short",
    NumberParseException.TOO_LONG: "phone_too_long",
}
_REASON_CODES: Final = {
    ValidationResult.IS_POSSIBLE: "",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "phone_too_short",  # without its area code nobody elsewhere can dial it
    ValidationResult.TOO_SHORT: "phone_too_short",
    ValidationResult.TOO_LONG: "phone_too_long",
}
_MESSAGES: Final = {
    "not_a_phone": _("{text} is not a phone number."),
    "phone_too_short": _("{text} is too short for a phone number with its area code."),
    "phone_too_long": _("{text} is too long for a phone number."),
}


def _refusal(code: str, text: str, field: str | None) -> Invalid:
    return Invalid(code, format_lazy(_MESSAGES[code], text=quoted(text)), field=field)


@lru_cache(maxsize=1024)
def format_phone(number: str, home: str = "") -> str:
    """A number of parse_phone as people of `home` write it: without country code at home, with it from elsewhere."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    at_home = bool(home) and phonenumbers.region_code_for_number(parsed) == home
    return str(
        phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL)
    )
