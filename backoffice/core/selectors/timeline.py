"""What happened to a row: who changed it, when, why, and each field before and after. Read from its tables of events.

One query for each kind of event (its context comes along) and one for each kind of row that a changed field points at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import ForeignKey, Model, QuerySet
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.core.errors import Words

# What a row says of itself is not what somebody did to it.
NOT_TOLD: Final = frozenset({"id", "version", "updated_at", "created_at"})
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry, in words."""

    field: Words
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, as components/timeline.html shows it. `order` tells two of one moment apart."""

    at: datetime
    title: str
    actor: str
    reason: str
    request: str
    icon: str
    tone: str
    changes: tuple[Change, ...]
    order: int
    url: str = ""


@dataclass(slots=True)
class _Told:
    """An event and the one before it of the same row."""

    event: Any
    before: Any | None
    about: str = ""
    differing: list[str] = field(default_factory=list)


def history_of(
    row: Model, *, hidden: frozenset[str] = frozenset(), also: Sequence[QuerySet[Any, Any]] = (), most: int = SHOWN
) -> list[Entry]:
    """The newest entries of a row, and of related rows whose events are given in `also`. `hidden` fields are not told."""
    told: list[_Told] = []
    for model in event_models(type(row)):
        told += _told(model.objects.filter(pgh_obj_id=row.pk), hidden, most)
    for events in also:
        told += _told(events, hidden, most, name_them=True)
    told.sort(key=lambda one: (one.event.pgh_created_at, one.event.pgh_id), reverse=True)
    told = told[:most]
    names = _names_of_related(told)
    return [_entry(one, names) for one in told]


def values_at_version(row: Model, version: int) -> Mapping[str, Any]:
    """The fields of a row as they were at a version (relations as keys); empty where that was not kept."""
    for model in event_models(type(row)):
        if not any(one.name == "version" for one in model._meta.get_fields()):
            continue
        event = model.objects.filter(pgh_obj_id=row.pk, version=version).order_by("-pgh_id").first()
        if event is not None:
            return {name: _value(event, name) for name in _tracked(model)}
    return {}


def event_models(model: type[Model]) -> list[Any]:
    """The tables of events of a model, each once."""
    return list(dict.fromkeys(getattr(model, "pgh_event_models", {}).values()))


def events_of(model: type[Model], **lookup: Any) -> list[QuerySet[Any, Any]]:
    """The events of related rows, for `also`: `events_of(Barcode, sku_id=7)`."""
    return [events.objects.filter(**lookup) for events in event_models(model)]


def _told(events: QuerySet[Any, Any], hidden: frozenset[str], most: int, name_them: bool = False) -> list[_Told]:
    """The newest events, each with the one before it. One more is read, so that the last has one to be compared with."""
    rows = list(events.select_related("pgh_context").order_by("-pgh_id")[: most + 1])
    found: list[_Told] = []
    later: dict[Any, _Told] = {}
    for event in rows:
        key = getattr(event, "pgh_obj_id", None)
        if key in later:
            later[key].before = event
        one = _Told(event, None, about=_about(event) if name_them else "")
        found.append(one)
        if key is not None:
            later[key] = one
    for one in found:
        one.differing = _differing(one, hidden)
    # Without the event before it an update could not be told; it is shown on the page that reaches further back.
    return [one for one in found[:most] if one.differing or one.event.pgh_label != "update"]


def _tracked(model: Any) -> list[str]:
    return [one.name for one in model._meta.concrete_fields if not one.name.startswith("pgh_")]


def _value(event: Any, name: str) -> Any:
    return getattr(event, event._meta.get_field(name).attname)


def _differing(one: _Told, hidden: frozenset[str]) -> list[str]:
    if one.before is None:
        return []
    names = [name for name in _tracked(type(one.event)) if name not in NOT_TOLD and name not in hidden]
    return [name for name in names if _value(one.event, name) != _value(one.before, name)]


def _about(event: Any) -> str:
    """Which related row it was: its kind, and the first word it is known by."""
    model = event.pgh_tracked_model
    for name in ("value", "code", "name"):
        text = getattr(event, name, "")
        if text:
            return f"{capfirst(model._meta.verbose_name)} {text}"
    return str(capfirst(model._meta.verbose_name))


def _names_of_related(told: Iterable[_Told]) -> dict[type[Model], dict[Any, str]]:
    """What the keys in changed relations are called, one query for each kind of row."""
    wanted: dict[type[Model], set[Any]] = {}
    for one in told:
        for name in one.differing:
            model_field = one.event._meta.get_field(name)
            if isinstance(model_field, ForeignKey):
                keys = wanted.setdefault(model_field.related_model, set())
                keys.update(key for key in (_value(one.event, name), _value(one.before, name)) if key is not None)
    return {
        model: {key: str(row) for key, row in model._default_manager.in_bulk(list(keys)).items()}
        for model, keys in wanted.items()
    }


def _entry(one: _Told, names: Mapping[type[Model], Mapping[Any, str]]) -> Entry:
    event = one.event
    facts = event.pgh_context.metadata if event.pgh_context is not None else {}
    who = facts.get("actor") or {}
    changes = tuple(_change(one, name, names) for name in one.differing)
    title, icon, tone = _headline(one)
    return Entry(
        at=event.pgh_created_at,
        title=f"{one.about}: {title}" if one.about else str(capfirst(title)),
        actor=str(who.get("name") or _("unknown")),
        reason=str(facts.get("reason", "")),
        request=str(facts.get("request", "")),
        icon=icon,
        tone=tone,
        changes=() if "is_active" in one.differing and len(changes) == 1 else changes,
        order=event.pgh_id,
    )


def _headline(one: _Told) -> tuple[str, str, str]:
    label = one.event.pgh_label
    if label.startswith("insert"):
        return _("added"), "plus", "success"
    if label.startswith("delete"):
        return _("removed"), "trash", "danger"
    if one.differing == ["is_active"]:
        return (_("switched on"), "play", "success") if one.event.is_active else (_("switched off"), "pause", "warning")
    return _("changed"), "pencil", "neutral"


def _change(one: _Told, name: str, names: Mapping[type[Model], Mapping[Any, str]]) -> Change:
    model_field = one.event._meta.get_field(name)
    before, after = (_in_words(model_field, _value(event, name), names) for event in (one.before, one.event))
    return Change(capfirst(model_field.verbose_name), before, after)


def _in_words(model_field: Any, value: Any, names: Mapping[type[Model], Mapping[Any, str]]) -> str | None:
    if value is None or value == "" or value == {}:
        return None
    if isinstance(model_field, ForeignKey):
        return names.get(model_field.related_model, {}).get(value, f"#{value}")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(part) for part in value) or None
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {content}" for key, content in value.items() if content not in ("", None, []))
    if model_field.flatchoices:
        return str(dict(model_field.flatchoices).get(value, value))
    return str(formats.localize(value))
