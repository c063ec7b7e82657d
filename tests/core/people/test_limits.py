"""Limits: narrowed to some objects of a kind."""

from collections.abc import Callable

import pytest

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, NotPermitted
from backoffice.core.models.companies import Company
from backoffice.core.models.people import AccessLimit, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.selectors.access import narrowed
from backoffice.core.services.limits import choices, limit_kinds, set_limits
from tests.core.people.conftest import SHOP

Acts = Callable[[User], Actor]


def reach(user: User) -> list[int]:
    return sorted(AccessLimit.objects.filter(user=user, kind=SHOP).values_list("object_id", flat=True))


def test_narrows_widens_and_lifts(owner: User, member: User, shops: list[Company], acts: Acts) -> None:
    first, second, third = (shop.pk for shop in shops)
    set_limits(user_id=member.pk, limits={SHOP: [first, second]}, actor=acts(owner), reason="moved")
    assert acts(member).limits == {SHOP: frozenset({first, second})}
    set_limits(user_id=member.pk, limits={SHOP: [second, third]}, actor=acts(owner))
    assert reach(member) == [second, third]
    set_limits(user_id=member.pk, limits={SHOP: []}, actor=acts(owner))
    assert acts(member).limits == {}
    rows = SecurityEvent.objects.filter(kind="limits_changed").order_by("pk")
    assert [row.facts for row in rows] == [
        {"before": {}, "after": {SHOP: [first, second]}},
        {"before": {SHOP: [first, second]}, "after": {SHOP: [second, third]}},
        {"before": {SHOP: [second, third]}, "after": {}},
    ]


def test_the_same_limits_again_change_nothing(owner: User, member: User, shops: list[Company], acts: Acts) -> None:
    for _ in range(2):
        set_limits(user_id=member.pk, limits={SHOP: [shops[0].pk]}, actor=acts(owner))
    assert SecurityEvent.objects.filter(kind="limits_changed").count() == 1


def test_refuses_unknown_kinds_and_objects(owner: User, member: User, shops: list[Company], acts: Acts) -> None:
    for limits, code in (
        ({"tests.planet": [1]}, "unknown_limit"),
        ({SHOP: [shops[0].pk, 999_999]}, "unknown_object"),
        ({SHOP: [-1]}, "unknown_object"),
    ):
        with pytest.raises(Invalid) as refusal:
            set_limits(user_id=member.pk, limits=limits, actor=acts(owner))
        assert refusal.value.code == code
    assert reach(member) == []


def test_offers_only_what_the_actor_reaches(owner: User, officer: User, shops: list[Company], acts: Acts) -> None:
    AccessLimit.objects.create(user=officer, kind=SHOP, object_id=shops[1].pk)
    assert SHOP in limit_kinds()
    assert [shop.code for shop in choices(SHOP, acts(owner))] == ["A", "B", "C"]
    assert [shop.code for shop in choices(SHOP, acts(officer))] == ["B"]


def test_says_limits_in_words(shops: list[Company]) -> None:
    found = narrowed({SHOP: [shops[1].pk, shops[0].pk], "gone.kind": [7]})
    assert [(row.kind, str(row.title), row.labels) for row in found] == [
        ("gone.kind", "gone.kind", ("gone.kind:7",)),
        (SHOP, "company", ("Shop A", "Shop B")),
    ]


@pytest.mark.parametrize("who", ["member", "stranger"])
def test_needs_the_right_to_manage_people(
    who: str, owner: User, request: pytest.FixtureRequest, shops: list[Company], acts: Acts
) -> None:
    with pytest.raises(NotPermitted):
        set_limits(user_id=owner.pk, limits={SHOP: [shops[0].pk]}, actor=acts(request.getfixturevalue(who)))
    assert reach(owner) == []
