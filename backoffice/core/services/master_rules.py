"""What is wrong with many rows of one table, asked of the database in one question for each rule and not for each row.

Django's `full_clean` asks several questions for each row: a thousand rows would be thousands. Here the rows are sent once,
as they would be stored, and PostgreSQL compares them with its own constraints: every check in one statement, each unique
rule in one. What two writers do at the same moment is still held up by the constraints themselves.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import CheckConstraint, F, Field, ForeignKey, JSONField, Model, Q, UniqueConstraint
from django.db.models.expressions import DatabaseDefault, OrderBy
from django.db.models.sql import Query
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Problem, Words

Problems = dict[int, list[Problem]]


def broken_rules(rows: Sequence[Model]) -> Problems:
    """What the constraints of the table will not take, by place in `rows`. One query, and one for each unique rule.

    Of several rows that cannot stand beside one another, the first is let through.
    """
    if not rows:
        return {}
    found: Problems = {}
    model = type(rows[0])
    sent = as_stored(rows)
    for place, problem in (*_broken_checks(model, sent), *_taken_values(model, sent, rows)):
        found.setdefault(place, []).append(problem)
    return found


def field_problems(row: Model) -> list[Problem]:
    """What the fields and `clean` of one row refuse, without a question to the database."""
    relations = [field for field in row._meta.concrete_fields if isinstance(field, ForeignKey)]
    found = [
        Problem("null", _("This must not be empty."), field.name)
        for field in relations
        # A row above that was only just made, and has no key yet, is there all the same.
        if getattr(row, field.attname) is None
        and field.get_cached_value(row, default=None) is None
        and not (field.null and field.blank)
    ]
    try:
        row.clean_fields(exclude={field.name for field in relations})
    except ValidationError as error:
        found.extend(problems_of(error))
    if found:
        return found
    try:
        row.clean()
    except ValidationError as error:
        found.extend(problems_of(error))
    return found


def problems_of(error: ValidationError) -> list[Problem]:
    """Django's validation error in our words: one problem for each message, with its field."""
    named: Mapping[str, list[ValidationError]]
    named = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    return [
        Problem(str(item.code or "invalid"), " ".join(item.messages), None if name == "__all__" else name)
        for name, items in named.items()
        for item in items
    ]


def as_stored(rows: Sequence[Model]) -> str:
    """The rows as JSON that `jsonb_populate_recordset` turns back into rows of their table."""
    fields = stored_fields(type(rows[0]))
    return json.dumps(
        [{field.column: _json_value(field, getattr(row, field.attname)) for field in fields} for row in rows],
        default=_json_text,
    )


def stored_fields(model: type[Model]) -> "list[Field[Any, Any]]":
    """The columns that are written (those that the database computes are not)."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def _json_value(field: "Field[Any, Any]", value: Any) -> Any:
    if isinstance(value, DatabaseDefault):
        return None
    if isinstance(field, JSONField | ArrayField):
        return value
    return field.get_db_prep_value(value, connection)


def _json_text(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(f"A row of master data cannot hold a {type(value).__name__}.")


# --- checks ---------------------------------------------------------------------------------------------------------


def _broken_checks(model: type[Model], sent: str) -> Iterator[tuple[int, Problem]]:
    checks = [item for item in model._meta.constraints if isinstance(item, CheckConstraint)]
    if not checks:
        return
    columns: list[str] = []
    values: list[Any] = []
    for check in checks:
        text, some = _condition_sql(model, check.condition)
        columns.append(f"COALESCE(({text}), true)")  # unknown is true for a check
        values.extend(some)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ordinality - 1, {', '.join(columns)} "
            f"FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) WITH ORDINALITY",
            [*values, sent],
        )
        for place, *holds in cursor.fetchall():
            for check, does_hold in zip(checks, holds, strict=True):
                if not does_hold:
                    message = str(check.get_violation_error_message())
                    yield (
                        place,
                        Problem(check.violation_error_code or check.name, message, _only_field(check.condition)),
                    )


def _condition_sql(model: type[Model], condition: Any) -> tuple[str, list[Any]]:
    query = Query(model, alias_cols=False)
    where = query.build_where(condition)
    text, values = query.get_compiler(connection=connection).compile(where)
    return text, list(values)


def _only_field(condition: Any) -> str | None:
    """The field that a condition is about, when it is about one alone."""
    names: set[str] = set()
    rest: list[Any] = [condition]
    while rest:
        item = rest.pop()
        if isinstance(item, Q):
            rest.extend(item.children)
        elif isinstance(item, tuple):
            names.add(str(item[0]).partition("__")[0])
            if isinstance(item[1], F):
                names.add(_name_of(item[1]))
        else:
            return None
    return names.pop() if len(names) == 1 else None


# --- what may stand only once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _UniqueRule:
    """Expressions whose values together may occur once, among the rows that meet a condition."""

    expressions: tuple[Any, ...]
    fields: tuple[str, ...]
    condition: Q | None
    nulls_are_equal: bool
    message: Words
    code: str


def _unique_rules(model: type[Model]) -> Iterator[_UniqueRule]:
    for field in model._meta.concrete_fields:
        if field.unique and not field.primary_key:
            yield _UniqueRule((F(field.name),), (field.name,), None, False, _taken((field.name,), model), "unique")
    for item in model._meta.constraints:
        if isinstance(item, UniqueConstraint):
            expressions = tuple(item.expressions) or tuple(F(name) for name in item.fields)
            fields = tuple(dict.fromkeys(name for one in expressions for name in _names_in(one)))
            message: Words = str(item.get_violation_error_message())
            if item.violation_error_message == item.default_violation_error_message:
                message = _taken(fields, model)
            yield _UniqueRule(
                expressions,
                fields,
                item.condition,
                item.nulls_distinct is False,
                message,
                item.violation_error_code or "unique",
            )


def _names_in(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield _name_of(expression)
    for inner in getattr(expression, "get_source_expressions", list)():
        if inner is not None:
            yield from _names_in(inner)


def _name_of(reference: F) -> str:
    return str(reference.name)  # type: ignore[attr-defined]  # the stubs do not know it


def _taken(fields: Sequence[str], model: type[Model]) -> Words:
    labels = [str(model._meta.get_field(name).verbose_name) for name in fields]  # type: ignore[union-attr]  # columns have labels
    return _("There is a %(thing)s with this %(fields)s already.") % {
        "thing": model._meta.verbose_name,
        "fields": " + ".join(labels),
    }


_TAKEN = """
WITH sent AS (
    SELECT ordinality - 1 AS place, {keys}
    FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) WITH ORDINALITY
    WHERE {condition}
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY {names} ORDER BY place) AS turn FROM sent WHERE {no_nulls}
)
SELECT place, turn > 1 FROM numbered
WHERE turn > 1 OR EXISTS (
    SELECT 1 FROM (SELECT {pk} AS pk, {keys} FROM {table} WHERE {condition}) AS known
    WHERE {same} AND known.pk <> ALL(%s)
)
"""


def _taken_values(model: type[Model], sent: str, rows: Sequence[Model]) -> Iterator[tuple[int, Problem]]:
    keys = [row.pk for row in rows if row.pk is not None]
    for rule in _unique_rules(model):
        text, values = _taken_sql(model, rule)
        with connection.cursor() as cursor:
            cursor.execute(
                text, [*values, sent, *_condition_values(model, rule), *values, *_condition_values(model, rule), keys]
            )
            places = cursor.fetchall()
        # The field that is at fault for a reader is the last one: the code, not the company it is unique in.
        field = rule.fields[-1] if rule.fields else None
        # A model may say where a column that nobody writes is shown (`told_at`: a code's key at the code).
        field = getattr(model, "told_at", {}).get(field, field)
        for place, is_twice in places:
            message = _("Another row of this request has the same value.") if is_twice else rule.message
            yield place, Problem(rule.code, message, field)


def _taken_sql(model: type[Model], rule: _UniqueRule) -> tuple[str, list[Any]]:
    """The question, and the parameters of its key expressions."""
    query = Query(model, alias_cols=False)
    compiler = query.get_compiler(connection=connection)
    texts: list[str] = []
    values: list[Any] = []
    for expression in rule.expressions:
        bare = expression.expression if isinstance(expression, OrderBy) else expression
        text, some = compiler.compile(bare.resolve_expression(query))
        texts.append(text)
        values.extend(some)
    names = [f"key_{number}" for number in range(len(texts))]
    equal = "IS NOT DISTINCT FROM" if rule.nulls_are_equal else "="
    no_nulls = "true" if rule.nulls_are_equal else " AND ".join(f"{name} IS NOT NULL" for name in names)
    question = _TAKEN.format(
        table=connection.ops.quote_name(model._meta.db_table),
        pk=connection.ops.quote_name(str(model._meta.pk.column)),
        keys=", ".join(f"{text} AS {name}" for text, name in zip(texts, names, strict=True)),
        names=", ".join(names),
        no_nulls=no_nulls,
        condition=_condition_sql(model, rule.condition)[0] if rule.condition is not None else "true",
        same=" AND ".join(f"known.{name} {equal} numbered.{name}" for name in names),
    )
    return question, values


def _condition_values(model: type[Model], rule: _UniqueRule) -> list[Any]:
    return _condition_sql(model, rule.condition)[1] if rule.condition is not None else []
