"""Products and SKUs: making them with all that belongs to them, and taking them out of the range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError, Invalid, Problem, Refused, Words
from backoffice.core.events import Event, publish
from backoffice.core.services.master_rules import broken_rules, field_problems
from backoffice.core.texts import sku_key
from inventory.drafts import ProductDraft, SkuDraft
from inventory.events import ProductChanged, ProductCreated, SkuChanged, SkuCreated
from inventory.locks import lock_product, lock_skus_of
from inventory.models import Barcode, Category, Pack, Product, Sku, StockMove
from inventory.models.trees import MOST_DEPTH, height_of, ids_above
from inventory.permissions import EDIT_CATALOG
from inventory.selectors.scans import taken_scans
from inventory.services.barcodes import added, barcode_from, choose_primaries, pack_from, taken_barcodes
from inventory.services.refusals import refuse, said_as_conflict
from inventory.states import STATUS_AFTER, ProductStatus

MOST_SKUS = 1_000


@dataclass(slots=True)
class _Rows:
    """The rows that some drafts become, with the place of each in what was sent, for the problems."""

    products: list[Product] = field(default_factory=list)
    skus: list[Sku] = field(default_factory=list)
    packs: list[Pack] = field(default_factory=list)
    barcodes: list[Barcode] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: Any, rows: list[Any], place: str) -> None:
        """Remember a row, and what is wrong with it by itself."""
        rows.append(row)
        self.places[id(row)] = place
        self.problems += [_placed(problem, place) for problem in field_problems(row)]

    def check_together(self) -> None:
        """What the tables will not take, by constraints and by what is there already."""
        groups: tuple[Sequence[Any], ...] = (self.products, self.skus, self.packs)
        for rows in groups:
            for at, problems in broken_rules(rows).items():
                self.problems += [_placed(problem, self.places[id(rows[at])]) for problem in problems]
        self.problems += taken_barcodes(self.barcodes, [self.places[id(row)] for row in self.barcodes])
        self._check_codes()

    def _check_codes(self) -> None:
        """No SKU's code is another thing's barcode: a scan of it would have two answers."""
        taken = taken_scans({sku.code for sku in self.skus}, by=("barcode", "location")) if self.skus else {}
        for sku in self.skus:
            if sku.code in taken:
                self.problems.append(_code_is_scanned(sku, taken[sku.code].words, f"{self.places[id(sku)]}.code"))
        codes = {sku.code_key: sku for sku in self.skus}
        for barcode in self.barcodes:
            other = codes.get(sku_key(barcode.printed))
            if other is not None and other is not barcode.sku:
                owner = _("SKU %(code)s") % {"code": barcode.sku.code}
                self.problems.append(_code_is_scanned(other, owner, f"{self.places[id(other)]}.code"))


def create_product(*, draft: ProductDraft, actor: Actor, reason: str = "") -> Product:
    """A product with its SKUs, packs and barcodes, all or nothing. Invalid names each wrong field by its path (`skus.0.code`)."""
    try:
        return create_products(drafts=[draft], actor=actor, reason=reason)[0]
    except DomainError as error:
        error.problems = [
            Problem(problem.code, problem.message, (problem.field or "").removeprefix("0.") or None)
            for problem in error.problems
        ]
        raise


def create_products(*, drafts: Iterable[ProductDraft], actor: Actor, reason: str = "") -> list[Product]:
    """Many products at once, all or nothing, in as many queries as one. Problems carry the place: `12.skus.0.price`."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        rows = _Rows()
        for place, draft in enumerate(drafts):
            _rows_of(draft, str(place), rows)
        if not rows.problems:
            rows.check_together()
        refuse(rows.problems)
        choose_primaries(rows.barcodes)
        with said_as_conflict(Product):
            Product.objects.bulk_create(rows.products)
            Sku.objects.bulk_create(rows.skus)
            Pack.objects.bulk_create(rows.packs)
            Barcode.objects.bulk_create(rows.barcodes)
        events: list[Event] = [ProductCreated(product_id=row.pk, code=row.code) for row in rows.products]
        events += [SkuCreated(sku_id=row.pk, product_id=row.product_id, code=row.code) for row in rows.skus]
        publish(*events, *[added(row) for row in rows.barcodes])
    return rows.products


def add_sku(*, product_id: int, draft: SkuDraft, actor: Actor, reason: str = "") -> Sku:
    """One more SKU of a product that is there, with its packs and barcodes. Invalid as create_product."""
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        product = lock_product(product_id)
        rows = _Rows()
        _sku_rows(draft, product, "", rows)
        if not rows.problems:
            rows.check_together()
        refuse(rows.problems)
        choose_primaries(rows.barcodes)
        with said_as_conflict(Sku):
            Sku.objects.bulk_create(rows.skus)
            Pack.objects.bulk_create(rows.packs)
            Barcode.objects.bulk_create(rows.barcodes)
        sku = rows.skus[0]
        created = SkuCreated(sku_id=sku.pk, product_id=product.pk, code=sku.code)
        publish(created, *[added(row) for row in rows.barcodes])
    return sku


def retire_product(*, product_id: int, actor: Actor, reason: str) -> Product:
    """Discontinue a product and all its SKUs: what is left is sold off and nothing is bought again. A repeat changes nothing."""
    return _set_status(product_id, ProductStatus.DISCONTINUED, actor, reason)


def activate_product(*, product_id: int, actor: Actor, reason: str = "") -> Product:
    """Take a product and all its SKUs into the range. Refused when it has no SKU. A repeat changes nothing."""
    return _set_status(product_id, ProductStatus.ACTIVE, actor, reason)


def _set_status(product_id: int, status: str, actor: Actor, reason: str) -> Product:
    actor.require(EDIT_CATALOG)
    with acting(actor, reason):
        product = lock_product(product_id)
        skus = lock_skus_of(product)
        if status == ProductStatus.ACTIVE and not skus:
            raise Refused(
                "no_skus", _("%(product)s has no SKU yet.") % {"product": product.name}, hint=_("Add one first.")
            )
        events: list[Event] = []
        if product.status != status:
            product.status = status
            product.save(update_fields=["status"])
            events.append(
                ProductChanged(product_id=product.pk, code=product.code, status=status, is_active=product.is_active)
            )
        changed = [sku for sku in skus if sku.status != status]
        for sku in changed:
            sku.status, sku.version, sku.updated_at = status, sku.version + 1, clock.now()
        Sku.objects.bulk_update(changed, ["status", "version", "updated_at"])
        events += [
            SkuChanged(sku_id=sku.pk, product_id=product.pk, code=sku.code, status=sku.status, is_active=sku.is_active)
            for sku in changed
        ]
        publish(*events)
    return product


# --- rules for the forms, the API and the import: by place in `rows` ----------------------------------------------------


def check_products(rows: Sequence[Product]) -> dict[int, DomainError]:
    """Before products are saved by themselves. Refused: a status that cannot follow the present one, and another tracking or
    valuation once the ledger has moves that rely on it."""
    stored = {row.pk: row for row in Product.objects.filter(pk__in=_keys(rows))}
    found = _wrong_statuses(rows, {pk: row.status for pk, row in stored.items()})
    changing = {
        row.pk: at
        for at, row in enumerate(rows)
        if row.pk in stored and (row.tracking, row.valuation) != (stored[row.pk].tracking, stored[row.pk].valuation)
    }
    moved = StockMove.objects.filter(sku__product__in=changing).values_list("sku__product", flat=True).distinct()
    for pk in moved if changing else ():
        found[changing[pk]] = Refused(
            "ledger_relies_on_it",
            _("Tracking and valuation stay as they are once stock of the product has moved."),
            field="tracking" if rows[changing[pk]].tracking != stored[pk].tracking else "valuation",
            hint=_("Make a new product and move what is left to it."),
        )
    return found


def check_skus(rows: Sequence[Sku]) -> dict[int, DomainError]:
    """Before SKUs are saved by themselves. Refused as for products; Invalid: a code that is another thing's barcode."""
    found = _wrong_statuses(rows, dict(Sku.objects.filter(pk__in=_keys(rows)).values_list("pk", "status")))
    taken = taken_scans({row.code for row in rows}, by=("barcode", "location"))
    for at, row in enumerate(rows):
        owner = taken.get(row.code)
        if owner is not None and (owner.sku_id is None or owner.sku_id != row.pk):
            problem = _code_is_scanned(row, owner.words, "code")
            found.setdefault(at, Invalid(problem.code, problem.message, field="code"))
    return found


def check_category(row: Category) -> None:
    """Before a category is saved by itself. Refused: inside itself, or more than eight deep (the database asks again)."""
    if row.parent_id is None:
        return
    above = ids_above(row.parent_id)
    if row.pk is not None and row.pk in above:
        raise Refused("inside_itself", _("%(name)s cannot lie inside itself.") % {"name": row.name}, field="parent")
    if len(above) + (1 if row.pk is None else height_of(row.pk)) > MOST_DEPTH:
        message = _("Categories are at most %(most)s deep.") % {"most": MOST_DEPTH}
        raise Refused("too_deep", message, field="parent")


def _keys(rows: Sequence[Product | Sku]) -> list[int]:
    return [row.pk for row in rows if row.pk is not None]


def _wrong_statuses(rows: Sequence[Product | Sku], before: Mapping[int, str]) -> dict[int, DomainError]:
    found: dict[int, DomainError] = {}
    for at, row in enumerate(rows):
        old = before.get(row.pk) if row.pk is not None else None
        if old is not None and row.status != old and row.status not in STATUS_AFTER[old]:
            words = {
                "before": ProductStatus(old).label,
                "after": ProductStatus(row.status).label,
                "possible": ", ".join(str(ProductStatus(name).label) for name in sorted(STATUS_AFTER[old])),
            }
            message = _("From “%(before)s” one cannot go to “%(after)s”, only to: %(possible)s.")
            found[at] = Refused("status_cannot_follow", message % words, field="status")
    return found


# --- from drafts to rows --------------------------------------------------------------------------------------------


def _rows_of(draft: ProductDraft, place: str, rows: _Rows) -> None:
    product = Product(
        company=draft.company,
        code=draft.code,
        name=draft.name,
        description=draft.description,
        brand=draft.brand,
        category=draft.category,
        status=draft.status,
        tracking=draft.tracking,
        has_expiry=draft.has_expiry,
        valuation=draft.valuation,
        hs_code=draft.hs_code,
        origin_country=draft.origin_country,
        attributes=dict(draft.attributes),
    )
    rows.add(product, rows.products, place)
    if len(draft.skus) > MOST_SKUS:
        message = _("A product has at most %(most)s SKUs.") % {"most": MOST_SKUS}
        rows.problems.append(Problem("too_many_skus", message, f"{place}.skus"))
        return
    for number, sku in enumerate(draft.skus):
        _sku_rows(sku, product, f"{place}.skus.{number}", rows)


def _sku_rows(draft: SkuDraft, product: Product, place: str, rows: _Rows) -> None:
    sku = Sku(
        product=product,
        code=draft.code,
        name=draft.name,
        attributes=dict(draft.attributes),
        status=draft.status,
        base_unit=draft.base_unit,
        price=draft.price,
        currency=draft.currency or (product.company.base_currency if draft.price is not None else ""),
        reorder_point=draft.reorder_point,
        storage_class=draft.storage_class,
        **draft.size.columns(),
    )
    rows.add(sku, rows.skus, place)
    packs: dict[str, Pack] = {}
    for number, pack_draft in enumerate(draft.packs):
        pack = pack_from(pack_draft, sku)
        where = _join(place, f"packs.{number}")
        rows.add(pack, rows.packs, where)
        if packs.setdefault(pack.code.upper(), pack) is not pack:
            message = _("This SKU has a pack of that code already.")
            rows.problems.append(Problem("unique", message, f"{where}.code"))
    for number, barcode_draft in enumerate(draft.barcodes):
        where = _join(place, f"barcodes.{number}")
        try:
            barcode = barcode_from(barcode_draft, sku, packs, field=where)
        except Invalid as refusal:
            rows.problems += refusal.problems
        else:
            rows.barcodes.append(barcode)
            rows.places[id(barcode)] = where


def _code_is_scanned(sku: Sku, owner: Words, field_name: str) -> Problem:
    words = {"code": sku.code, "owner": owner}
    return Problem("code_is_a_barcode", _("%(code)s is already the barcode of: %(owner)s.") % words, field_name)


def _placed(problem: Problem, place: str) -> Problem:
    return Problem(problem.code, problem.message, _join(place, problem.field or "") or None)


def _join(place: str, name: str) -> str:
    return ".".join(part for part in (place, name) if part)
