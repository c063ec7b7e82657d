"""Finding rows by what files call them: the natural key of their master, whatever its case."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, ForeignKey, Model, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid
from backoffice.core.masters import Master, master_of
from backoffice.core.services.masters import visible
from backoffice.core.texts import quoted

MOST_KEY: Final = 200
"""Longer texts are no key of anything."""


def _lower(text: str) -> str:
    return text.lower()


@dataclass(frozen=True, slots=True)
class KeyRule:
    """How rows of one master are told apart by the last part of their natural key.

    `column` holds the folded text, where the table has such a column; otherwise case is what does not count. `rows` narrows the
    rows that a file can mean.
    """

    column: str = ""
    fold: Callable[[str], str] = _lower
    rows: Q | None = None


_PLAIN: Final = KeyRule()
_rules: dict[str, KeyRule] = {}


def match_by(master: Master, rule: KeyRule) -> None:
    """Say how rows of this master are found. Without it, by the last part of its natural key in any case."""
    _rules[master.code] = rule


def folded(master: Master, text: str) -> str:
    """The text of a key as it is compared."""
    bare = text.strip()
    return _rules.get(master.code, _PLAIN).fold(bare) if len(bare) <= MOST_KEY else bare


def target_of(master: Master, name: str) -> Master | None:
    """The master that a field leads to, when it leads to one that has a natural key."""
    field = master.model._meta.get_field(name)
    if not isinstance(field, ForeignKey) or not isinstance(field.related_model, type):
        return None
    target = master_of(field.related_model)
    return target if target is not None and target.natural_key else None


def rows_called(master: Master, texts: Collection[str], actor: Actor) -> dict[str, list[Any]]:
    """The rows with these last parts of their keys, by folded text: one query. Active ones before others."""
    rule, name = _rules.get(master.code, _PLAIN), master.natural_key[-1]
    wanted = sorted({folded(master, text) for text in texts if 0 < len(text) <= MOST_KEY and "\0" not in text})
    rows = by_folded(_in_reach(master, actor), rule, name).filter(import_key__in=wanted) if wanted else []
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(folded(master, str(getattr(row, name))), []).append(row)
    return found


def by_folded(rows: QuerySet[Any], rule: KeyRule, name: str) -> QuerySet[Any]:
    """The rows with `import_key`, their folded text."""
    if rule.rows is not None:
        rows = rows.filter(rule.rows)
    found: QuerySet[Any] = rows.annotate(import_key=F(rule.column) if rule.column else Lower(name))
    return found


def rule_of(master: Master) -> KeyRule:
    """How rows of this master are found."""
    return _rules.get(master.code, _PLAIN)


def _in_reach(master: Master, actor: Actor) -> QuerySet[Any]:
    """The rows that a file may name. Where nobody is limited, a code that somebody knows already gives nothing away."""
    if master.limit is not None or master.narrow is not None:
        return visible(master, actor)
    return master.model._default_manager.select_related(*master.select)


class Related:
    """The rows that one column of a batch names."""

    def __init__(self, master: Master, name: str, texts: Collection[str], actor: Actor) -> None:
        target = target_of(master, name)
        if target is None:
            raise TypeError(f"{master.code}.{name} leads to no master with a natural key.")
        self.target = target
        self._shared = [part for part in target.natural_key[:-1] if part in master.writable]
        self._found = rows_called(target, texts, actor)
        missing = [text for text in texts if folded(target, text) not in self._found]
        self._named: Mapping[str, list[Any]] = {}
        label = target.describe_with
        # Lists show names where they have them, so an exported list comes back with names.
        if missing and label != target.natural_key[-1] and self._is_text(label):
            wanted = sorted({text.lower() for text in missing if 0 < len(text) <= MOST_KEY and "\0" not in text})
            named: dict[str, list[Any]] = {}
            for row in _in_reach(target, actor).annotate(import_name=Lower(label)).filter(import_name__in=wanted):
                named.setdefault(str(getattr(row, label)).lower(), []).append(row)
            self._named = named

    def _is_text(self, name: str) -> bool:
        return any(field.name == name for field in self.target.model._meta.concrete_fields)

    def one(self, text: str, values: Mapping[str, Any]) -> Model:
        """The row that is called so. `values` are those of the row that refers to it, which narrow it (its warehouse).

        Invalid: not_found, ambiguous.
        """
        rows = self._found.get(folded(self.target, text)) or self._named.get(text.strip().lower(), [])
        for part in self._shared:
            given = values.get(part)
            if given is not None:
                rows = [row for row in rows if getattr(row, f"{part}_id") == given.pk]
        thing = self.target.model._meta.verbose_name
        if not rows:
            message = format_lazy(_("There is no {thing} called “{text}” here."), thing=thing, text=quoted(text))
            raise Invalid("not_found", message)
        if len(rows) > 1:
            message = format_lazy(
                _("“{text}” could be any of {count} rows ({thing})."), thing=thing, text=quoted(text), count=len(rows)
            )
            raise Invalid("ambiguous", message, hint=_("Write its code."))
        found: Model = rows[0]
        return found


def only_row(master: Master) -> Any | None:
    """The one row of a table that has but one: what a column that is missing can only mean."""
    rows: Sequence[Any] = list(master.model._default_manager.order_by("pk")[:2])
    return rows[0] if len(rows) == 1 else None
