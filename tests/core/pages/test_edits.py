"""Forms: nothing lost, nothing twice, nothing overwritten."""

from typing import Any

import pytest
from django.test import Client

from backoffice.core.declared import COMPANIES
from backoffice.core.models.companies import Company
from backoffice.core.services.masters import change_row
from tests.core.pages.companies import WRITER, company_values, make_companies
from tests.support.console import hidden, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    return signed_in()


def form(**more: Any) -> dict[str, Any]:
    return {**company_values("A", "Anvils"), **more}


def test_the_same_command_with_another_content_is_refused_and_offers_a_new_one(editor: Client) -> None:
    command = hidden(editor.get("/companies/add/"), "command")
    editor.post("/companies/add/", form(command=command))
    again = editor.post("/companies/add/", form(command=command, code="B"))
    assert again.status_code == 409
    assert "was sent before" in text_of(again)
    assert Company.objects.count() == 1
    fresh = hidden(again, "command")
    assert fresh != command
    assert editor.post("/companies/add/", form(command=fresh, code="B")).status_code == 302
    assert Company.objects.count() == 2


def test_a_refused_command_may_be_sent_again_once_its_cause_is_mended(editor: Client) -> None:
    command = hidden(editor.get("/companies/add/"), "command")
    assert editor.post("/companies/add/", form(command=command, time_zone="Mars")).status_code == 422
    assert editor.post("/companies/add/", form(command=command)).status_code == 302


def test_everything_that_is_wrong_is_said_at_once_beside_its_field_and_above(editor: Client) -> None:
    response: Any = editor.post("/companies/add/", form(time_zone="Mars", base_currency="XXZ"))
    assert set(response.context["form"].errors) == {"time_zone", "base_currency"}
    body = response.content.decode()
    assert 'aria-invalid="true"' in body
    assert 'href="#id_time_zone"' in body
    assert 'value="Anvils"' in body
    assert Company.objects.count() == 0


def test_an_address_is_checked_part_by_part(editor: Client) -> None:
    parts = {"address.street": "Main 1", "address.city": "Bonn", "address.country": "DE"}
    assert editor.post("/companies/add/", form(**parts)).status_code == 302
    assert Company.objects.get().address == {"street": "Main 1", "city": "Bonn", "country": "DE"}
    bad = editor.post("/companies/add/", form(code="B", **{**parts, "address.country": "ZZ"}))
    assert bad.status_code == 422
    assert 'value="Bonn"' in bad.content.decode()


def test_add_another_comes_back_to_an_empty_form(editor: Client) -> None:
    response = editor.post("/companies/add/", form(another="1"))
    assert response["Location"] == "/companies/add/"


class TestConflict:
    """Anna and Ben edit the same company: Anna saves first."""

    @pytest.fixture
    def company(self) -> Company:
        return make_companies(company_values("A", "Anvils"))[0]

    def sent(self, client: Client, company: Company, **mine: Any) -> dict[str, Any]:
        page = client.get(f"/companies/{company.pk}/edit/")
        base = {"name": "Anvils", "country": "DE", "time_zone": "Europe/Berlin", "language": "en"}
        return {**base, "version": hidden(page, "version"), "command": hidden(page, "command"), **mine}

    def anna(self, company: Company, **values: Any) -> None:
        change_row(master=COMPANIES, row_id=company.pk, values=values, version=None, actor=WRITER)

    def test_both_versions_and_the_one_before_stand_side_by_side(self, editor: Client, company: Company) -> None:
        sent = self.sent(editor, company, name="Ben's name", phone="123")
        self.anna(company, name="Anna's name", email="anna@example.com")
        response: Any = editor.post(f"/companies/{company.pk}/edit/", sent)
        assert response.status_code == 409
        told = {field["name"]: field for field in response.context["fields"]}
        assert set(told) == {"name", "phone", "email"}
        name = told["name"]
        assert (name["before"], name["theirs"], name["mine"]) == ("Anvils", "Anna's name", "Ben's name")
        assert name["both"] is True
        assert (told["email"]["takes_theirs"], told["phone"]["takes_theirs"]) == (True, False)

    def test_one_chooses_for_each_field_and_what_is_theirs_stays(self, editor: Client, company: Company) -> None:
        sent = self.sent(editor, company, name="Ben's name", phone="123")
        self.anna(company, name="Anna's name", email="anna@example.com")
        page = editor.post(f"/companies/{company.pk}/edit/", sent)
        choice = {"choice.name": "theirs", "choice.phone": "mine", "choice.email": "theirs"}
        settled = {**sent, **choice, "version": hidden(page, "version"), "command": hidden(page, "command")}
        assert editor.post(f"/companies/{company.pk}/edit/", settled).status_code == 302
        company.refresh_from_db()
        assert (company.name, company.phone, company.email) == ("Anna's name", "123", "anna@example.com")

    def test_a_third_editor_in_between_is_noticed_again(self, editor: Client, company: Company) -> None:
        sent = self.sent(editor, company, name="Ben's name")
        self.anna(company, name="Anna's name")
        page = editor.post(f"/companies/{company.pk}/edit/", sent)
        self.anna(company, name="Carl's name")
        settled = {
            **sent,
            "choice.name": "mine",
            "version": hidden(page, "version"),
            "command": hidden(page, "command"),
        }
        assert editor.post(f"/companies/{company.pk}/edit/", settled).status_code == 409
        company.refresh_from_db()
        assert company.name == "Carl's name"

    @pytest.mark.parametrize("version", ["", "x", "-1", "99999999999"])
    def test_a_lost_version_overwrites_nothing(self, editor: Client, company: Company, version: str) -> None:
        sent = {**self.sent(editor, company, name="Ben's name"), "version": version}
        assert editor.post(f"/companies/{company.pk}/edit/", sent).status_code == 409
        company.refresh_from_db()
        assert company.name == "Anvils"
