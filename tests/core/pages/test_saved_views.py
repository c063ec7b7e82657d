"""Saved views: whose they are, who sees them, and what they keep."""

import pytest
from django.test import Client

from backoffice.core.models.views import SavedView
from backoffice.core.permissions import SHARE_VIEWS, VIEW_SETTINGS
from tests.core.pages.companies import company_values, make_companies
from tests.support.console import signed_in, text_of

pytestmark = pytest.mark.django_db
LIST, VIEWS = "/companies/", "/companies/views/"


def add(client: Client, name: str, query: str = "country=FR", **more: str) -> SavedView | None:
    client.post(VIEWS, {"do": "add", "name": name, "query": query, **more})
    return SavedView.objects.filter(name=name).first()


def tabs(client: Client) -> list[str]:
    return [tab["title"] for tab in client.get(LIST).context["tabs"]]


def test_a_private_view_is_seen_by_its_owner_alone_and_a_shared_one_by_everybody() -> None:
    owner, other = signed_in(VIEW_SETTINGS, SHARE_VIEWS), signed_in(VIEW_SETTINGS)
    add(owner, "Mine")
    add(owner, "Ours", is_shared="1")
    assert tabs(owner) == ["All", "Ours", "Mine"]
    assert tabs(other) == ["All", "Ours"]


def test_sharing_takes_a_right_and_a_refusal_saves_nothing() -> None:
    clerk = signed_in(VIEW_SETTINGS)
    assert add(clerk, "Ours", is_shared="1") is None
    assert SavedView.objects.count() == 0


def test_two_views_of_one_person_cannot_have_one_name() -> None:
    owner = signed_in(VIEW_SETTINGS)
    add(owner, "Mine")
    response = owner.post(VIEWS, {"do": "add", "name": "Mine", "query": ""}, follow=True)
    assert "There is a view called “Mine” already" in text_of(response)
    assert SavedView.objects.count() == 1


def test_a_view_opens_with_its_filters_and_tells_when_they_were_changed() -> None:
    make_companies(company_values("A", country="FR"), company_values("B"))
    owner = signed_in(VIEW_SETTINGS)
    view = add(owner, "French", "country=FR&sort=-code")
    assert view is not None
    opened = owner.get(f"{LIST}?country=FR&sort=-code&view={view.pk}")
    assert [line.name for line in opened.context["lines"]] == ["Company A"]
    assert opened.context["views"].is_changed is False
    changed = owner.get(f"{LIST}?country=DE&view={view.pk}")
    assert changed.context["views"].is_changed is True
    owner.post(VIEWS, {"do": "save", "view": view.pk, "query": "country=DE"})
    view.refresh_from_db()
    assert view.query == "country=DE"


def test_keeps_no_filter_that_the_list_does_not_know() -> None:
    owner = signed_in(VIEW_SETTINGS)
    assert add(owner, "Broken", "nonsense=1") is None


def test_nobody_changes_or_deletes_what_is_not_theirs() -> None:
    owner, other = signed_in(VIEW_SETTINGS, SHARE_VIEWS), signed_in(VIEW_SETTINGS)
    private, shared = add(owner, "Mine"), add(owner, "Ours", is_shared="1")
    assert private is not None and shared is not None
    for view in (private, shared):
        for do in ("save", "rename", "delete", "back", "forth"):
            other.post(VIEWS, {"do": do, "view": view.pk, "query": "", "name": "Theirs"})
        other.post("/companies/columns/", {"view": view.pk, "columns": ["name"]})
    assert list(SavedView.objects.order_by("pk").values_list("name", "query", "columns")) == [
        ("Mine", "country=FR", []),
        ("Ours", "country=FR", []),
    ]


def test_who_may_share_can_mend_a_shared_view_whose_maker_is_gone() -> None:
    maker, manager = signed_in(VIEW_SETTINGS, SHARE_VIEWS), signed_in(VIEW_SETTINGS, SHARE_VIEWS)
    view = add(maker, "Ours", is_shared="1")
    assert view is not None
    manager.post(VIEWS, {"do": "rename", "view": view.pk, "name": "Everybody's", "is_shared": "1"})
    view.refresh_from_db()
    assert view.name == "Everybody's"


def test_tabs_are_moved() -> None:
    owner = signed_in(VIEW_SETTINGS)
    views = [add(owner, name) for name in ("One", "Two", "Three")]
    assert views[2] is not None and views[0] is not None
    owner.post(VIEWS, {"do": "back", "view": views[2].pk})
    assert tabs(owner) == ["All", "One", "Three", "Two"]
    owner.post(VIEWS, {"do": "back", "view": views[0].pk})
    assert tabs(owner) == ["All", "One", "Three", "Two"]


def test_the_columns_of_a_view_are_its_own() -> None:
    make_companies(company_values("A"))
    owner = signed_in(VIEW_SETTINGS)
    view = add(owner, "Narrow")
    assert view is not None
    owner.post("/companies/columns/", {"view": view.pk, "columns": ["code"]})
    assert len(owner.get(f"{LIST}?view={view.pk}").context["heads"]) == 1
    assert len(owner.get(LIST).context["heads"]) > 3
