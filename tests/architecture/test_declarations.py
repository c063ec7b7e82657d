"""What is declared is complete: events have words and hearers, models an admin page, tables their guards."""

import pghistory
from django.apps import apps
from django.contrib import admin
from django.db import connection, models
from rest_framework import serializers

from backoffice.core.events import all_events, all_handlers
from backoffice.core.masters import all_masters
from backoffice.core.permissions import all_permissions, known_codes

OURS = ("core", "inventory", "warehouse", "orders", "returns", "reporting", "integrations")


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_every_event_says_what_happened_and_is_heard_or_public() -> None:
    heard = {handler.event.name for handler in all_handlers().values()}
    ours = {name: cls for name, cls in all_events().items() if not name.startswith("tests.")}
    assert [name for name, cls in ours.items() if not (cls.__doc__ or "").strip()] == []
    assert [name for name, cls in ours.items() if name not in heard and not cls.public] == []
    assert [name for name in ours if name.partition(".")[0] not in OURS] == []


def test_every_model_is_in_the_django_admin() -> None:
    missing = [model._meta.label for model in our_models() if model not in admin.site._registry]
    assert missing == []


def test_history_can_be_neither_edited_nor_added_to_in_the_admin() -> None:
    for model in our_models():
        if issubclass(model, pghistory.models.Event):
            page = admin.site._registry[model]
            assert not page.has_add_permission(None), model
            assert not page.has_change_permission(None), model
            assert not page.has_delete_permission(None), model


def test_every_serializer_names_its_fields() -> None:
    def below(cls: type) -> list[type]:
        return [cls, *[deep for child in cls.__subclasses__() for deep in below(child)]]

    found = []
    for cls in below(serializers.ModelSerializer):
        if cls.__module__.split(".")[0] in ("backoffice", *OURS):
            meta = getattr(cls, "Meta", None)
            if meta is not None and (getattr(meta, "fields", None) == "__all__" or hasattr(meta, "exclude")):
                found.append(cls.__qualname__)
    assert found == []


def test_permissions_are_known_once_and_masters_use_known_ones() -> None:
    codes = [permission.code for permission in all_permissions()]
    assert sorted(codes) == sorted(set(codes))
    assert [code for code in codes if code.count(".") != 1] == []
    for master in all_masters().values():
        assert {master.view, master.edit} <= known_codes(), master.code


def test_every_editable_model_of_a_master_keeps_its_history() -> None:
    tracked = {
        model.pgh_tracked_model  # type: ignore[attr-defined]  # pghistory puts it on event models
        for model in apps.get_models()
        if issubclass(model, pghistory.models.Event)
    }
    assert [master.code for master in all_masters().values() if master.model not in tracked] == []


def test_numeric_columns_refuse_not_a_number(db: None) -> None:
    """'NaN'::numeric >= 0 is true in PostgreSQL: each numeric column needs a rule that is false for NaN."""
    missing = []
    with connection.cursor() as cursor:
        for model in our_models():
            if issubclass(model, pghistory.models.Event):
                continue
            table = model._meta.db_table
            for field in model._meta.local_fields:
                if isinstance(field, models.DecimalField):
                    cursor.execute(
                        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint "
                        "WHERE conrelid = %s::regclass AND contype = 'c'",
                        [table],
                    )
                    rules = [row[0] for row in cursor.fetchall() if field.column in row[0]]
                    columns = ", ".join(
                        "'NaN'::numeric AS " + other.column
                        if other is field
                        else f"NULL::{other.db_type(connection)} AS {other.column}"
                        for other in model._meta.local_fields
                        if other.db_type(connection) != "bigserial"
                    )
                    refused = False
                    for rule in rules:
                        cursor.execute(f"SELECT ({rule}) FROM (SELECT {columns}) AS row")
                        refused = refused or cursor.fetchone()[0] is False
                    if not refused:
                        missing.append(f"{model._meta.label}.{field.name}")
    assert missing == []
