"""The pages of imports, from the upload to the workbench, as a person goes through them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backoffice.core.jobs import run_job
from backoffice.core.models.imports import ImportSession
from inventory.models import Brand
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from tests.support.console import hidden, signed_in, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def sent(
    client: Client, content: bytes, kind: str = "inventory.brand", name: str = "brands.csv", command: str = ""
) -> object:
    file = SimpleUploadedFile(name, content, "text/csv")
    return client.post("/imports/new/", {"kind": kind, "file": file, "command": command})


def test_leads_from_the_upload_through_the_columns_and_the_preview_to_the_workbench() -> None:
    client = signed_in(VIEW_CATALOG, EDIT_CATALOG)
    assert "No imports yet" in text_of(client.get("/imports/"))
    page = client.get("/imports/new/")
    assert "Brands" in text_of(page)
    answer = sent(client, b"code,name,note\nA,Alpha,1\nb!,Beta,2\nc!,Gamma,3\n", command=hidden(page, "command"))
    assert sent(client, b"code,name\nOther,File\n", command=hidden(page, "command")).status_code == 409  # type: ignore[attr-defined]
    session = ImportSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{session.pk}/columns/")  # type: ignore[attr-defined]
    columns = client.get(f"/imports/{session.pk}/columns/")
    assert "Not read: note" in text_of(columns) and "Alpha · Beta · Gamma" in text_of(columns)
    assert "Choose the columns" in text_of(client.get(f"/imports/{session.pk}/"))
    form = {"column-code": "0", "column-name": "1", "decimal_mark": ".", "command": hidden(columns, "command")}
    for _press in range(2):
        assert client.post(f"/imports/{session.pk}/columns/", form)["Location"] == f"/imports/{session.pk}/"
    under_way = client.get(f"/imports/{session.pk}/")
    assert f'hx-get="/imports/{session.pk}/progress/"' in under_way.content.decode()
    session.refresh_from_db()
    run_job(session.job_id)
    assert client.get(f"/imports/{session.pk}/progress/")["HX-Refresh"] == "true"
    preview = text_of(client.get(f"/imports/{session.pk}/"))
    assert "1 new" in preview and "2 bad" in preview and "Nothing has been changed yet" in preview
    assert Brand.objects.count() == 0
    assert "2 of 3 rows are bad" in text_of(client.get(f"/imports/{session.pk}/do/apply/"))
    refused = client.post(f"/imports/{session.pk}/do/apply/", {"policy": "reject_all"})
    assert (refused.status_code, Brand.objects.count()) == (422, 0)
    assert client.post(f"/imports/{session.pk}/do/apply/", {"policy": "hold_rows"}).status_code == 302
    session.refresh_from_db()
    run_job(session.job_id)
    work(client, session)
    assert client.get(f"/imports/{session.pk}/bad-rows/").status_code == 200
    assert client.post(f"/imports/{session.pk}/do/undo/").status_code == 302
    session.refresh_from_db()
    run_job(session.job_id)
    assert (Brand.objects.count(), ImportSession.objects.get().state) == (0, "undone")


def work(client: Client, session: ImportSession) -> None:
    """Correct the first held row, reject the second."""
    first, second = session.rows.filter(state="held").order_by("line")
    address = client.get(f"/imports/{session.pk}/held/")["Location"]
    assert address == f"/imports/{session.pk}/held/{first.pk}/"
    page = client.get(address)
    assert "2 rows are held" in text_of(page) and 'value="b!"' in page.content.decode()
    form = {"decision": "take", "cell-code": "still bad", "cell-name": "Beta", "command": hidden(page, "command")}
    assert client.post(address, form).status_code == 422
    answer = client.post(address, {**form, "cell-code": "B"})
    assert answer["Location"] == f"/imports/{session.pk}/held/{second.pk}/"
    assert client.post(address, {**form, "cell-code": "B"})["Location"] == answer["Location"]
    answer = client.post(answer["Location"], {"decision": "reject"})
    assert answer["Location"] == f"/imports/{session.pk}/"
    assert sorted(Brand.objects.values_list("code", flat=True)) == ["A", "B"]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"%PDF-1.7", "a.csv", "is a PDF"),
        (b"PK\x03\x04broken", "a.xlsx", ""),
    ],
)
def test_says_on_the_form_why_a_file_is_no_table(content: bytes, name: str, words: str) -> None:
    client = signed_in()
    answer = sent(client, content, name=name)
    assert answer.status_code == 422 and words in text_of(answer)  # type: ignore[attr-defined]
    assert ImportSession.objects.count() == 0


def test_shows_what_is_wrong_with_the_file_as_a_whole() -> None:
    client = signed_in()
    answer = sent(client, b"code,Code\nA,B\n")
    page = text_of(client.get(answer["Location"]))  # type: ignore[index]
    assert "appears more than once" in page and "Failed" in page


def test_refuses_bad_columns_beside_their_boxes_and_unknown_kinds() -> None:
    client = signed_in()
    sent(client, b"code,name\nA,B\n")
    key = ImportSession.objects.get().pk
    answer = client.post(f"/imports/{key}/columns/", {"column-name": "x", "column-nothing": "1", "decimal_mark": "?"})
    said = text_of(answer)
    assert answer.status_code == 422
    assert "rows are told apart by it" in said and "no such column" in said and "no field “nothing”" in said
    assert client.get("/imports/template/inventory.nothing/").status_code == 404
    assert sent(client, b"code\nA\n", kind="inventory.nothing").status_code == 422  # type: ignore[attr-defined]
    template = client.get("/imports/template/inventory.brand/")
    assert b"".join(template.streaming_content).decode("utf-8-sig").strip() == "Code,Name"  # type: ignore[attr-defined]


def test_does_not_show_anothers_import_nor_take_a_kind_without_its_right() -> None:
    owner, other = signed_in(VIEW_CATALOG, EDIT_CATALOG), signed_in(VIEW_CATALOG, EDIT_CATALOG)
    sent(owner, b"code,name\nA,B\n")
    key = ImportSession.objects.get().pk
    for page in ("", "columns/", "held/", "bad-rows/", "progress/"):
        assert other.get(f"/imports/{key}/{page}").status_code == 404, page
    viewer = signed_in(VIEW_CATALOG)
    assert "Nothing that you may import" in text_of(viewer.get("/imports/new/"))
    assert sent(viewer, b"code,name\nA,B\n").status_code == 422  # type: ignore[attr-defined]
    assert viewer.get("/imports/template/inventory.brand/").status_code == 403
    assert ImportSession.objects.count() == 1
