"""Tests that every declaration of pages inherits: give the data, get the tests.

class TestBrandPages(PageTests):
    pages = BRAND_PAGES

    def values(self, number): return {"code": f"B{number}", "name": f"Brand {number:04}"}
    def change(self): return {"name": "Another"}
    def wrong(self): return {"name": ""}, "name"
"""

import json
import os
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.core.actors import Actor
from backoffice.core.models.bulk import BulkOutcome, BulkRun
from backoffice.core.permissions import EVERYTHING
from backoffice.core.services.masters import create_rows
from backoffice.core.ui.pages.declaration import ModelPages
from tests.support.console import HTMX, hidden, keys_of, link_to, queries_of, signed_in, text_of

RECORDED = Path(__file__).resolve().parents[1] / "query_counts.json"
MOST_QUERIES = 15
MOST_BYTES = 150_000
WRITER = Actor("user", None, "Wanda Writer", frozenset({EVERYTHING}), request_id="test")


@pytest.mark.django_db
class PageTests:
    """List, paging, filters, detail, form, conflict, bulk, export, saved views, picker, rights and query counts."""

    pages: ClassVar[ModelPages]
    # Rows that the query counts are taken with.
    sizes: ClassVar[tuple[int, ...]] = (1, 50, 500)

    def world(self) -> None:
        """Make what the rows need around them."""

    def values(self, number: int) -> dict[str, Any]:
        """What row `number` is made of, as the service takes it; the rows differ and sort by number."""
        raise AssertionError("say what a valid row is")

    def posted(self, number: int) -> dict[str, Any]:
        """The same as a form sends it."""
        return {
            name: getattr(value, "pk", value) for name, value in self.values(number).items() if value not in (None, {})
        }

    def change(self) -> dict[str, Any]:
        """Fields of a change that is allowed, as the form sends them."""
        raise AssertionError("say what may be changed")

    def wrong(self) -> tuple[dict[str, Any], str]:
        """Fields that are refused, and the one at fault."""
        raise AssertionError("say what is refused")

    # --- the frame ----------------------------------------------------------------------------------------------------
    @pytest.fixture(autouse=True)
    def _world(self, db: None) -> None:
        self.world()

    @pytest.fixture
    def editor(self) -> Client:
        return signed_in()

    @pytest.fixture
    def reader(self) -> Client:
        return signed_in(self.pages.master.view)

    def make(self, count: int, start: int = 1) -> list[Any]:
        rows = [self.values(number) for number in range(start, start + count)]
        return [
            outcome.row
            for outcome in create_rows(master=self.pages.master, rows=rows, actor=WRITER, policy="reject_all")
        ]

    def count(self) -> int:
        return int(self.pages.master.model._default_manager.count())

    def url(self, page: str, *arguments: Any) -> str:
        return self.pages.url(page, *arguments)

    def edit_form(self, client: Client, row: Any) -> dict[str, Any]:
        """What the edit page of a row would send if nothing were changed."""
        response: Any = client.get(self.url("edit", row.pk))
        form = response.context["form"]
        sent: dict[str, Any] = {}
        for name, field in form.fields.items():
            value = field.prepare_value(form.initial.get(name))
            if value is True:
                sent[name] = "on"
            elif value not in (None, False, "", {}):
                sent[name] = value
        return {**sent, "version": hidden(response, "version"), "command": hidden(response, "command")}

    # --- lists --------------------------------------------------------------------------------------------------------
    def test_a_list_takes_the_same_few_queries_for_few_and_for_many_rows(self, reader: Client) -> None:
        made = 0
        counts = set()
        for size in self.sizes:
            self.make(size - made, start=made + 1)
            made = size
            response, queries = queries_of(reader, self.url("list"))
            assert response.status_code == 200
            counts.add(queries)
            assert len(response.content) < MOST_BYTES, len(response.content)
        # A list that fits on one page is not counted; a longer one is, by one statement more.
        assert max(counts) - min(counts) <= 1, counts
        assert max(counts) <= MOST_QUERIES, counts
        _compare(f"{self.pages.code} list", max(counts))

    def test_paging_shows_every_row_once_forth_and_back(self, reader: Client) -> None:
        self.make(60)
        every = self.count()
        forth, address = [], self.url("list") + "?size=25"
        while address:
            response = reader.get(address)
            forth.append(keys_of(response))
            address = link_to(response, "next")
        back, address = [], link_to(response, "prev")
        while address:
            response = reader.get(address)
            back.append(keys_of(response))
            address = link_to(response, "prev")
        shown = [key for page in forth for key in page]
        assert len(shown) == len(set(shown)) == every
        assert back[::-1] == forth[:-1]

    def test_every_column_that_can_be_sorted_by_sorts_and_pages(self, reader: Client) -> None:
        self.make(26)
        part = {**HTMX, "HX-Target": "list"}
        for name in self.pages.sorts:
            for sign in ("", "-"):
                first = reader.get(self.url("list"), {"sort": f"{sign}{name}", "size": "25"}, headers=part)
                assert first.status_code == 200
                second = reader.get(link_to(first, "next"), headers=part)
                assert second.status_code == 200, (sign, name)
                assert not set(keys_of(first)) & set(keys_of(second)), (sign, name)

    @pytest.mark.parametrize(
        "query", ["nonsense=1", "id__gt=0", "sort=password", "size=7", "after=x", "view=999999", "q=%00"]
    )
    def test_refuses_an_address_it_does_not_understand_and_shows_no_rows(self, reader: Client, query: str) -> None:
        self.make(1)
        response = reader.get(f"{self.url('list')}?{query}")
        assert response.status_code == 400, query
        assert keys_of(response) == []
        assert "Nothing is shown" in text_of(response)

    def test_a_part_of_the_list_is_all_that_htmx_gets(self, reader: Client) -> None:
        self.make(2)
        part = reader.get(self.url("list"), headers={**HTMX, "HX-Target": "list"})
        assert len(keys_of(part)) == min(self.count(), 50)
        assert b"<html" not in part.content
        assert part["HX-Push-Url"] == self.url("list")

    # --- one row ------------------------------------------------------------------------------------------------------
    def test_shows_a_row_with_its_history(self, reader: Client) -> None:
        [row] = self.make(1)
        page, queries = queries_of(reader, self.url("detail", row.pk))
        assert page.status_code == 200
        assert str(row) in text_of(page)
        assert "Wanda Writer" in text_of(reader.get(self.url("history", row.pk)))
        _compare(f"{self.pages.code} detail", queries)

    def test_a_row_that_is_not_there_is_missing(self, reader: Client) -> None:
        for page in ("detail", "history"):
            assert reader.get(self.url(page, 999_999_999)).status_code == 404

    # --- rights -------------------------------------------------------------------------------------------------------
    def test_nobody_is_asked_to_sign_in_and_a_stranger_is_refused(self, client: Client) -> None:
        [row] = self.make(1)
        stranger = signed_in("tests.nothing")
        pages = [("list",), ("detail", row.pk), ("history", row.pk), ("pick",), ("export",)]
        pages += [("add",)] if self.pages.can_create else []
        pages += [("edit", row.pk)] if self.pages.can_change else []
        for page in pages:
            asked = client.get(self.url(*page))
            assert asked.status_code == 302, page
            assert asked["Location"].startswith(reverse("account_login")), page
            assert stranger.get(self.url(*page)).status_code == 403, page

    def test_a_reader_changes_nothing_by_any_door(self, reader: Client) -> None:
        [row] = self.make(1)
        before = self.count()
        if self.pages.can_create:
            assert reader.post(self.url("add"), self.posted(2)).status_code == 403
        if self.pages.can_change:
            assert reader.post(self.url("edit", row.pk), {**self.change(), "version": "1"}).status_code == 403
        for action in self.pages.every_action:
            sent = {"action": action.code, "ids": [row.pk], "stage": "run"}
            assert reader.post(self.url("bulk"), sent).status_code == 403, action.code
        again = self.pages.master.model._default_manager.get(pk=row.pk)
        assert (self.count(), again.version) == (before, row.version)
        assert BulkRun.objects.count() == 0

    # --- writing ------------------------------------------------------------------------------------------------------
    def test_adds_one_row_however_often_the_button_is_pressed(self, editor: Client) -> None:
        if not self.pages.can_create:
            return
        before = self.count()
        sent = {**self.posted(7), "command": hidden(editor.get(self.url("add")), "command")}
        first, second = editor.post(self.url("add"), sent), editor.post(self.url("add"), sent)
        assert first.status_code == 302, text_of(first)
        assert second["Location"] == first["Location"]
        assert self.count() == before + 1

    def test_a_refused_form_keeps_what_was_typed_and_saves_nothing(self, editor: Client) -> None:
        if not self.pages.can_create:
            return
        wrong, field = self.wrong()
        before = self.count()
        response: Any = editor.post(self.url("add"), {**self.posted(7), **wrong})
        assert response.status_code == 422
        assert field in response.context["form"].errors
        kept = next(str(value) for name, value in self.posted(7).items() if name not in wrong)
        assert kept in response.content.decode()
        assert self.count() == before

    def test_changes_a_row_and_tells_it_in_the_history(self, editor: Client) -> None:
        if not self.pages.can_change:
            return
        [row] = self.make(1)
        response = editor.post(self.url("edit", row.pk), {**self.edit_form(editor, row), **self.change()})
        assert response.status_code == 302, text_of(response)
        again = self.pages.master.model._default_manager.get(pk=row.pk)
        assert again.version == row.version + 1
        assert "Changed" in text_of(editor.get(self.url("history", row.pk)))

    def test_a_second_editor_is_shown_both_versions_and_nothing_is_overwritten(self, editor: Client) -> None:
        if not self.pages.can_change:
            return
        [row] = self.make(1)
        mine = self.edit_form(editor, row)
        model = self.pages.master.model
        model._default_manager.filter(pk=row.pk).update(version=row.version + 1)
        response = editor.post(self.url("edit", row.pk), {**mine, **self.change()})
        assert response.status_code == 409
        assert "Nothing of yours was saved yet" in text_of(response)
        assert model._default_manager.get(pk=row.pk).version == row.version + 1

    # --- many rows ----------------------------------------------------------------------------------------------------
    def test_switches_many_off_shows_it_first_and_takes_it_back(self, editor: Client) -> None:
        if not self.pages.is_switchable:
            return
        rows = self.make(3)
        keys = [row.pk for row in rows]
        manager = self.pages.master.model._default_manager
        sent = {"action": "switch_off", "ids": keys, "scope": "selected"}
        preview = editor.post(self.url("bulk"), sent)
        assert preview.status_code == 200
        assert manager.filter(pk__in=keys, is_active=True).count() == 3

        run = {**sent, "stage": "run", "command": hidden(preview, "command")}
        result = editor.post(self.url("bulk"), run)
        assert result.status_code == 302
        assert editor.post(self.url("bulk"), run)["Location"] == result["Location"]
        assert manager.filter(pk__in=keys, is_active=False).count() == 3
        assert BulkRun.objects.count() == 1
        assert set(BulkOutcome.objects.values_list("row_id", "result")) == {(key, "done") for key in keys}
        assert "3 rows done" in text_of(editor.get(result["Location"]))

        run_id = BulkRun.objects.get().pk
        undone = editor.post(self.url("bulk_undo", run_id))
        assert undone.status_code == 302
        assert manager.filter(pk__in=keys, is_active=True).count() == 3
        assert editor.post(self.url("bulk_undo", run_id)).status_code == 422

    # --- out and around -----------------------------------------------------------------------------------------------
    def test_exports_what_the_list_shows(self, reader: Client) -> None:
        self.make(3)
        answer: Any = reader.get(self.url("export"), {"format": "csv"})
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
        assert len([line for line in lines if line]) == self.count() + 1
        book: Any = reader.get(self.url("export"), {"format": "xlsx", "columns": "all"})
        assert b"".join(book.streaming_content)[:2] == b"PK"
        assert reader.get(self.url("export"), {"format": "exe"}).status_code == 400
        assert reader.get(self.url("export"), {"nonsense": "1"}).status_code == 400

    def test_a_view_is_saved_and_opens_as_a_tab(self, reader: Client) -> None:
        self.make(1)
        name = next(iter(self.pages.sorts))
        sent = {"do": "add", "name": "My order", "query": f"sort=-{name}"}
        saved = reader.post(self.url("views"), sent)
        assert saved.status_code == 302
        page: Any = reader.get(saved["Location"])
        assert page.status_code == 200
        assert [tab["title"] for tab in page.context["tabs"] if tab["active"]] == ["My order"]
        assert page.context["asked"].sort == f"-{name}"

    def test_the_picker_offers_what_matches(self, reader: Client) -> None:
        [row] = self.make(1)
        typed = str(getattr(row, self.pages.search[0])) if self.pages.search else ""
        assert f'data-value="{row.pk}"' in reader.get(self.url("pick"), {"q": typed}).content.decode()


def _compare(what: str, queries: int) -> None:
    """With the recorded count. RECORD_QUERY_COUNTS=1 writes it down instead."""
    known: dict[str, int] = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    if os.environ.get("RECORD_QUERY_COUNTS"):
        known[what] = queries
        RECORDED.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n")
        return
    assert queries <= known.get(what, 0), (
        f"{what}: {queries} queries, {known.get(what)} are recorded in {RECORDED.name}"
    )
