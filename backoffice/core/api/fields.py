"""Fields of serializers that read strictly, each through the same function of core that forms and imports use.

Django REST framework's own fields guess: they take true for 1, " 5 " and "1_000" for numbers, ٣ for 3, 1E+3 for 1000.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from backoffice.core.dates import parse_date, parse_moment
from backoffice.core.errors import Invalid
from backoffice.core.money import Money
from backoffice.core.numbers import parse_decimal, parse_integer
from backoffice.core.texts import LINE_LENGTH, TEXT_LENGTH, clean_line, clean_text

MOST = 2**63 - 1  # what a bigint holds


class StrictField(serializers.Field[Any, Any, Any, Any]):
    """Turns what core's parsers refuse into the error of this field.

    `read` answers the value or raises Invalid; `shape` says how it looks in JSON, in the words of OpenAPI.
    """

    def read(self, data: Any) -> Any:
        """The value of what was sent."""
        return data

    def shape(self) -> dict[str, Any]:
        """The schema of the field, without what every field may have (nullable, description)."""
        return {}

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.read(data)
        except Invalid as error:
            raise refused(error) from error

    def to_representation(self, value: Any) -> Any:
        return value


def refused(error: Invalid) -> ValidationError:
    """A refusal of core as the field errors of DRF, with its code."""
    return ValidationError(str(error.message), code=error.code)


class IntegerField(StrictField):
    """A whole number, as a JSON number or as text of ASCII digits."""

    def __init__(self, *, minimum: int = -MOST, maximum: int = MOST, **options: Any) -> None:
        super().__init__(**options)
        self.minimum, self.maximum = minimum, maximum

    def read(self, data: Any) -> int:
        return parse_integer(data, minimum=self.minimum, maximum=self.maximum)

    def shape(self) -> dict[str, Any]:
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        return {"type": "integer"} | {name: bound for name, bound in bounds.items() if abs(bound) != MOST}


class DecimalField(StrictField):
    """An exact number; text or a JSON number going in, always text with all its places coming out."""

    def __init__(
        self,
        *,
        max_digits: int,
        places: int,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.max_digits, self.places, self.minimum, self.maximum = max_digits, places, minimum, maximum

    def read(self, data: Any) -> Decimal:
        return parse_decimal(
            data, max_digits=self.max_digits, places=self.places, minimum=self.minimum, maximum=self.maximum
        )

    def shape(self) -> dict[str, Any]:
        digits = rf"^-?[0-9]{{1,{self.max_digits - self.places}}}(\.[0-9]{{1,{self.places}}})?$"
        return {"type": "string", "format": "decimal", "pattern": digits}

    def to_representation(self, value: Decimal) -> str:
        return format(value, f".{self.places}f")


class BooleanField(StrictField):
    """true or false, and nothing that only looks like it."""

    def read(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise Invalid("not_a_boolean", _("Send true or false."))
        return data

    def shape(self) -> dict[str, Any]:
        return {"type": "boolean"}


class LineField(StrictField):
    """One line of text, cleaned as everywhere (core.texts)."""

    clean = staticmethod(clean_line)

    def __init__(self, *, max_length: int = LINE_LENGTH, allow_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length, self.allow_blank = max_length, allow_blank

    def read(self, data: Any) -> str:
        return self.clean(data, max_length=self.max_length, required=not self.allow_blank)

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length} | ({} if self.allow_blank else {"minLength": 1})


class TextField(LineField):
    """Text of several lines."""

    clean = staticmethod(clean_text)

    def __init__(self, *, max_length: int = TEXT_LENGTH, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)


class ChoiceField(StrictField):
    """One of some words, spelt exactly so."""

    def __init__(self, choices: Any, *, allow_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.choices: dict[str, str] = {str(value): str(label) for value, label in getattr(choices, "choices", choices)}
        self.allow_blank = allow_blank

    def read(self, data: Any) -> str:
        if isinstance(data, str) and (data in self.choices or (data == "" and self.allow_blank)):
            return data
        raise Invalid("unknown_choice", _("Known are: %(names)s.") % {"names": ", ".join(self.choices)})

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "enum": [*self.choices, *([""] if self.allow_blank else [])]}


class DateField(StrictField):
    """A day, 2026-03-31."""

    def read(self, data: Any) -> date:
        return parse_date(data)

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}

    def to_representation(self, value: date) -> str:
        return value.isoformat()


class MomentField(StrictField):
    """A moment with its offset from UTC going in, in UTC coming out."""

    def read(self, data: Any) -> datetime:
        return parse_moment(data)

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}

    def to_representation(self, value: datetime) -> str:
        return value.isoformat().replace("+00:00", "Z")


class TimeField(StrictField):
    """A time of day, 14:30, without a zone."""

    def read(self, data: Any) -> Any:
        if not isinstance(data, str):
            raise Invalid("not_a_time", _("Write a time of day such as 14:30."))
        moment = parse_moment(f"2000-01-01T{data}", zone="UTC")
        if len(data) > 8 or data[-1:] == "Z":
            raise Invalid("not_a_time", _("Write a time of day such as 14:30."))
        return moment.time()

    def shape(self) -> dict[str, Any]:
        return {"type": "string", "example": "14:30:00"}

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class KeyField(StrictField):
    """The key of a row that the service will look for: a whole number above zero."""

    def read(self, data: Any) -> int:
        if not isinstance(data, int) or isinstance(data, bool):
            raise Invalid("not_a_key", _("Send the id, which is a whole number."))
        return parse_integer(data, minimum=1, maximum=MOST)

    def shape(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1}


class RelationField(KeyField):
    """A foreign key as the id of the row it leads to. Whether that row is there, and in reach, is the service's to say."""

    def get_attribute(self, instance: Model) -> Any:
        return getattr(instance, f"{self.source}_id")


class ObjectField(StrictField):
    """An object of plain values, for columns of JSON. What may stand in it is the model's to say."""

    def read(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise Invalid("not_an_object", _("Send an object of names and values."))
        rest: list[Any] = [data]
        while rest:
            item = rest.pop()
            if isinstance(item, dict):
                rest.extend(item.values())
            elif isinstance(item, list):
                rest.extend(item)
            elif isinstance(item, Decimal):
                raise Invalid("not_plain", _("Send numbers with decimals as text here."))
        return data

    def shape(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": True}


class MoneyField(StrictField):
    """`{"amount": "12.50", "currency": "EUR"}`, kept in two columns: null where there is no amount."""

    def __init__(self, *, amount: str, currency: str = "currency", **options: Any) -> None:
        super().__init__(source="*", **options)  # null empties both columns
        self.amount, self.currency = amount, currency

    def read(self, data: Any) -> dict[str, Any]:
        """Both columns; DRF merges them into the validated values because the source is the whole row."""
        if data is None:
            return {self.amount: None, self.currency: ""}
        money = Money.from_json(data)
        return {self.amount: money.amount, self.currency: money.currency}

    def shape(self) -> dict[str, Any]:
        amount = {"type": "string", "format": "decimal", "example": "12.50"}
        currency = {"type": "string", "pattern": "^[A-Z]{3}$", "example": "EUR"}
        members = {"amount": amount, "currency": currency}
        return {"type": "object", "required": [*members], "additionalProperties": False, "properties": members}

    def to_representation(self, value: Any) -> Mapping[str, str] | None:
        amount = getattr(value, self.amount)
        return None if amount is None else Money(amount, getattr(value, self.currency)).as_json()
