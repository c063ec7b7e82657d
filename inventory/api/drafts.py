"""From a body to the draft of a product: the related rows are looked up, the rest is passed on."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Problem
from backoffice.core.models.companies import Company
from backoffice.core.services.masters import in_reach
from inventory.drafts import BarcodeDraft, PackDraft, ProductDraft, Size, SkuDraft
from inventory.masters import BRANDS, CATEGORIES

_SIZES = ("weight_g", "length_mm", "width_mm", "height_mm")


def product_draft(values: Mapping[str, Any], actor: Actor) -> ProductDraft:
    """The draft of validated values. Invalid names the related row that is not there, or not within reach."""
    rest = dict(values)
    rest["company"] = _one(Company.objects.all(), rest["company"], "company")
    for name, master in (("brand", BRANDS), ("category", CATEGORIES)):
        if rest.get(name) is not None:
            rest[name] = _one(in_reach(master, actor), rest[name], name)
    rest["skus"] = tuple(_sku_draft(sku) for sku in rest.get("skus", ()))
    return ProductDraft(**rest)


def _sku_draft(values: Mapping[str, Any]) -> SkuDraft:
    rest = dict(values)
    packs = tuple(_pack_draft(pack) for pack in rest.pop("packs", ()))
    barcodes = tuple(_barcode_draft(barcode) for barcode in rest.pop("barcodes", ()))
    return SkuDraft(size=_size(rest), packs=packs, barcodes=barcodes, **rest)


def _pack_draft(values: Mapping[str, Any]) -> PackDraft:
    rest = dict(values)
    return PackDraft(size=_size(rest), **rest)


def _barcode_draft(values: Mapping[str, Any]) -> BarcodeDraft:
    rest = dict(values)
    return BarcodeDraft(text=rest.pop("value"), **rest)


def _size(rest: dict[str, Any]) -> Size:
    """Take the sizes out of the values."""
    return Size(**{name: rest.pop(name, None) for name in _SIZES})


def _one(rows: Any, key: int, name: str) -> Any:
    found = rows.filter(pk=key).first()
    if found is None:
        message = _("There is no such %(thing)s.") % {"thing": rows.model._meta.verbose_name}
        raise Invalid("invalid", _("Some fields need attention."), problems=[Problem("not_found", message, name)])
    return found
