"""Taking an import back: everything that nobody touched and nothing refers to, with a reason for each row that stays."""

import pytest

from backoffice.core.actors import Actor
from backoffice.core.errors import Refused
from backoffice.core.models.imports import ImportSession
from backoffice.core.services.imports import apply_import, undo_import
from backoffice.core.services.masters import change_row
from inventory.masters import BRANDS
from inventory.models import Barcode, Brand, Category, Product, Sku
from tests.core.imports.sessions import applied, checked, counted, undone
from tests.factories.inventory import a_company, a_product, a_sku

pytestmark = pytest.mark.django_db(transaction=True)


def test_gives_back_every_row_that_it_made_or_changed(actor: Actor) -> None:
    a_company()
    product = a_product(code="P", skus=())
    sku = a_sku("OLD", name="blue", reorder_point=7)
    before = Sku.objects.values("code", "name", "reorder_point", "price", "is_active").get(pk=sku.pk)
    text = f"sku,product,variant,reorder point,price,currency\nOLD,{sku.product.code},red,,12.5,EUR\nNEW,{product.code},x,1,,\n"
    session = applied(checked("inventory.sku", text, actor, clears=True), "reject_all", actor)
    assert counted(session) == {"rows": 2, "create": 1, "change": 1, "done": 2}
    assert (Sku.objects.count(), Sku.objects.get(pk=sku.pk).name) == (2, "red")
    session = undone(session, actor)
    assert (session.state, counted(session)) == ("undone", {"rows": 2, "create": 1, "change": 1, "undone": 2})
    assert Sku.objects.values("code", "name", "reorder_point", "price", "is_active").get() == before


def test_leaves_what_was_touched_or_is_in_use_and_says_why(actor: Actor) -> None:
    a_company()
    brands = applied(checked("inventory.brand", "code,name\nA,Alpha\nB,Beta\nC,Gamma\n", actor), "reject_all", actor)
    touched, used = Brand.objects.get(code="A"), Brand.objects.get(code="B")
    change_row(master=BRANDS, row_id=touched.pk, values={"name": "Other"}, version=1, actor=actor)
    a_product(brand=used)
    session = undone(brands, actor)
    assert (session.state, sorted(Brand.objects.values_list("code", flat=True))) == ("done", ["A", "B"])
    assert counted(session) == {"rows": 3, "create": 3, "done": 2, "undone": 1}
    told = {row.label: row.problems[0]["code"] for row in session.rows.filter(state="done")}
    assert told == {"A": "touched", "B": "in_use"}
    Product.objects.update(brand=None)
    session = undone(session, actor)
    assert sorted(Brand.objects.values_list("code", flat=True)) == ["A"]


def test_takes_trees_back_from_the_leaves_and_barcodes_one_by_one(actor: Actor) -> None:
    text = "code,name,inside of\nLEAF,Leaf,MID\nMID,Middle,ROOT\nROOT,Root,\n"
    tree = applied(checked("inventory.category", text, actor), "reject_all", actor)
    assert (undone(tree, actor).state, Category.objects.count()) == ("undone", 0)
    a_sku("S")
    codes = applied(checked("inventory.barcode", "sku,ean\nS,4006381333931\nS,OWN\n", actor), "reject_all", actor)
    assert Barcode.objects.count() == 2
    assert (undone(codes, actor).state, Barcode.objects.count()) == ("undone", 0)


def test_refuses_to_undo_what_changed_nothing_and_a_second_time(actor: Actor) -> None:
    session = checked("inventory.brand", "code,name\nA,Alpha\n", actor)
    with pytest.raises(Refused):
        undo_import(session_id=session.pk, actor=actor)
    session = undone(applied(session, "reject_all", actor), actor)
    with pytest.raises(Refused):
        undo_import(session_id=session.pk, actor=actor)
    with pytest.raises(Refused):
        apply_import(session_id=session.pk, policy="reject_all", actor=actor)
    assert (Brand.objects.count(), ImportSession.objects.get().state) == (0, "undone")
