"""The tree of categories, and brands."""

import pytest

from backoffice.core.errors import Invalid, Refused
from backoffice.core.services.masters import change_row, create_row
from inventory.masters import BRANDS, CATEGORIES
from inventory.models import Brand, Category
from tests.factories.inventory import SYSTEM

pytestmark = pytest.mark.django_db


def a_chain(length: int) -> list[Category]:
    found: list[Category] = []
    for number in range(length):
        values = {"code": f"C{number}", "name": f"C{number}", "parent": found[-1] if found else None}
        found.append(create_row(master=CATEGORIES, values=values, actor=SYSTEM))
    return found


def test_refuses_a_category_inside_itself_or_too_deep() -> None:
    chain = a_chain(8)
    for parent in (chain[0], chain[3], chain[7]):
        with pytest.raises(Refused) as refusal:
            change_row(master=CATEGORIES, row_id=chain[0].pk, values={"parent": parent}, version=1, actor=SYSTEM)
        assert refusal.value.code == "inside_itself"
    with pytest.raises(Refused) as refusal:
        create_row(master=CATEGORIES, values={"code": "C8", "name": "C8", "parent": chain[7]}, actor=SYSTEM)
    assert refusal.value.code == "too_deep"
    assert Category.objects.count() == 8
    chain[0].refresh_from_db()
    assert chain[0].parent is None


def test_refuses_a_move_that_would_push_what_hangs_below_too_deep() -> None:
    chain = a_chain(6)
    tops = [create_row(master=CATEGORIES, values={"code": f"T{n}", "name": "T"}, actor=SYSTEM) for n in range(2)]
    inner = change_row(master=CATEGORIES, row_id=tops[1].pk, values={"parent": tops[0]}, version=1, actor=SYSTEM)
    assert (
        change_row(master=CATEGORIES, row_id=chain[0].pk, values={"parent": inner}, version=1, actor=SYSTEM).parent
        == inner
    )
    deeper = create_row(master=CATEGORIES, values={"code": "T2", "name": "T"}, actor=SYSTEM)
    with pytest.raises(Refused):
        change_row(master=CATEGORIES, row_id=tops[0].pk, values={"parent": deeper}, version=1, actor=SYSTEM)
    tops[0].refresh_from_db()
    assert tops[0].parent is None


def test_brands_are_known_by_a_code_once_whatever_its_case() -> None:
    create_row(master=BRANDS, values={"code": "HLD", "name": "Halden"}, actor=SYSTEM)
    with pytest.raises(Invalid) as refusal:
        create_row(master=BRANDS, values={"code": "hld", "name": "Other"}, actor=SYSTEM)
    assert refusal.value.code == "already_exists"
    assert Brand.objects.get().name == "Halden"
