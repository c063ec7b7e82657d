"""Lists: filters in words, columns by choice and by right, escaping, parts for htmx."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import clear_url_caches, include, path

from backoffice.core.declared import COMPANIES
from backoffice.core.filters import CompanyFilter
from backoffice.core.masters import Master
from backoffice.core.models.companies import Company
from backoffice.core.permissions import MANAGE_SETTINGS, VIEW_SETTINGS
from backoffice.core.services.masters import change_row
from backoffice.core.ui.pages import registry
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from tests.core.pages.companies import WRITER, company_values, make_companies
from tests.support.console import HTMX, keys_of, signed_in, text_of

pytestmark = pytest.mark.django_db
LIST = "/companies/"
SECRET = "tests.see_tax_numbers"


@pytest.fixture
def reader() -> Client:
    return signed_in(VIEW_SETTINGS)


def test_chips_say_the_filters_in_words_and_drop_one_at_a_time(reader: Client) -> None:
    make_companies(company_values("A", country="FR"), company_values("B"), company_values("C", country="FR"))
    Company.objects.filter(code="C").update(is_active=False)
    response = reader.get(LIST, {"country": "fr", "is_active": "true", "sort": "-code"})
    assert [line.name for line in response.context["lines"]] == ["Company A"]
    chips = response.context["chips"]
    assert [(chip["label"], chip["value"]) for chip in chips] == [("Active", "yes"), ("Country (two letters)", "fr")]
    assert chips[0]["remove_url"] == f"{LIST}?country=fr&sort=-code"


def test_an_empty_field_of_the_filter_form_asks_for_nothing(reader: Client) -> None:
    make_companies(company_values("A"))
    response = reader.get(LIST, {"country": "", "is_active": "", "q": " "})
    assert response.status_code == 200
    assert len(keys_of(response)) == 1
    assert response.context["chips"] == []


def test_a_filter_given_twice_is_refused_and_not_half_obeyed(reader: Client) -> None:
    make_companies(company_values("A", country="FR"))
    response = reader.get(f"{LIST}?country=FR&country=DE")
    assert response.status_code == 400
    assert keys_of(response) == []


def test_a_malformed_filter_in_an_htmx_request_is_said_inside_the_page(reader: Client) -> None:
    response = reader.get(LIST, {"country": "Germany"}, headers={**HTMX, "HX-Target": "list"})
    assert response.status_code == 422
    assert "Country (two letters)" in text_of(response)


def test_the_search_looks_into_every_declared_field(reader: Client) -> None:
    make_companies(company_values("ACME", "Anvils"), company_values("B", "Bells"), company_values("C", "Acme sons"))
    assert [line.name for line in reader.get(LIST, {"q": "acme"}).context["lines"]] == ["Anvils", "Acme sons"]


def test_cells_are_escaped(reader: Client) -> None:
    make_companies(company_values("X", "<script>alert(1)</script>"))
    body = reader.get(LIST).content.decode()
    assert "<script>alert(1)</script>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


def test_a_count_above_the_limit_says_that_it_is_an_estimate(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_companies(*[company_values(f"C{number}") for number in range(30)])
    assert "25 of 30" in text_of(reader.get(LIST, {"size": "25"}))
    monkeypatch.setattr("backoffice.core.keyset.EXACT_UP_TO", 10)
    assert "25 of about" in text_of(reader.get(LIST, {"size": "25"}))


def test_columns_are_chosen_for_oneself_and_come_back_as_they_were(reader: Client) -> None:
    make_companies(company_values("A"))
    chosen = {"columns": ["tax_number", "name", "nonsense"], "next": LIST}
    assert reader.post("/companies/columns/", chosen)["Location"] == LIST
    assert [str(head.title) for head in reader.get(LIST).context["heads"]] == ["Tax number", "Name"]
    other = signed_in(VIEW_SETTINGS)
    assert str(other.get(LIST).context["heads"][0].title) == "Name"
    reader.post("/companies/columns/", {"do": "reset", "next": "//evil.example/"})
    assert [str(head.title) for head in reader.get(LIST).context["heads"]][:2] == ["Name", "Code"]


def test_an_empty_list_says_what_to_do(reader: Client) -> None:
    assert "No companies yet" in text_of(reader.get(LIST))
    assert "Nothing matches" in text_of(reader.get(LIST, {"country": "FR"}))
    editor = signed_in(VIEW_SETTINGS, MANAGE_SETTINGS)
    assert "/companies/add/" in editor.get(LIST).content.decode()


# --- a column that not everybody sees -----------------------------------------------------------------------------------
class TaxFilter(CompanyFilter):
    """Also by tax number."""

    class Meta:
        model = Company
        fields = ["is_active", "country", "base_currency", "tax_number"]


urlpatterns: list[object] = []


@pytest.fixture
def secretive() -> Iterator[ModelPages]:
    """Pages over the same table whose tax number takes a right of its own."""
    master = Master(
        code="tests.firm", model=Company, view=VIEW_SETTINGS, edit=MANAGE_SETTINGS, editable=("name", "tax_number")
    )
    before = dict(registry._pages)
    pages = ModelPages(
        master=master,
        slug="firms",
        columns=(Column("name", link=True), Column("tax_number", right=SECRET)),
        default_sort="name",
        filterset=TaxFilter,
        search=("name",),
    )
    urlpatterns[:] = [*pages.urlpatterns(), path("", include("backoffice.urls"))]
    clear_url_caches()
    with override_settings(ROOT_URLCONF=__name__):
        yield pages
    clear_url_caches()
    registry._pages.clear()
    registry._pages.update(before)


def test_a_hidden_column_never_leaves_the_server_by_any_door(secretive: ModelPages) -> None:
    [firm] = make_companies(company_values("A", tax_number="TAX-77"))
    for number in ("TAX-78", "TAX-77"):
        change_row(master=COMPANIES, row_id=firm.pk, values={"tax_number": number}, version=None, actor=WRITER)
    clerk, taxman = signed_in(VIEW_SETTINGS, MANAGE_SETTINGS), signed_in(VIEW_SETTINGS, MANAGE_SETTINGS, SECRET)
    assert "TAX-77" in text_of(taxman.get("/firms/"))
    assert "TAX-78" in text_of(taxman.get(f"/firms/{firm.pk}/"))

    for address in ("/firms/", f"/firms/{firm.pk}/", f"/firms/{firm.pk}/history/", f"/firms/{firm.pk}/edit/"):
        assert b"TAX-7" not in clerk.get(address).content, address
    exported = clerk.get("/firms/export/?format=csv&columns=all")
    assert b"TAX-77" not in b"".join(exported.streaming_content)  # type: ignore[attr-defined]  # a file
    assert clerk.get("/firms/", {"tax_number": "TAX-77"}).status_code == 400
    assert clerk.get("/firms/", {"sort": "tax_number"}).status_code == 400
    assert keys_of(taxman.get("/firms/", {"tax_number": "TAX-77"})) == [firm.pk]


def test_a_hidden_field_cannot_be_written_either(secretive: ModelPages) -> None:
    [firm] = make_companies(company_values("A", tax_number="TAX-77"))
    clerk = signed_in(VIEW_SETTINGS, MANAGE_SETTINGS)
    clerk.post(f"/firms/{firm.pk}/edit/", {"name": "New", "tax_number": "0", "version": "1"})
    firm.refresh_from_db()
    assert (firm.name, firm.tax_number) == ("New", "TAX-77")
