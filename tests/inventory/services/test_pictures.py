"""Pictures of products."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backoffice.core.errors import Invalid, Missing, NotPermitted, Refused
from backoffice.core.files.rules import may_read
from backoffice.core.models.files import StoredFile
from backoffice.core.models.outbox import OutboxEvent
from inventory.models import Product, ProductPicture
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.selectors.catalog import pictures_of
from inventory.services.pictures import Hanging, add_picture, hang_pictures, put_picture_first, remove_picture
from tests.factories.inventory import SYSTEM, a_product, somebody
from tests.support.database import history

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_aside(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


def png(colour: str = "red") -> bytes:
    output = BytesIO()
    Image.new("RGB", (8, 8), colour).save(output, "PNG")
    return output.getvalue()


def positions(product: Product) -> list[tuple[str, int]]:
    return list(product.pictures.order_by("position").values_list("words", "position"))


def test_adds_pictures_puts_one_first_and_takes_one_down() -> None:
    product = a_product()
    made = [
        add_picture(
            product_id=product.pk, data=png(colour), name=f"{colour}.png", words=colour, actor=somebody(), reason="new"
        )
        for colour in ("red", "green", "blue")
    ]
    assert positions(product) == [("red", 1), ("green", 2), ("blue", 3)]
    assert pictures_of([product.pk])[product.pk].pk == made[0].file_id
    put_picture_first(picture_id=made[2].pk, actor=SYSTEM)
    assert positions(product) == [("blue", 1), ("red", 2), ("green", 3)]
    assert pictures_of([product.pk])[product.pk].pk == made[2].file_id
    remove_picture(picture_id=made[0].pk, actor=somebody(), reason="wrong colour")
    assert positions(product) == [("blue", 1), ("green", 2)]
    told_of = history(ProductPicture, pgh_obj_id=made[0].pk)
    assert [row.pgh_label for row in told_of] == ["insert", "update", "delete"]
    assert told_of.last().pgh_context.metadata["reason"] == "wrong colour"
    assert OutboxEvent.objects.filter(name="inventory.product_changed", payload__product_id=product.pk).count() == 5
    assert StoredFile.objects.filter(original=None).count() == 3


def test_putting_the_first_first_changes_nothing() -> None:
    product = a_product()
    picture = add_picture(product_id=product.pk, data=png(), name="a.png", actor=SYSTEM)
    before = OutboxEvent.objects.count()
    put_picture_first(picture_id=picture.pk, actor=SYSTEM)
    assert OutboxEvent.objects.count() == before


def test_several_products_share_one_stored_picture() -> None:
    products = [a_product() for _number in range(3)]
    file = add_picture(product_id=products[0].pk, data=png(), name="a.png", actor=SYSTEM).file
    hang_pictures(hangings=[Hanging(product.pk, file) for product in products[1:]], actor=SYSTEM)
    assert {found.pk for found in pictures_of([product.pk for product in products]).values()} == {file.pk}


@pytest.mark.parametrize(("data", "code"), [(b"<svg/>", "image_svg"), (b"GIF89a", "image_"), (b"", "image_")])
def test_refuses_what_is_no_picture(data: bytes, code: str) -> None:
    product = a_product()
    with pytest.raises(Invalid) as refusal:
        add_picture(product_id=product.pk, data=data, name="a.png", actor=SYSTEM)
    assert refusal.value.code.startswith(code)
    assert (product.pictures.count(), StoredFile.objects.count()) == (0, 0)


def test_refuses_a_twenty_first_picture_an_unknown_product_and_somebody_without_the_right() -> None:
    product = a_product()
    file = add_picture(product_id=product.pk, data=png(), name="a.png", actor=SYSTEM).file
    hang_pictures(hangings=[Hanging(product.pk, file)] * 19, actor=SYSTEM)
    with pytest.raises(Refused):
        add_picture(product_id=product.pk, data=png(), name="a.png", actor=SYSTEM)
    with pytest.raises(Missing):
        add_picture(product_id=product.pk + 1, data=png(), name="a.png", actor=SYSTEM)
    with pytest.raises(Missing):
        hang_pictures(hangings=[Hanging(product.pk + 1, file)], actor=SYSTEM)
    for call in (put_picture_first, remove_picture):
        with pytest.raises(Missing):
            call(picture_id=999_999, actor=SYSTEM)
        with pytest.raises(NotPermitted):
            call(picture_id=product.pictures.first().pk, actor=somebody(VIEW_CATALOG))
    assert product.pictures.count() == 20


def test_whoever_sees_the_catalog_sees_its_pictures() -> None:
    file = add_picture(product_id=a_product().pk, data=png(), name="a.png", actor=SYSTEM).file
    assert may_read(file, somebody(VIEW_CATALOG))
    assert not may_read(file, somebody(VIEW_PLACES))
