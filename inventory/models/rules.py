"""Rules that several tables of this app share: bounds, code shapes, plain attributes, and refusals by trigger."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import pgtrigger
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backoffice.core.countries import country_codes
from backoffice.core.errors import Invalid
from backoffice.core.gs1 import is_gtin
from backoffice.core.models.fields import validation_error
from backoffice.core.texts import clean_line

# NaN is greater than every number in PostgreSQL, so an upper bound is what keeps it out.
MOST_MONEY: Final = Decimal(10) ** 15
MOST_GRAMS: Final = 100_000_000
MOST_MILLIMETRES: Final = 1_000_000
MOST_ATTRIBUTES: Final = 50
MOST_WORDS: Final = 500
MOST_SEARCHED: Final = 200

short_code = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._-]*\Z",
    _("Use letters without accents, digits, point, hyphen and underscore, and begin with a letter or a digit."),
    code="bad_code",
)
SHORT_CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
PRINTED_CODE: Final = r"^[\x21-\x7e]+$"


def grams(label: Any) -> "models.PositiveIntegerField[int | None, int | None]":
    """A weight that may be unknown."""
    return models.PositiveIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_GRAMS)]
    )


def millimetres(label: Any) -> "models.PositiveIntegerField[int | None, int | None]":
    """A length that may be unknown."""
    return models.PositiveIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MILLIMETRES)]
    )


def contains_index(field: str, name: str) -> GinIndex:
    """For searches of a piece of a text in any case: Django's icontains asks for upper(column)."""
    return GinIndex(OpClass(Upper(field), name="gin_trgm_ops"), name=name)


def between(field: str, least: int | Decimal, most: int | Decimal) -> models.Q:
    """A condition for a check: the column is empty or within the bounds, and never NaN."""
    return models.Q(**{f"{field}__gte": least, f"{field}__lte": most}) | models.Q(**{f"{field}__isnull": True})


def sizes(prefix: str) -> list[models.CheckConstraint]:
    """Weight and size of one thing are unknown, or above zero and believable."""
    sides = models.Q()
    for side in ("length_mm", "width_mm", "height_mm"):
        sides &= between(side, 1, MOST_MILLIMETRES)
    return [
        models.CheckConstraint(condition=between("weight_g", 1, MOST_GRAMS), name=f"{prefix}_weight_believable"),
        models.CheckConstraint(condition=sides, name=f"{prefix}_size_believable"),
    ]


def scan_value(text: str) -> str:
    """How a barcode is compared: whatever could be a GTIN has 14 digits, anything else is as it is."""
    return text.zfill(14) if is_gtin(text) else text


def refuse_unless(
    name: str, condition: str, *, when: str, sentence: str, fields: tuple[str, ...], before: str = ""
) -> pgtrigger.Trigger:
    """A rule over two rows: the database refuses what does not meet `condition`, as it would by a check of that name.

    Both are SQL over NEW. The rule is looked at when a row is added or one of `fields` (columns) changes; `when` says which
    rows it concerns, `before` is a statement to run first.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf(*fields),  # type: ignore[no-untyped-call]  # the package has no types
        func=f"""
            IF {when} THEN
                {before}
                IF NOT ({condition}) THEN
                    RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def refuse_rows(name: str, unfit: str, *, table: str, sentence: str) -> list[pgtrigger.Trigger]:
    """A rule over two rows of a table that is written by the thousand: looked at once for each statement.

    `unfit` is SQL over `fresh`, the rows as they are written, true for one that the database refuses.
    """
    return [
        pgtrigger.Trigger(
            name=f"{name}_{word}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=pgtrigger.Referencing(new="fresh"),  # type: ignore[no-untyped-call]  # as above
            func=f"""
                IF EXISTS (SELECT 1 FROM fresh WHERE {unfit}) THEN
                    RAISE EXCEPTION '{sentence}'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{name}', TABLE = '{table}';
                END IF;
                RETURN NULL;
            """,
        )
        for word, operation in (("added", pgtrigger.Insert), ("changed", pgtrigger.Update))
    ]


def never_changes(name: str, *fields: str) -> pgtrigger.Trigger:
    """Columns that stay as they were when the row was made, because labels, moves or documents rely on them."""
    return refuse_change(name, " OR ".join(f"NEW.{field} IS DISTINCT FROM OLD.{field}" for field in fields))


def refuse_change(name: str, condition: str) -> pgtrigger.Trigger:
    """An update that the database refuses, by a condition in SQL over OLD and NEW, as it would by a check of that name."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF {condition} THEN
                RAISE EXCEPTION 'this never changes' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';
            END IF;
            RETURN NEW;
        """,
    )


def plain_values(value: Any) -> None:
    """Attributes are a flat object: names of one line, values that are text, whole numbers, yes or no, or lists of text."""
    if not isinstance(value, Mapping):
        raise ValidationError(_("Attributes are an object of names and values."), code="not_an_object")
    if len(value) > MOST_ATTRIBUTES:
        raise ValidationError(_("At most %(most)s attributes."), code="too_many", params={"most": MOST_ATTRIBUTES})
    for name, content in value.items():
        try:
            if clean_line(name, max_length=50) != name:
                raise ValidationError(
                    _("The name “%(name)s” has spaces around it."), code="spaces", params={"name": name}
                )
            for piece in content if isinstance(content, list) and len(content) <= MOST_ATTRIBUTES else [content]:
                _plain(name, piece)
        except Invalid as refusal:
            raise validation_error(refusal) from refusal


def _plain(name: str, piece: Any) -> None:
    if isinstance(piece, str):
        clean_line(piece, max_length=MOST_WORDS, required=False)
    elif not isinstance(piece, bool | int) or abs(piece) >= 2**53:
        raise ValidationError(
            _("“%(name)s” must be text, a whole number, yes or no, or a list of texts."),
            code="not_plain",
            params={"name": name},
        )


def known_country(value: str) -> None:
    """Two capital letters that name a country (ISO 3166-1)."""
    if value not in country_codes():
        raise ValidationError(
            _("“%(code)s” is no country. Use two capital letters, such as FR."),
            code="unknown_country",
            params={"code": value[:10]},
        )
