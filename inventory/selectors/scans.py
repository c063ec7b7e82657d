"""What a scan means: a SKU, a pack of it, or a place; with lot, expiry and quantity where the barcode says them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid, Missing
from backoffice.core.gs1 import ScannedItem, read_barcode
from backoffice.core.texts import quoted, sku_key
from inventory.models import Barcode, Location, Pack, Sku
from inventory.models.rules import scan_value
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES

MOST_SCANNED = 400


@dataclass(frozen=True, slots=True)
class Scan:
    """The answer. `sku` or `location` is set; `pack` when the barcode stands on a pack; `facts` when it was a GS1 barcode.

    `quantity` is in base units: what one scan of it stands for.
    """

    kind: Literal["sku", "pack", "location"]
    sku: Sku | None = None
    pack: Pack | None = None
    location: Location | None = None
    barcode: Barcode | None = None
    facts: ScannedItem | None = None

    @property
    def quantity(self) -> int:
        each = self.pack.units if self.pack is not None else 1
        counted = self.facts.quantity if self.facts is not None else None
        return each if counted is None else counted * each


def find_by_scan(text: str, *, actor: Actor) -> Scan:
    """What this text means here: a barcode, the label of a place, the code of a SKU, or a GS1 element string.

    Exact matches go first, so our own numbers are never read as something else. Missing when it means nothing (or nothing within
    the actor's reach); Invalid as gs1.read_barcode when it looks like a GS1 barcode and is damaged.
    """
    trimmed = text.strip()
    if not trimmed or len(trimmed) > MOST_SCANNED or "\x00" in trimmed:
        raise Invalid("not_a_barcode", _("This is not a barcode."), field="barcode")
    found = _exact(trimmed, actor) or _element_string(trimmed, actor)
    if found is None:
        raise Missing(
            "nothing_scanned",
            _("Nothing here is called “%(text)s”.") % {"text": quoted(trimmed)},
            hint=_("Add it as a barcode to a SKU, or look whether the right label was scanned."),
            scanned=quoted(trimmed, 60),
        )
    return found


def _exact(text: str, actor: Actor) -> Scan | None:
    if actor.may(VIEW_CATALOG):
        barcode = _barcode(scan_value(text))
        if barcode is not None:
            return _of_barcode(barcode, None)
    if actor.may(VIEW_PLACES):
        rows = Location.objects.in_reach(actor).select_related("warehouse", "parent")
        location = rows.filter(barcode__iexact=text).exclude(barcode="").first()
        if location is not None:
            return Scan("location", location=location)
    if actor.may(VIEW_CATALOG):
        sku = Sku.objects.select_related("product").filter(code_key=sku_key(text)).first()
        if sku is not None:
            return Scan("sku", sku=sku)
    return None


def _element_string(text: str, actor: Actor) -> Scan | None:
    """By the GTIN inside a GS1 barcode: (01) of the thing itself, or (02) of what a logistic unit holds."""
    try:
        facts = read_barcode(text, today=clock.now().date(), field="barcode")
    except Invalid as refusal:
        if refusal.code == "not_a_barcode" or not _looks_like_gs1(text):
            return None
        raise
    gtin = facts.gtin or facts.contained_gtin
    barcode = _barcode(gtin) if gtin and actor.may(VIEW_CATALOG) else None
    return _of_barcode(barcode, facts) if barcode is not None else None


def _looks_like_gs1(text: str) -> bool:
    """Whether a damaged text was meant to be a GS1 barcode: printed like one, announced by the scanner, or of such digits."""
    if text.startswith(("(", "]", "\x1d")):
        return True
    digits = text[:16].isascii() and text[:16].isdigit()
    return digits and (len(text) in (8, 12, 13, 14) or (len(text) > 16 and text.startswith(("01", "02"))))


def _barcode(value: str) -> Barcode | None:
    return Barcode.objects.select_related("sku__product", "pack").filter(value=value).first()


def _of_barcode(barcode: Barcode, facts: ScannedItem | None) -> Scan:
    kind: Literal["sku", "pack"] = "pack" if barcode.pack_id else "sku"
    return Scan(kind, sku=barcode.sku, pack=barcode.pack, barcode=barcode, facts=facts)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a text means to a scan already: a barcode, the label of a place or the code of a SKU, in words; and which SKU."""

    kind: Literal["barcode", "location", "sku"]
    words: str
    sku_id: int | None = None


def taken_scans(
    texts: Collection[str], *, by: Collection[Literal["barcode", "location", "sku"]] = ("barcode", "location", "sku")
) -> dict[str, Taken]:
    """Of these texts, those that a scan would find already, with what it would find. One query for each of `by`."""
    found: dict[str, Taken] = {}
    if "sku" in by:
        keys = {sku_key(text): text for text in texts}
        for sku in Sku.objects.filter(code_key__in=keys):
            found[keys[sku.code_key]] = Taken("sku", str(_("SKU %(code)s") % {"code": sku.code}), sku.pk)
    if "location" in by:
        upper = {text.upper(): text for text in texts}
        for place in _labelled(upper):
            words = {"code": place.code, "warehouse": place.warehouse.code if place.warehouse else ""}
            found[upper[place.barcode.upper()]] = Taken("location", str(_("place %(code)s in %(warehouse)s") % words))
    if "barcode" in by:
        values = {scan_value(text): text for text in texts}
        for barcode in Barcode.objects.filter(value__in=values).select_related("sku", "pack"):
            found[values[barcode.value]] = Taken("barcode", owner_of(barcode), barcode.sku_id)
    return found


def _labelled(upper: Collection[str]) -> list[Location]:
    """Places with one of these barcodes, whatever its case."""
    rows = Location.objects.exclude(barcode="").annotate(in_capitals=Upper("barcode"))
    return list(rows.filter(in_capitals__in=list(upper)).select_related("warehouse"))


def owner_of(barcode: Barcode) -> str:
    """Whose barcode it is, in words."""
    if barcode.pack is not None:
        return str(_("%(pack)s of SKU %(code)s") % {"pack": barcode.pack, "code": barcode.sku.code})
    return str(_("SKU %(code)s") % {"code": barcode.sku.code})
