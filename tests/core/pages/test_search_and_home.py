"""The search box and the tiles of the home page."""

import pytest

from backoffice.core.permissions import VIEW_SETTINGS
from backoffice.core.search import BEGINS, ELSEWHERE, EXACT, INSIDE, WORD, rank_of
from backoffice.core.ui.views.search import marked
from tests.core.pages.companies import company_values, make_companies
from tests.support.console import HTMX, signed_in, text_of

pytestmark = pytest.mark.django_db


def test_finds_declared_rows_and_pages_by_any_part_and_only_what_one_may_see() -> None:
    anvil, bells = make_companies(company_values("A", "Anvil works"), company_values("B", "Bells"))
    reader, stranger = signed_in(VIEW_SETTINGS), signed_in("tests.nothing")
    found = reader.get("/search/", {"q": "nvil"}).content.decode()
    assert f"/companies/{anvil.pk}/" in found
    assert f"/companies/{bells.pk}/" not in found
    assert b'class="hit" href="/companies/"' in reader.get("/search/", {"q": "compan"}).content
    assert "Nothing is found" in text_of(stranger.get("/search/", {"q": "nvil"}))


def test_the_palette_gets_a_fragment_and_what_was_typed_is_marked_and_escaped() -> None:
    make_companies(company_values("A", "<b>Anvil</b>"))
    part = signed_in(VIEW_SETTINGS).get("/search/", {"q": "anvil"}, headers=HTMX).content.decode()
    assert "<html" not in part
    assert "&lt;b&gt;<mark>Anvil</mark>&lt;/b&gt;" in part


@pytest.mark.parametrize("text", ["", "a", "\x00\x00", "%", "_%", "'; drop table", "x" * 5000, "(01)12345"])
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    reader = signed_in()
    assert reader.get("/search/", {"q": text}).status_code == 200
    assert reader.get("/search/", {"q": text, "scan": "1"}).status_code == 200


def test_ranks_the_very_thing_before_a_beginning_before_a_part() -> None:
    assert [rank_of("pan", name) for name in ("Pan", "Pan lid", "Frying pan", "Japan", "Pot")] == [
        EXACT,
        BEGINS,
        WORD,
        INSIDE,
        ELSEWHERE,
    ]


def test_marking_never_breaks_letters_that_change_their_length() -> None:
    assert marked("İstanbul", "stan") == "İstanbul"


def test_each_tile_equals_the_list_that_it_opens() -> None:
    from tests.factories.inventory import a_location, a_product

    a_product()
    a_product(status="draft")
    a_location()
    client = signed_in()
    tiles = [tile for _title, tiles in client.get("/").context["groups"] for tile in tiles if tile["href"]]
    assert len(tiles) >= 5
    for tile in tiles:
        page = client.get(tile["href"])
        assert page.status_code == 200, tile["href"]
        if "pager" in page.context:
            total = page.context["pager"]["total"] or 0
            assert total == tile["count"].value, tile["label"]


def test_home_shows_only_tiles_one_may_open() -> None:
    assert "Nothing is waiting for you" in text_of(signed_in("tests.nothing").get("/"))
