"""Text columns that keep the house's rules on text, whichever door a value comes through."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from backoffice.core.errors import DomainError, Invalid
from backoffice.core.texts import clean_line, clean_text

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
    _TextField = models.TextField[str, str]
else:
    _CharField, _TextField = models.CharField, models.TextField


def validation_error(refusal: DomainError) -> ValidationError:
    """A refusal of core in the words of Django's validation, with its code; for `clean` of models and validators."""
    return ValidationError(refusal.message, code=refusal.code)  # type: ignore[arg-type]  # any lazy text will do


class LineField(_CharField):
    """One line: trimmed and composed by `full_clean`; what would mislead a reader is a validation error there."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored. ValidationError with the code of texts.clean_line."""
        if isinstance(value, str):
            value = _cleaned(clean_line, value, self.max_length)
        return super().clean(value, model_instance)


class ParagraphsField(_TextField):
    """Text of several lines, at most `max_length` characters, cleaned like a LineField."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The value as it will be stored. ValidationError with the code of texts.clean_text."""
        if isinstance(value, str):
            value = _cleaned(clean_text, value, self.max_length)
        return super().clean(value, model_instance)


def _cleaned(clean: Callable[..., str], value: str, max_length: int | None) -> str:
    try:
        return clean(value, max_length=max_length or 10_000, required=False)
    except Invalid as refusal:
        raise validation_error(refusal) from refusal
