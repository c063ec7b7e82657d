"""Who may read a stored file. Each kind of file has a rule of the room that stores it; without one it is its owner's."""

from collections.abc import Callable
from typing import Final, TypeAlias

from backoffice.core.actors import Actor
from backoffice.core.models.files import StoredFile
from backoffice.core.permissions import EVERYTHING

ReadRule: TypeAlias = Callable[[StoredFile, Actor], bool]

DOCUMENT: Final = "core.document"
"""Issued documents. Nobody reads them by the address of the file: each opening goes through `open_document` and its log."""

_rules: dict[str, ReadRule] = {}


def register_file_kind(kind: str, may_read: ReadRule) -> None:
    """Say who may read files of this kind. A second rule for one kind is a mistake."""
    if _rules.get(kind, may_read) is not may_read:
        raise ValueError(f"The file kind {kind} has two rules.")
    _rules[kind] = may_read


def may_read(file: StoredFile, actor: Actor) -> bool:
    """By the rule of its kind; a kind without a rule is read by whoever stored it, and by those who may do everything."""
    if file.kind == DOCUMENT:
        return False
    rule = _rules.get(file.kind)
    if rule is not None:
        return rule(file, actor)
    owner = file.actor
    return EVERYTHING in actor.permissions or (owner["kind"] == actor.kind and owner["id"] == actor.id is not None)


def readable_with(*rights: str) -> ReadRule:
    """A rule for files that any holder of one of these rights may read."""

    def rule(_file: StoredFile, actor: Actor) -> bool:
        return any(actor.may(right) for right in rights)

    return rule
