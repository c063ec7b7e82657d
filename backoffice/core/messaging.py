"""Kinds of messages. The app that has something to say declares it: the words, and a sample to try them on.

The words are written in the value-only language of `templating`; they are translatable, so the product speaks every
language it knows before anybody has edited a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backoffice.core.errors import Words


@dataclass(frozen=True, slots=True)
class MessageKind:
    """`sample` holds a value for every name that the words may use; a template that uses another one is refused."""

    code: str
    title: Words
    subject: Words
    body: Words
    sample: Mapping[str, Any]


_kinds: dict[str, MessageKind] = {}


def message_kind(code: str, *, title: Words, subject: Words, body: Words, sample: Mapping[str, Any]) -> MessageKind:
    """Declare a kind of message; called from the owning app's `kinds.py`."""
    kind = MessageKind(code, title, subject, body, sample)
    known = _kinds.get(code)
    if known is not None and known.sample.keys() != sample.keys():
        raise TypeError(f"Two kinds of messages are called {code}.")
    _kinds[code] = kind
    return kind


def all_message_kinds() -> Mapping[str, MessageKind]:
    """Every kind by code."""
    return _kinds
