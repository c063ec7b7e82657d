"""Text columns that keep the house's rules on text, whichever door a value comes through."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from backoffice.core.errors import Invalid
from backoffice.core.texts import clean_line, clean_text


class LineField(models.CharField):  # type: ignore[type-arg]  # Django's own fields are generic in the stubs alone
    """One line: trimmed and composed by `full_clean`; what would mislead a reader is a validation error there."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored. ValidationError with the code of texts.clean_line."""
        if isinstance(value, str):
            value = _or_invalid(clean_line, value, self.max_length)
        return super().clean(value, model_instance)


class ParagraphsField(models.TextField):  # type: ignore[type-arg]  # as above
    """Text of several lines, at most `max_length` characters, cleaned like a LineField."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored. ValidationError with the code of texts.clean_text."""
        if isinstance(value, str):
            value = _or_invalid(clean_text, value, self.max_length)
        return super().clean(value, model_instance)


def _or_invalid(clean: Any, value: str, max_length: int | None) -> str:
    try:
        return str(clean(value, max_length=max_length or 10_000, required=False))
    except Invalid as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from refusal
