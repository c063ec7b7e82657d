"""Barcodes from tables: one line, one code for a SKU or for a pack of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Invalid, Problem
from backoffice.core.events import publish
from backoffice.core.imports import DoneRow, ImportField, ImportKind, Reading, RowResult, Rows, SheetRow
from backoffice.core.locks import lock_by_key
from backoffice.core.services.import_cells import as_text, value_of
from backoffice.core.texts import sku_key
from inventory.drafts import BarcodeDraft
from inventory.models import Barcode, Pack, Sku
from inventory.models.rules import scan_value
from inventory.permissions import EDIT_CATALOG
from inventory.services.barcodes import added, barcode_from, remove_barcode, taken_barcodes
from inventory.services.refusals import said_as_conflict
from inventory.states import Symbology

_FIELDS = (
    ImportField(
        name="sku", title=_("SKU"), is_required=True, aliases=("sku code", "item", "item number", "variant sku")
    ),
    ImportField(
        name="barcode",
        title=_("Barcode"),
        is_required=True,
        aliases=("ean", "gtin", "upc", "isbn", "ean13", "variant barcode", "value", "printed as"),
    ),
    ImportField(name="pack", title=_("Pack"), aliases=("pack code",), help=_("The code of the pack it stands on.")),
    ImportField(
        name="symbology",
        title=_("Whose number"),
        aliases=("symbology", "kind"),
        help=_("Blank: a GTIN where it can be one, otherwise a number of our own."),
    ),
)


@dataclass(slots=True)
class _Reader:
    result: RowResult = field(default_factory=RowResult)
    sku: Sku | None = None
    barcode: Barcode | None = None

    def refuse(self, error: DomainError, name: str) -> None:
        problems = error.problems or [Problem(error.code, error.message)]
        self.result.problems += [Problem(one.code, one.message, name) for one in problems]


def _apply(rows: Rows, reading: Reading, actor: Actor) -> list[RowResult]:
    """New barcodes, in a few statements for all of them. One that is there for the same thing is the same."""
    actor.require(EDIT_CATALOG)
    with acting(actor):
        readers = [_Reader() for _row in rows]
        skus = _skus([as_text(row.cells.get("sku")) for row in rows])
        packs = _packs(skus.values())
        for reader, row in zip(readers, rows, strict=True):
            _read(reader, row, reading, skus, packs)
        _recognise(readers)
        _write(readers)
    return [reader.result for reader in readers]


def _skus(codes: Sequence[str]) -> dict[str, Sku]:
    keys = {_key(code) for code in codes} - {""}
    found = Sku.objects.filter(code_key__in=sorted(keys)).values_list("pk", flat=True)
    return {sku.code_key: sku for sku in lock_by_key(Sku.objects.all(), found).values()}


def _packs(skus: Iterable[Sku]) -> dict[int, dict[str, Pack]]:
    found: dict[int, dict[str, Pack]] = {}
    for pack in Pack.objects.filter(sku__in=list(skus), is_active=True):
        found.setdefault(pack.sku_id, {})[pack.code.upper()] = pack
    return found


def _key(code: str) -> str:
    try:
        return sku_key(code).replace("\0", "")
    except Invalid:
        return ""


def _read(
    reader: _Reader,
    row: SheetRow,
    reading: Reading,
    skus: Mapping[str, Sku],
    packs: Mapping[int, dict[str, Pack]],
) -> None:
    code, text = as_text(row.cells.get("sku")), as_text(row.cells.get("barcode"))
    for name, given in (("sku", code), ("barcode", text)):
        if not given:
            reader.refuse(Invalid("blank", _("This must not be empty.")), name)
    if reader.result.problems:
        return
    sku = skus.get(_key(code))
    if sku is None:
        reader.refuse(Invalid("not_found", _("There is no such SKU here.")), "sku")
        return
    symbology = as_text(row.cells.get("symbology"))
    try:
        kind = value_of(symbology, Barcode._meta.get_field("symbology"), reading) if symbology else _likely(text)
        draft = BarcodeDraft(text=text, symbology=kind, pack=as_text(row.cells.get("pack")))
        reader.barcode = barcode_from(draft, sku, packs.get(sku.pk, {}), field="barcode")
        reader.sku = sku
    except Invalid as refusal:
        at = {"unknown_choice": "symbology", "unknown_pack": "pack"}.get(refusal.code, "barcode")
        reader.refuse(refusal, at)


def _likely(text: str) -> str:
    """Twelve to fourteen digits are meant as a GTIN, and are refused when its check digit is wrong."""
    is_number = text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14)
    return Symbology.GTIN if is_number else Symbology.INTERNAL


def _recognise(readers: Sequence[_Reader]) -> None:
    values = {one.barcode.value for one in readers if one.barcode is not None}
    known = {barcode.value: barcode for barcode in Barcode.objects.filter(value__in=sorted(values))}
    for reader in readers:
        mine, found = reader.barcode, known.get(reader.barcode.value) if reader.barcode is not None else None
        if mine is None or found is None or (found.sku_id, found.pack_id) != (mine.sku_id, mine.pack_id):
            continue
        reader.result.action, reader.result.row_id, reader.result.label = "same", found.pk, found.printed
        reader.barcode = None


def _write(readers: Sequence[_Reader]) -> None:
    fresh = [reader for reader in readers if reader.barcode is not None]
    barcodes = [reader.barcode for reader in fresh if reader.barcode is not None]
    for problem in taken_barcodes(barcodes, [str(place) for place in range(len(barcodes))]):
        fresh[int(problem.field or 0)].result.problems.append(Problem(problem.code, problem.message, "barcode"))
    good = [(reader, reader.barcode) for reader in fresh if reader.barcode and not reader.result.problems]
    _choose_first([barcode for _reader, barcode in good])
    with said_as_conflict(Barcode):
        Barcode.objects.bulk_create([barcode for _reader, barcode in good])
    for reader, barcode in good:
        reader.result.action, reader.result.row_id, reader.result.label = "create", barcode.pk, barcode.printed
    publish(*[added(barcode) for _reader, barcode in good])


def _choose_first(barcodes: Sequence[Barcode]) -> None:
    """The first barcode of a thing that has none yet is its first choice."""
    having: set[tuple[int, int | None]] = set(
        Barcode.objects.filter(sku__in={barcode.sku_id for barcode in barcodes}, is_primary=True).values_list(
            "sku_id", "pack_id"
        )
    )
    for barcode in barcodes:
        owner = (barcode.sku_id, barcode.pack_id)
        barcode.is_primary = owner not in having
        having.add(owner)


def _undo(done: Sequence[DoneRow], actor: Actor) -> Mapping[int, Problem]:
    refused: dict[int, Problem] = {}
    known = set(Barcode.objects.filter(pk__in=[row.row_id for row in done]).values_list("pk", flat=True))
    for place, row in enumerate(done):
        if row.row_id in known:
            try:
                remove_barcode(barcode_id=row.row_id, actor=actor, reason=str(_("Import taken back")))
            except DomainError as error:
                refused[place] = Problem(error.code, error.message)
    return refused


def _keys(rows: Rows, actor: Actor) -> list[str]:
    return [scan_value(as_text(row.cells.get("barcode"))[:64]) for row in rows]


BARCODES = ImportKind(
    code="inventory.barcode",
    title=_("Barcodes"),
    right=EDIT_CATALOG,
    fields=_FIELDS,
    apply=_apply,
    undo=_undo,
    keys=_keys,
    help=_("The code of each SKU in one column, its barcode in another."),
)
