"""The demo shop: small, believable, made once, and only where everybody may know its passwords."""

from collections.abc import Iterator
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings

from backoffice.core import demo
from backoffice.core.gs1 import is_gtin
from backoffice.core.models.companies import Company
from backoffice.core.models.files import StoredFile
from backoffice.core.models.people import Role, User
from backoffice.core.roles import BUILTIN_ROLES
from backoffice.core.selectors.people import actor_of_user
from inventory.demo import catalog
from inventory.models import Barcode, Brand, Category, Location, Pack, Product, ProductPicture, Sku, Warehouse
from inventory.permissions import WAREHOUSE_LIMIT
from inventory.states import Tracking
from tests.support.database import history

pytestmark = pytest.mark.django_db


def said(command: str, **options: Any) -> str:
    output = StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


@pytest.fixture(scope="module")
def shop(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """One shop for the tests that only look at it; what the commands said while it was made."""
    aside = override_settings(EMBEDDED=True, FILES_ROOT=tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), aside, transaction.atomic():
        yield [said("seed_demo"), str(counts()), said("seed_demo"), str(counts())]
        transaction.set_rollback(True)


def counts() -> dict[str, int]:
    tables = (Company, User, Product, Sku, Pack, Barcode, ProductPicture, Warehouse, Location, StoredFile)
    return {model.__name__: model.objects.count() for model in tables}


def test_a_second_run_adds_nothing(shop: list[str]) -> None:
    first, before, second, after = shop
    assert "200 products" in first
    assert second == "demo shop: everything is there already\n"
    assert before == after
    assert counts()["Product"] == counts()["ProductPicture"] == 200
    assert 330 <= counts()["Sku"] <= 420
    assert (counts()["Warehouse"], counts()["User"]) == (3, len(BUILTIN_ROLES))


def test_the_shop_is_believable(shop: list[str]) -> None:
    bins = Location.objects.filter(kind="bin").values_list("warehouse__code").annotate(Count("pk"))
    assert dict(bins) == {"HFA": 392, "LCJ": 394, "LYS": 412}
    zones = sorted(Warehouse.objects.values_list("time_zone", flat=True))
    assert zones == ["Asia/Jerusalem", "Europe/Paris", "Europe/Warsaw"]
    assert Location.objects.filter(is_pick_blocked=True).count() == 3
    ranges = dict(Product.objects.values_list("category__code").annotate(Count("pk")))
    assert (len(ranges), min(ranges.values())) == (12, 13)
    gtins = list(Barcode.objects.filter(symbology="gtin").values_list("printed", flat=True))
    assert all(is_gtin(text) for text in gtins)
    # The number systems 20 to 29 belong to nobody: no real company's article is named.
    assert {text[:2] for text in gtins if len(text) == 13} == {"29"}
    assert {text[1:3] for text in gtins if len(text) == 14} == {"29"}
    assert set(Product.objects.values_list("tracking", flat=True)) == set(Tracking.values)
    statuses = dict(Product.objects.values_list("status").annotate(Count("pk")))
    assert statuses == {"active": 195, "draft": 2, "discontinued": 3}
    assert not Sku.objects.filter(price=None).exists()
    retired = history(Product, status="discontinued")
    assert {row.pgh_context.metadata["reason"] for row in retired} == {"replaced by the new line"}


def test_the_same_goods_come_out_every_time(shop: list[str]) -> None:
    dice = Random(f"{demo.SEED}:inventory.catalog")
    categories = {row.code: row for row in Category.objects.all()}
    drafts = list(catalog._drafts(Company.objects.get(), list(Brand.objects.order_by("pk")), categories, dice))
    again = sorted((sku.code, sku.size.weight_g, sku.reorder_point) for draft in drafts for sku in draft.skus)
    assert again == sorted(Sku.objects.values_list("code", "weight_g", "reorder_point"))


def test_prints_one_log_in_for_each_role_and_they_work(shop: list[str]) -> None:
    lines = said("demo_logins").splitlines()
    assert len(lines) == len(BUILTIN_ROLES)
    assert lines[0].split()[0] == "administrator@demo.example"
    for line in lines:
        email, password = line.split()[:2]
        user = User.objects.get(email=email)
        assert user.check_password(password)
        assert user.roles.count() == 1
    assert Role.objects.filter(users=None, is_builtin=True).count() == 0


def test_the_picker_of_lyon_reaches_lyon_alone(shop: list[str]) -> None:
    lyon = Warehouse.objects.get(code="LYS")
    assert actor_of_user(demo.login_of("picker")).limit(WAREHOUSE_LIMIT) == {lyon.pk}
    assert actor_of_user(demo.login_of("manager")).limit(WAREHOUSE_LIMIT) is None
