"""Held rows: corrected one by one and taken, given up, or refused again without a trace; and the file of bad rows."""

import csv
from io import BytesIO, StringIO

import pytest

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Refused
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.services.import_correcting import bad_rows_file, correct_row, reject_row
from inventory.models import Brand
from tests.core.imports.sessions import again, applied, checked, counted, undone

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "code,name\nA,Alpha\nb!,Beta\n,Gamma\nA ,Twin\n"


@pytest.fixture
def held(actor: Actor) -> ImportSession:
    session = applied(checked("inventory.brand", TEXT.replace("A ,Twin\n", ""), actor), "hold_rows", actor)
    assert counted(session) == {"rows": 3, "create": 1, "error": 2, "done": 1, "held": 2}
    return session


def row_at(session: ImportSession, line: int) -> ImportRow:
    return session.rows.get(line=line)


def test_takes_a_row_once_it_is_right(held: ImportSession, actor: Actor) -> None:
    row = row_at(held, 3)
    correct_row(session_id=held.pk, row_id=row.pk, cells={"code": "B"}, actor=actor)
    row.refresh_from_db()
    assert (row.state, row.action, row.cells, row.problems) == ("done", "create", ["B", "Beta"], [])
    assert sorted(Brand.objects.values_list("code", "name")) == [("A", "Alpha"), ("B", "Beta")]
    assert counted(again(held)) == {"rows": 3, "create": 2, "error": 1, "done": 2, "held": 1}
    assert (undone(again(held), actor).state, Brand.objects.count()) == ("undone", 0)


@pytest.mark.parametrize(
    ("cells", "code"),
    [({"code": "still bad"}, "bad_code"), ({"code": ""}, "blank"), ({"colour": "x"}, "unknown_field")],
)
def test_refuses_a_row_that_is_still_wrong_and_keeps_it_as_it_was(
    held: ImportSession, actor: Actor, cells: dict[str, str], code: str
) -> None:
    row = row_at(held, 3)
    before = ImportRow.objects.filter(pk=row.pk).values().get()
    with pytest.raises(Invalid) as refusal:
        correct_row(session_id=held.pk, row_id=row.pk, cells=cells, actor=actor)
    assert [problem.code for problem in refusal.value.problems] == [code]
    assert ImportRow.objects.filter(pk=row.pk).values().get() == before
    assert (Brand.objects.count(), counted(again(held))["held"]) == (1, 2)


def test_refuses_a_correction_into_a_row_of_the_same_file(held: ImportSession, actor: Actor) -> None:
    with pytest.raises(Invalid) as refusal:
        correct_row(session_id=held.pk, row_id=row_at(held, 3).pk, cells={"code": "a"}, actor=actor)
    assert refusal.value.code == "repeated_in_file"
    assert Brand.objects.get().name == "Alpha"


def test_gives_a_row_up_and_does_not_take_it_afterwards(held: ImportSession, actor: Actor) -> None:
    row = row_at(held, 3)
    reject_row(session_id=held.pk, row_id=row.pk, actor=actor)
    assert counted(again(held)) == {"rows": 3, "create": 1, "error": 2, "done": 1, "held": 1, "refused": 1}
    with pytest.raises(Refused):
        correct_row(session_id=held.pk, row_id=row.pk, cells={"code": "B"}, actor=actor)
    assert Brand.objects.count() == 1


def test_hands_out_the_bad_rows_with_their_reasons(actor: Actor) -> None:
    session = checked("inventory.brand", TEXT, actor)
    file = BytesIO()
    assert bad_rows_file(session, file) == 4
    lines = list(csv.reader(StringIO(file.getvalue().decode("utf-8-sig"))))
    assert lines[0] == ["code", "name", "Line", "What is wrong"]
    assert [line[:3] for line in lines[1:]] == [
        ["A", "Alpha", "2"],
        ["b!", "Beta", "3"],
        ["", "Gamma", "4"],
        ["A", "Twin", "5"],
    ]
    assert lines[3][3] == "code: This must not be empty."
    assert lines[1][3] == "The same row is in the file more than once: lines 2, 5."
