"""Pictures of products in lists and on their page."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.core.actors import Actor
from backoffice.core.models.files import StoredFile
from inventory.models import Product, ProductPicture


def with_pictures(rows: QuerySet[Product]) -> QuerySet[Product]:
    """Products with their pictures and the smaller copies of them, in two queries however many there are."""
    pictures = ProductPicture.objects.select_related("file").order_by("position", "pk")
    return rows.prefetch_related(Prefetch("pictures", queryset=pictures), "pictures__file__copies")


def picture_cell(row: Product) -> SafeString | str:
    """The picture that stands for the product, small; an empty frame where there is none."""
    first = next(iter(row.pictures.all()), None)
    address = file_address(_small(first.file)) if first is not None else ""
    if not address:
        return format_html('<span class="{}"></span>', "thumb")
    return format_html('<img class="thumb" src="{}" alt="" width="32" height="32" loading="lazy">', address)


def picture_strip(row: Product, actor: Actor) -> Mapping[str, Any]:
    """All pictures for the page of the product."""
    pictures = [
        {"url": file_address(picture.file), "words": picture.words or row.name}
        for picture in row.pictures.select_related("file").order_by("position", "pk")
    ]
    return {"pictures": [picture for picture in pictures if picture["url"]]}


def file_address(file: StoredFile) -> str:
    """Where a stored file is read; nothing while the house has no door for files."""
    try:
        return reverse("core_file", args=[file.token])
    except NoReverseMatch:
        return ""


def _small(file: StoredFile) -> StoredFile:
    """The smallest copy that is at least twice as large as it is shown."""
    copies = sorted((copy for copy in file.copies.all() if (copy.side or 0) >= 64), key=lambda copy: copy.side or 0)
    return copies[0] if copies else file
