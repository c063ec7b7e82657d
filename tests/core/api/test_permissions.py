"""Every address of the API asks for a right, and each right is one that roles can hold."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from backoffice.core.api.doors import UNSAFE, Door
from backoffice.core.api.fields import StrictField
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.viewsets import ListViewSet, MasterViewSet
from backoffice.core.permissions import MEND_OUTBOX, VIEW_JOBS, VIEW_OUTBOX, known_codes
from tests.support.api import program

# Who is signed in may use these; each narrows what it shows by itself.
OPEN_TO_ALL = {"companies", "imports", "jobs", "whoami", "openapi.json", "scan"}


def views_under(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views_under(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern.callback


def api_views() -> list[tuple[str, Any]]:
    return [(path, view) for path, view in views_under(get_resolver().url_patterns) if path.startswith("api/v1/")]


def actions_of(view: Any) -> dict[str, str]:
    """Method and action of everything an address answers."""
    if getattr(view, "actions", None):
        return {method: action for method, action in view.actions.items() if method != "head"}
    return {method: method for method in Door.http_method_names if method != "head" and hasattr(view.cls, method)}


def test_there_are_addresses_to_look_at() -> None:
    assert len(api_views()) > 40


def test_every_view_is_a_door_and_names_a_known_right_for_each_action() -> None:
    for path, view in api_views():
        assert issubclass(view.cls, Door), path
        for action in actions_of(view).values():
            assert action in view.cls.rights, (path, action)
            right = view.cls.rights[action]
            if right == ANYBODY:
                assert path.removeprefix("api/v1/").split("/")[0].strip("^$").partition("\\")[0] in OPEN_TO_ALL, path
            else:
                assert right in known_codes(), (path, right)


def test_rights_name_no_action_that_is_not_there() -> None:
    served: dict[type, set[str]] = {}
    for _path, view in api_views():
        served.setdefault(view.cls, set()).update(actions_of(view).values())
    for cls, actions in served.items():
        assert set(cls.rights) == actions, cls.__name__


def test_reading_never_needs_a_right_to_write_and_bulk_needs_a_key() -> None:
    for path, view in api_views():
        for method, action in actions_of(view).items():
            if issubclass(view.cls, MasterViewSet) and method == "get":
                assert view.cls.rights[action] in (view.cls.master.view, ANYBODY), path
            if action.startswith("bulk"):
                assert action in view.cls.key_required
            if action in view.cls.key_required:
                assert method.upper() in UNSAFE


def test_orderings_are_along_columns_that_always_hold_something() -> None:
    for _path, view in api_views():
        if issubclass(view.cls, ListViewSet) and view.cls.queryset is not None:
            for path in {*view.cls.orderings.values(), view.cls.ordering.removeprefix("-")}:
                field = view.cls.queryset.model._meta.get_field(path)
                assert not field.null, (view.cls.__name__, path)


def test_serializers_of_masters_write_what_the_master_allows_and_nothing_else() -> None:
    for _path, view in api_views():
        if issubclass(view.cls, MasterViewSet):
            serializer, master = view.cls.serializer_class(), view.cls.master
            changing = view.cls.serializer_class(partial=True)
            writable = {name for name in written_by(serializer) if name != "version"}
            assert writable == set(master.writable), view.cls.__name__
            assert {name for name in written_by(changing) if name != "version"} == set(master.editable), (
                view.cls.__name__
            )


def test_every_field_says_how_it_looks() -> None:
    for _path, view in api_views():
        if hasattr(view.cls, "serializer_class") and view.cls.serializer_class is not None:
            for name, field in view.cls.serializer_class().fields.items():
                assert not isinstance(field, StrictField) or field.shape(), (view.cls.__name__, name)


def written_by(serializer: Any) -> set[str]:
    found: set[str] = set()
    for field in serializer.fields.values():
        if not field.read_only:
            found.update((field.amount, field.currency) if hasattr(field, "amount") else (field.source,))
    return found


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.core.api.doors_for_tests")
def test_the_door_asks_for_the_right_of_each_action_before_the_view_runs() -> None:
    stranger, looker, mender = program(VIEW_JOBS), program(VIEW_OUTBOX), program(MEND_OUTBOX)
    answers = [
        (client.get("/t/guarded").status_code, client.post("/t/guarded").status_code)
        for client in (stranger, looker, mender)
    ]
    assert answers == [(403, 403), (200, 403), (403, 200)]
    assert b"secret" not in stranger.get("/t/guarded").content


@pytest.mark.django_db
@override_settings(ROOT_URLCONF="tests.core.api.doors_for_tests")
def test_a_view_that_names_no_right_shows_nothing() -> None:
    client = program(VIEW_JOBS)
    client.raise_request_exception = False
    response = client.get("/t/silent")
    assert response.status_code == 500
    assert b"secret" not in response.content
