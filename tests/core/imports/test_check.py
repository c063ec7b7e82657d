"""The check of an import: it predicts exactly, names everything that is wrong by line and column, and changes nothing."""

import pytest
from django.db import connection

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Missing, NotPermitted, Refused
from backoffice.core.models.imports import ImportMapping, ImportSession
from backoffice.core.models.outbox import OutboxEvent
from backoffice.core.services.imports import begin_import, import_of, map_and_check
from inventory.models import Brand, Category, Product, Sku
from inventory.permissions import EDIT_CATALOG, VIEW_CATALOG
from tests.core.imports.sessions import begun, checked, counted, problems
from tests.factories.inventory import a_company, a_location, a_product, a_sku, a_warehouse, somebody

pytestmark = pytest.mark.django_db(transaction=True)


def test_guesses_columns_by_title_and_alias_and_remembers_what_was_chosen(actor: Actor) -> None:
    first = begun("inventory.brand", "Marke;Code;Note\nAcme;AC;x\n", actor)
    assert (first.columns, first.titles) == ({"name": 0, "code": 1}, ["Marke", "Code", "Note"])
    assert first.samples == [["Acme", "AC", "x"]]
    map_and_check(session_id=first.pk, columns={"code": 1, "name": 2}, decimal_mark=",", name="Ours", actor=actor)
    assert begun("inventory.brand", "marke;CODE;note\nAcme;AC;x\n", actor).columns == {"code": 1, "name": 2}
    assert begun("inventory.brand", "Marke;Code;Other\nAcme;AC;x\n", actor).columns == {"name": 0, "code": 1}
    assert [(row.name, row.decimal_mark) for row in ImportMapping.objects.all()] == [("Ours", ",")]


def test_predicts_what_is_new_changed_and_the_same_and_changes_nothing(actor: Actor) -> None:
    a_company()
    product = a_product(skus=())
    same = a_sku("S-1", name="blue")
    other = a_sku("S-2", name="red")
    before = (list(Sku.objects.order_by("pk").values()), OutboxEvent.objects.count())
    text = (
        "SKU,Product,Variant,Price,Currency,Weight (g)\n"
        f"s-1,{same.product.code},blue,,,\n"
        f"S-2,{other.product.code},green,,,\n"
        f'S-3,{product.code},,"1,234.50",EUR,120\n'
    )
    session = checked("inventory.sku", text, actor)
    assert counted(session) == {"rows": 3, "same": 1, "change": 1, "create": 1, "waiting": 3}
    assert session.state == ImportSession.State.CHECKED
    assert (list(Sku.objects.order_by("pk").values()), OutboxEvent.objects.count()) == before
    assert list(session.rows.order_by("line").values_list("line", "action")) == [
        (2, "same"),
        (3, "change"),
        (4, "create"),
    ]


def test_names_every_problem_by_line_and_column(actor: Actor) -> None:
    product = a_product(skus=())
    text = (
        "SKU;Product;Price;Currency;Weight (g);Status;Base unit\n"
        f"A-1;{product.code};1,5;EUR;10;active;each\n"
        f"A-2;nothing;1,5;EUR;10;active;each\n"
        f"A-3;{product.code};1.2.3;EUR;1,5;nonsense;each\n"
        f";{product.code};1,5;EUR;10;active;each\n"
        f"A-5;{product.code};1,5;;10;active;each\n"
        f"A-6;{product.code};1,5;EUR;10;active\n"
        f"A-7;{product.code};1,5;EUR;5,01235E+12;active;each\n"
    )
    session = checked("inventory.sku", text, actor, decimal_mark=",")
    assert problems(session) == [
        (3, "Product", "not_found"),
        (4, "Price", "grouping"),
        (4, "Weight (g)", "fraction"),
        (4, "Status", "unknown_choice"),
        (5, "SKU", "blank"),
        (6, "Currency", "price_needs_currency"),
        (7, None, "ragged_row"),
        (8, "Weight (g)", "mangled_number"),
    ]
    assert counted(session) == {"rows": 7, "create": 1, "error": 6, "waiting": 7}
    assert Sku.objects.count() == 0


def test_refuses_a_key_that_is_in_the_file_twice_naming_both_lines(actor: Actor) -> None:
    session = checked("inventory.brand", "code,name\nA,One\nB,Two\na,Three\n", actor)
    assert problems(session) == [(2, None, "repeated_in_file"), (4, None, "repeated_in_file")]
    assert [row.problems[0]["message"] for row in session.rows.filter(action="error").order_by("line")] == [
        "The same row is in the file more than once: lines 2, 4."
    ] * 2


def test_takes_a_child_before_its_parent(actor: Actor) -> None:
    text = "code,name,inside of\nLEAF,Leaf,MID\nMID,Middle,ROOT\nROOT,Root,\nLOST,Lost,NOWHERE\nX,X,Y\nY,Y,X\n"
    session = checked("inventory.category", text, actor)
    assert list(session.rows.order_by("line").values_list("action", flat=True)) == [
        "create",
        "create",
        "create",
        "error",
        "error",
        "error",
    ]
    assert Category.objects.count() == 0


def test_does_not_let_a_fixed_field_change(actor: Actor) -> None:
    sku, other = a_sku("F-1"), a_product(skus=())
    session = checked("inventory.sku", f"sku,product\nF-1,{other.code}\nf-1 ,{sku.product.code}\n", actor)
    assert [code for _line, _column, code in problems(session)] == ["repeated_in_file", "repeated_in_file"]
    session = checked("inventory.sku", f"sku,product\nF-1,{other.code}\n", actor)
    assert problems(session) == [(2, "product", "fixed")]


def test_treats_rows_out_of_reach_as_if_they_were_not_there(actor: Actor) -> None:
    mine, other = a_warehouse("MINE"), a_warehouse("OTHER")
    known = a_location(other, code="B-1")
    limited = somebody(warehouses=(mine,))
    text = "warehouse,code,kind,name\nMINE,B-1,bin,x\nOTHER,B-1,bin,changed\nOTHER,B-2,bin,new\n"
    session = checked("inventory.location", text, limited)
    assert problems(session) == [(3, "warehouse", "not_found"), (4, "warehouse", "not_found")]
    known.refresh_from_db()
    assert known.name == ""


def test_asks_for_the_company_when_there_are_several(actor: Actor) -> None:
    a_company()
    assert problems(checked("inventory.product", "code,name\nP,Pan\n", actor)) == []
    a_company(code="TWO")
    assert [code for _l, _c, code in problems(checked("inventory.product", "code,name\nP,Pan\n", actor))] == ["blank"]
    assert problems(checked("inventory.product", "code,name,company\nP,Pan,two\n", actor)) == []
    assert Product.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"code,name\n", "no_rows"),
        (b"code,Code\nA,B\n", "header_duplicate"),
        (b"\n\n", "table_empty"),
        (b",".join(b"c%d" % number for number in range(600)) + b"\n1\n", "too_many_columns"),
    ],
)
def test_keeps_what_is_wrong_with_the_file_on_the_session(actor: Actor, content: bytes, code: str) -> None:
    session = begun("inventory.brand", content, actor)
    assert (session.state, [problem["code"] for problem in session.problems]) == ("failed", [code])


def test_ends_damaged_files_in_problems_of_the_session(actor: Actor) -> None:
    half = b'code,name\nA,Alpha\nB,"never closed\n' + b"x,y\n" * 500
    session = checked("inventory.brand", half, actor)
    assert (session.state, session.is_readable) == ("failed", False)
    mixed = "code,name\nA,Straße\n".encode() + "B,Straße\n".encode("latin-1")
    assert problems(checked("inventory.brand", mixed, actor)) == [(3, "name", "broken_encoding")]
    nul = b"code,name\nA,Al\0pha\nB,Beta\n"
    assert [code for _line, _column, code in problems(checked("inventory.brand", nul, actor))] == ["null_character"]
    assert Brand.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.csv", "file_empty"),
        (b"%PDF-1.7 x", "list.csv", "file_type"),
        (b"\x89PNG\r\n\x1a\n123", "list.csv", "file_type"),
        (b"<!DOCTYPE html><html><body>Error</body></html>", "list.csv", "file_type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "list.xls", "workbook_old"),
    ],
)
def test_refuses_what_is_no_table_and_keeps_nothing(actor: Actor, content: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        begun("inventory.brand", content, actor, name)
    assert (refusal.value.code, ImportSession.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    ("columns", "codes"),
    [
        ({"code": 0, "colour": 1}, ["unknown_field"]),
        ({"code": 9}, ["unknown_column"]),
        ({"code": True}, ["unknown_column"]),
        ({"code": 0, "name": 0}, ["column_used_twice"]),
        ({"name": 1}, ["column_missing"]),
        ({}, ["column_missing"]),
    ],
)
def test_refuses_a_mapping_that_cannot_be(actor: Actor, columns: dict[str, int], codes: list[str]) -> None:
    session = begun("inventory.brand", "code,name\nA,Alpha\n", actor)
    with pytest.raises(Invalid) as refusal:
        map_and_check(session_id=session.pk, columns=columns, actor=actor)
    assert [problem.code for problem in refusal.value.problems] == codes
    session.refresh_from_db()
    assert (session.state, session.rows.count(), ImportMapping.objects.count()) == ("uploaded", 0, 0)


def test_refuses_whoever_lacks_the_right_of_the_kind_or_another_ones_import(actor: Actor) -> None:
    viewer = somebody(VIEW_CATALOG)
    with pytest.raises(NotPermitted):
        begun("inventory.brand", "code\nA\n", viewer)
    with pytest.raises(Missing):
        begin_import(kind="inventory.nothing", file=None, name="x", actor=actor)  # type: ignore[arg-type]  # never opened
    session = begun("inventory.brand", "code,name\nA,B\n", actor)
    editor = Actor("user", 77, "Other", frozenset({VIEW_CATALOG, EDIT_CATALOG}))
    with pytest.raises(Missing):
        import_of(session.pk, editor)
    with pytest.raises(Missing):
        map_and_check(session_id=session.pk, columns=session.columns, actor=editor)
    checked_one = map_and_check(session_id=session.pk, columns=session.columns, actor=actor)
    with pytest.raises(Refused):
        map_and_check(session_id=checked_one.pk, columns=session.columns, actor=actor)


def test_leaves_no_lock_and_no_row_behind(actor: Actor) -> None:
    checked("inventory.brand", "code,name\nA,Alpha\nB,Beta\n", actor)
    assert Brand.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)
