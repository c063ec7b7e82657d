"""Packs and barcodes: adding and removing what scanners and buyers go by."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Missing, Problem, Words
from backoffice.core.events import publish
from backoffice.core.gs1 import check_gtin
from backoffice.core.services.master_rules import broken_rules, field_problems
from backoffice.core.texts import clean_line, quoted
from inventory.drafts import BarcodeDraft, PackDraft
from inventory.events import BarcodeAdded, BarcodeRemoved, SkuChanged
from inventory.locks import lock_sku
from inventory.models import Barcode, Pack, Sku
from inventory.models.rules import scan_value
from inventory.permissions import EDIT_CATALOG
from inventory.selectors.scans import taken_scans
from inventory.services.refusals import refuse, said_as_conflict
from inventory.states import Symbology

MOST_BARCODE = 64


def add_pack(*, sku_id: int, draft: PackDraft, actor: Actor, reason: str = "") -> Pack:
    """A new way of packing a SKU. Invalid names each wrong field; `units` can never be changed afterwards."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        sku = lock_sku(sku_id)
        pack = pack_from(draft, sku)
        refuse(field_problems(pack) or broken_rules([pack]).get(0, []))
        with said_as_conflict(Pack):
            pack.save()
        publish(_changed(sku))
    return pack


def add_barcode(*, sku_id: int, draft: BarcodeDraft, actor: Actor, reason: str = "") -> Barcode:
    """A barcode for a SKU, or for its pack with the code `draft.pack`. As the first choice it takes that from another.

    Raises Invalid: codes of gs1.check_gtin for a GTIN and of texts.clean_line, unknown_symbology, unknown_pack; Conflict:
    barcode_taken, which names the owner.
    """
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        sku = lock_sku(sku_id)
        packs = {pack.code.upper(): pack for pack in Pack.objects.filter(sku=sku, is_active=True)}
        barcode = barcode_from(draft, sku, packs, field="value")
        owner = taken_scans([barcode.printed]).get(barcode.printed)
        # A label may well carry the code of its own SKU.
        if owner is not None and not (owner.kind == "sku" and owner.sku_id == sku.pk):
            raise _taken(barcode.printed, owner.words, "value")
        mine = Barcode.objects.filter(sku=sku, pack=barcode.pack)
        if draft.is_primary:
            mine.filter(is_primary=True).update(is_primary=False)
        else:
            barcode.is_primary = not mine.exists()
        with said_as_conflict(Barcode):
            barcode.save()
        publish(added(barcode))
    return barcode


def remove_barcode(*, barcode_id: int, actor: Actor, reason: str = "") -> None:
    """Take a barcode away; its history stays. Another one of the same thing becomes the first choice if this one was."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        known = Barcode.objects.filter(pk=barcode_id).first()
        if known is not None:
            # Again under the lock of its SKU: somebody may have removed it meanwhile.
            lock_sku(known.sku_id)
            known = Barcode.objects.filter(pk=barcode_id).first()
        if known is None:
            raise Missing("not_found", _("There is no such barcode."))
        event = BarcodeRemoved(sku_id=known.sku_id, pack_id=known.pack_id, value=known.value)
        heir = Barcode.objects.filter(sku=known.sku_id, pack=known.pack_id).exclude(pk=known.pk).order_by("pk").first()
        was_primary = known.is_primary
        known.delete()
        if was_primary and heir is not None:
            heir.is_primary = True
            heir.save(update_fields=["is_primary"])
        publish(event)


def pack_from(draft: PackDraft, sku: Sku) -> Pack:
    """The row of a draft, not yet looked at."""
    return Pack(sku=sku, code=draft.code, name=draft.name, units=draft.units, **draft.size.columns())


def barcode_from(draft: BarcodeDraft, sku: Sku, packs: dict[str, Pack], *, field: str) -> Barcode:
    """The row of a draft. Raises Invalid as add_barcode does."""
    message: Words
    if draft.symbology not in Symbology.values:
        message = _("There is no kind of barcode called “%(name)s”.") % {"name": quoted(draft.symbology)}
        raise Invalid("unknown_symbology", message, field=field)
    pack = packs.get(draft.pack.upper()) if draft.pack else None
    if draft.pack and pack is None:
        message = _("SKU %(sku)s has no pack with the code “%(pack)s”.") % {"sku": sku.code, "pack": quoted(draft.pack)}
        raise Invalid("unknown_pack", message, field=field)
    if draft.symbology == Symbology.GTIN:
        text = check_gtin(draft.text.strip() if isinstance(draft.text, str) else draft.text, field=field)
    else:
        text = clean_line(draft.text, field=field, max_length=MOST_BARCODE)
        if not (text.isascii() and text.isprintable()) or " " in text:
            message = _("A barcode holds letters without accents, digits and signs, and no spaces.")
            raise Invalid("cannot_be_printed", message, field=field)
    return Barcode(
        sku=sku,
        pack=pack,
        value=scan_value(text),
        printed=text,
        symbology=draft.symbology,
        is_primary=draft.is_primary,
    )


def taken_barcodes(barcodes: Sequence[Barcode], fields: Sequence[str]) -> list[Problem]:
    """Of these new barcodes, those that are used already, here or among themselves; one problem each, naming the owner."""
    owners = taken_scans({barcode.printed for barcode in barcodes}) if barcodes else {}
    problems = []
    first: dict[str, Barcode] = {}
    for barcode, field in zip(barcodes, fields, strict=True):
        known = owners.get(barcode.printed)
        twin = first.setdefault(barcode.value, barcode)
        owner: Words | None = None
        if known is not None and not (known.kind == "sku" and known.sku_id == barcode.sku_id):
            owner = known.words
        elif twin is not barcode:
            owner = _("SKU %(code)s") % {"code": twin.sku.code}
        if owner is not None:
            problems.append(Problem("barcode_taken", _taken(barcode.printed, owner, field).message, field))
    return problems


def choose_primaries(barcodes: Iterable[Barcode]) -> None:
    """Of the new barcodes of each SKU and each pack, exactly one is the first choice: the first that says so, or the first."""
    groups: dict[tuple[int, int | None], list[Barcode]] = {}
    for barcode in barcodes:
        groups.setdefault((id(barcode.sku), id(barcode.pack) if barcode.pack else None), []).append(barcode)
    for group in groups.values():
        chosen = next((barcode for barcode in group if barcode.is_primary), group[0])
        for barcode in group:
            barcode.is_primary = barcode is chosen


def added(barcode: Barcode) -> BarcodeAdded:
    """The event of a new barcode."""
    return BarcodeAdded(sku_id=barcode.sku_id, pack_id=barcode.pack_id, value=barcode.value)


def _changed(sku: Sku) -> SkuChanged:
    return SkuChanged(
        sku_id=sku.pk, product_id=sku.product_id, code=sku.code, status=sku.status, is_active=sku.is_active
    )


def _taken(text: str, owner: Words, field: str) -> Conflict:
    message = _("The barcode %(text)s belongs to %(owner)s.") % {"text": quoted(text), "owner": owner}
    return Conflict(
        "barcode_taken", message, field=field, hint=_("Remove it there first, or check what was scanned."), owner=owner
    )
