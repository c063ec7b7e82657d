"""Making the demo shop: only where everybody may know its passwords, and after a power cut from where it stopped."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backoffice.core.models.companies import Company
from backoffice.core.models.people import User
from inventory.models import Location, Product, Warehouse

pytestmark = pytest.mark.django_db


def said(command: str, **options: Any) -> str:
    output = StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


@pytest.fixture
def embedded(settings: Any, tmp_path: Path) -> None:
    settings.EMBEDDED = True
    settings.FILES_ROOT = tmp_path


def test_goes_on_where_it_was_interrupted(embedded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def burn(*_args: Any, **_options: Any) -> None:
        raise ValueError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("inventory.demo.places.make_bins", burn)
        with pytest.raises(ValueError, match="power"):
            said("seed_demo")
    assert (Product.objects.count(), Warehouse.objects.count(), Location.objects.count()) == (200, 0, 0)
    words = said("seed_demo")
    assert "200 products" not in words
    assert "3 warehouses" in words


def test_refuses_an_installation_that_is_not_embedded_unless_forced(embedded: None, settings: Any) -> None:
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="embedded installations only"):
        said("seed_demo")
    assert (Company.objects.count(), User.objects.count()) == (0, 0)
    assert said("demo_logins") == ""
    said("seed_demo", force=True)
    assert Company.objects.get().name == "Brindle & Vane"
