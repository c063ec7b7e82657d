"""Which column of a file is which field: guessed from its titles, remembered for the next file with the same ones."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.documents.rows import header_key
from backoffice.core.errors import Invalid, Problem
from backoffice.core.imports import ImportKind
from backoffice.core.models.imports import DecimalMark, ImportMapping, ImportSession
from backoffice.core.texts import quoted


def fingerprint_of(titles: Sequence[str]) -> str:
    """What two files with the same titles in the same order have in common."""
    return hashlib.sha256("\x1f".join(map(header_key, titles)).encode()).hexdigest()


def guess_columns(kind: ImportKind, titles: Sequence[str]) -> dict[str, int]:
    """Field → place of its column, for the fields that a title names: by name, by title here or in English, by alias."""
    places = {header_key(title): place for place, title in enumerate(titles) if title}
    found: dict[str, int] = {}
    with override("en"):
        english = {field.name: str(field.title) for field in kind.fields}
    # What is said most exactly goes first, so that an alias never takes another field's column.
    for ways in (
        {field.name: (field.name, str(field.title)) for field in kind.fields},
        {name: (title,) for name, title in english.items()},
        {field.name: field.aliases for field in kind.fields},
    ):
        for name, words in ways.items():
            place = next((places[key] for key in map(header_key, words) if key in places), None)
            if name not in found and place is not None and place not in found.values():
                found[name] = place
    return found


def known_mapping(kind: str, fingerprint: str, actor: Actor) -> ImportMapping | None:
    """How files with these titles were read last: by this person, or else by anybody."""
    rows = ImportMapping.objects.filter(kind=kind, fingerprint=fingerprint).order_by("-used_at")
    mine = rows.filter(owner_id=actor.id).first() if actor.kind == "user" and actor.id is not None else None
    return mine or rows.first()


def remember_mapping(session: ImportSession, actor: Actor, name: str) -> ImportMapping:
    """Keep how this file is read, for the next one with its titles."""
    mapping, _is_new = ImportMapping.objects.update_or_create(
        kind=session.kind,
        owner_id=actor.id if actor.kind == "user" else None,
        fingerprint=session.fingerprint,
        defaults={
            "name": (name or session.name)[:150],
            "columns": session.columns,
            "decimal_mark": session.decimal_mark,
            "clears": session.clears,
            "used_at": clock.now(),
        },
    )
    return mapping


def checked_columns(kind: ImportKind, titles: Sequence[str], sent: Mapping[str, Any]) -> dict[str, int]:
    """The mapping that somebody sent, if it can be: fields that there are, columns that there are, each used once.

    Raises Invalid with a problem for each field: unknown_field, unknown_column, column_used_twice, column_missing.
    """
    problems: list[Problem] = []
    found: dict[str, int] = {}
    for name, place in sent.items():
        field = kind.field_named(name)
        if field is None:
            text = _("There is no field “%(name)s” in this import.") % {"name": quoted(name)}
            problems.append(Problem("unknown_field", text, quoted(name)))
        elif isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < len(titles):
            problems.append(Problem("unknown_column", _("The file has no such column."), name))
        elif place in found.values():
            text = _("The column “%(title)s” is chosen for two fields.") % {"title": quoted(titles[place])}
            problems.append(Problem("column_used_twice", text, name))
        else:
            found[name] = place
    for field in kind.fields:
        if field.is_required and field.name not in found and all(field.name != one.field for one in problems):
            text = _("Choose the column that holds “%(field)s”; rows are told apart by it.") % {"field": field.title}
            problems.append(Problem("column_missing", text, field.name))
    if problems:
        raise Invalid("bad_mapping", _("The columns cannot be read so."), problems=problems)
    return found


def checked_mark(mark: str) -> str:
    """The decimal mark, if it is one."""
    if mark not in DecimalMark.values:
        raise Invalid("unknown_decimal_mark", _("The decimal mark is a point or a comma."), field="decimal_mark")
    return mark
