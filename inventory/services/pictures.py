"""Pictures of products: hung up, taken down, put in order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, Refused
from backoffice.core.events import publish
from backoffice.core.files.storage import store_image
from backoffice.core.models.files import StoredFile
from backoffice.core.texts import clean_line
from inventory.events import ProductChanged
from inventory.locks import lock_product, lock_products
from inventory.models import Product, ProductPicture
from inventory.permissions import EDIT_CATALOG
from inventory.services.refusals import said_as_conflict

FILE_KIND = "inventory.product_picture"
MOST_PICTURES = 20


@dataclass(frozen=True, slots=True)
class Hanging:
    """A stored picture to be hung up at a product. Several products may share one."""

    product_id: int
    file: StoredFile
    words: str = ""


def add_picture(
    *, product_id: int, data: bytes, name: str, actor: Actor, words: str = "", reason: str = ""
) -> ProductPicture:
    """Store an uploaded picture (written anew, with smaller copies) and hang it up last. Raises Invalid as core's images do."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        _room_for_more(lock_product(product_id), 1)
        file = store_image(data, name=name, kind=FILE_KIND, actor=actor)
        return hang_pictures(hangings=[Hanging(product_id, file, words)], actor=actor, reason=reason)[0]


def hang_pictures(*, hangings: Sequence[Hanging], actor: Actor, reason: str = "") -> list[ProductPicture]:
    """Hang stored pictures up, each behind those that its product has. All or nothing."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        products = lock_products({hanging.product_id for hanging in hangings})
        last = _last_positions(products)
        pictures = []
        for hanging in hangings:
            product = products.get(hanging.product_id)
            if product is None:
                raise Missing("not_found", _("There is no product %(id)s.") % {"id": hanging.product_id})
            last[product.pk] = last.get(product.pk, 0) + 1
            words = clean_line(hanging.words, field="words", max_length=200, required=False)
            picture = ProductPicture(product=product, file=hanging.file, position=last[product.pk], words=words)
            pictures.append(picture)
        with said_as_conflict(ProductPicture):
            ProductPicture.objects.bulk_create(pictures)
        publish(*[_changed(product) for product in products.values()])
    return pictures


def put_picture_first(*, picture_id: int, actor: Actor, reason: str = "") -> ProductPicture:
    """Let this picture stand for its product; the others move back by one. A repeat changes nothing."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        picture = _locked(picture_id)
        before = ProductPicture.objects.filter(product=picture.product_id, position__lt=picture.position)
        if before.exists():
            before.update(position=F("position") + 1)
            picture.position = 1
            picture.save(update_fields=["position"])
            publish(_changed(picture.product))
    return picture


def remove_picture(*, picture_id: int, actor: Actor, reason: str = "") -> None:
    """Take a picture down. The file stays as long as anything else shows it, and its history always."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        picture = _locked(picture_id)
        behind = ProductPicture.objects.filter(product=picture.product_id, position__gt=picture.position)
        product = picture.product
        picture.delete()
        behind.update(position=F("position") - 1)
        publish(_changed(product))


def _locked(picture_id: int) -> ProductPicture:
    """The picture, with its product locked: positions are changed by one at a time."""
    product_id = ProductPicture.objects.filter(pk=picture_id).values_list("product_id", flat=True).first()
    if product_id is not None:
        lock_product(product_id)
    picture = ProductPicture.objects.select_related("product").filter(pk=picture_id).first()
    if picture is None:
        raise Missing("not_found", _("There is no such picture."))
    return picture


def _room_for_more(product: Product, count: int) -> None:
    if ProductPicture.objects.filter(product=product).count() + count > MOST_PICTURES:
        raise Refused("too_many_pictures", _("A product has at most %(most)s pictures.") % {"most": MOST_PICTURES})


def _last_positions(product_ids: Iterable[int]) -> dict[int, int]:
    rows = ProductPicture.objects.filter(product_id__in=list(product_ids)).values("product_id")
    return {row["product_id"]: row["last"] for row in rows.annotate(last=Max("position")).order_by()}


def _changed(product: Product) -> ProductChanged:
    return ProductChanged(product_id=product.pk, code=product.code, status=product.status, is_active=product.is_active)
