"""The language switch: kept with the person, and never a way to another site."""

import pytest
from django.test import Client

from backoffice.core.models.people import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return User.objects.create_user("ada@example.org", "a long enough password", name="Ada")


def test_the_choice_is_kept_with_the_person_and_mirrors_the_page_for_hebrew(client: Client, person: User) -> None:
    client.force_login(person)
    answer = client.post("/language/", {"language": "he", "next": "/"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    person.refresh_from_db()
    assert person.language == "he"
    assert 'dir="rtl"' in client.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_never_leads_to_another_site(client: Client, target: str) -> None:
    assert client.post("/language/", {"language": "fr", "next": target})["Location"] == "/"


def test_refuses_a_language_it_does_not_speak_and_changes_nothing(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.post("/language/", {"language": "tlh"}).status_code == 400
    person.refresh_from_db()
    assert person.language == ""


def test_a_link_cannot_change_the_language(client: Client) -> None:
    assert client.get("/language/").status_code == 405
