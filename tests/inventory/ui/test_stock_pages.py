"""Stock in the console: the figures agree with the ledger, adjusting and deciding go through the services, limits hold."""

from collections.abc import Iterator

import pytest
from django.test import Client

from backoffice.core.actors import Actor
from backoffice.core.models.people import AccessLimit, Role, User
from backoffice.core.refs import Ref
from backoffice.core.services.roles import seed_roles
from inventory.drafts import ReserveDraft
from inventory.models import AdjustmentLimit, StockAdjustment, StockLevel, StockMove
from inventory.services.reservations import reserve_stock
from tests.factories.stock import World, a_world
from tests.inventory.services.test_ledger import differences

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[World]:
    seed_roles()
    world = a_world()
    yield world
    assert differences() == []


def person(role: str, name: str = "Ada") -> tuple[User, Client]:
    user = User.objects.create_user(f"{name.lower()}@example.org", "a long enough password", name=name)
    user.roles.add(Role.objects.get(code=role))
    client = Client()
    client.force_login(user)
    return user, client


def adjust(client: Client, level: StockLevel, **data: object) -> int:
    sent = {"place": "N1", "change": "3", "reason": "found", "note": "", **data}
    return client.post(f"/stock/{level.pk}/do/adjust/", sent).status_code


def test_the_pages_show_what_the_ledger_says(world: World, actor: Actor) -> None:
    sku = world.sku("LAMP-1")
    world.receive(sku, 10)
    draft = ReserveDraft(sku_id=sku.pk, warehouse_id=world.north.pk, quantity=4, demand=Ref("tests.demand", "D-77"))
    reserve_stock(drafts=[draft], actor=actor)
    _user, client = person("manager")
    level = StockLevel.objects.get(sku=sku)
    for address in ("/stock/", f"/stock/{level.pk}/", "/moves/", "/reservations/", "/adjustments/"):
        assert client.get(address).status_code == 200, address
    page = client.get(f"/stock/{level.pk}/").content.decode()
    assert "LAMP-1" in page and "D-77" in page and "N1" in page


def test_a_small_adjustment_posts_at_once_and_a_large_one_waits_for_somebody_else(world: World) -> None:
    AdjustmentLimit.objects.create(company=world.company, max_units=5, max_value=100)
    sku = world.sku()
    world.receive(sku, 10)
    level = StockLevel.objects.get(sku=sku)
    _lead, lead = person("warehouse_lead", "Lea")
    assert adjust(lead, level) in (200, 204, 302)
    assert world.level(sku) == (13, 0, 0, 0)

    adjust(lead, level, change="-6", reason="lost")
    pending = StockAdjustment.objects.get(state="pending")
    assert (pending.units, world.level(sku)) == (6, (13, 0, 0, 0))
    assert lead.post(f"/adjustments/{pending.pk}/do/approve/", {"note": ""}).status_code == 403
    _manager, manager = person("manager", "Max")
    manager.post(f"/adjustments/{pending.pk}/do/approve/", {"note": "seen it"})
    pending.refresh_from_db()
    assert (pending.state, world.level(sku)) == ("posted", (7, 0, 0, 0))


def test_nobody_approves_their_own(world: World) -> None:
    sku = world.sku()
    world.receive(sku, 10)
    _manager, manager = person("manager", "Max")
    adjust(manager, StockLevel.objects.get(sku=sku), change="-2")
    pending = StockAdjustment.objects.get()
    assert manager.post(f"/adjustments/{pending.pk}/do/approve/", {"note": ""}).status_code in (403, 422)
    pending.refresh_from_db()
    assert (pending.state, world.level(sku)) == ("pending", (10, 0, 0, 0))


def test_stock_is_carried_from_bin_to_bin(world: World) -> None:
    sku = world.sku()
    world.receive(sku, 10)
    _picker, picker = person("picker", "Pia")
    level = StockLevel.objects.get(sku=sku)
    source = sku.balances.get()
    picker.post(f"/stock/{level.pk}/do/carry/", {"source": source.pk, "target": "N-N2", "quantity": "4"})
    assert {row.location.code: row.on_hand for row in sku.balances.all()} == {"N1": 6, "N2": 4}
    before = StockMove.objects.count()
    answer = picker.post(f"/stock/{level.pk}/do/carry/", {"source": source.pk, "target": "N2", "quantity": "7"})
    assert (answer.status_code, StockMove.objects.count()) == (422, before)


def test_a_clerk_of_one_warehouse_sees_nothing_of_the_other(world: World) -> None:
    sku = world.sku("SECRET-9")
    world.receive(sku, 5, into="S1")
    clerk, client = person("picker", "Cleo")
    AccessLimit.objects.create(user=clerk, kind="inventory.warehouse", object_id=world.north.pk)
    level = StockLevel.objects.get(sku=sku)
    assert client.get(f"/stock/{level.pk}/").status_code == 404
    for address in ("/stock/", "/moves/", "/reservations/"):
        assert "SECRET-9" not in client.get(address).content.decode()


def test_what_stock_is_worth_stays_with_those_who_may_know(world: World) -> None:
    sku = world.sku()
    world.receive(sku, 10, cost="987.654321")
    _lead, lead = person("warehouse_lead", "Lea")
    adjust(lead, StockLevel.objects.get(sku=sku), change="-1")
    pending = StockAdjustment.objects.get()
    assert "987" not in lead.get(f"/adjustments/{pending.pk}/").content.decode()
    _accountant, accountant = person("accountant", "Ann")
    assert "987.65" in accountant.get(f"/adjustments/{pending.pk}/").content.decode()
