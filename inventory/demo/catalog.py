"""The catalog of the demo shop: 200 products in twelve ranges, with variants, packs, barcodes and pictures."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Final

from backoffice.core.demo import Shop, demo_part
from backoffice.core.files.storage import store_image
from backoffice.core.gs1 import make_gtin
from backoffice.core.models.companies import Company
from backoffice.core.services.masters import RowChange, change_rows, create_rows
from inventory.demo.goods import AXES, BRANDS, HAZARDOUS, PARENTS, RANGES, SERIAL_NUMBERS, VALUABLE, Good, Range
from inventory.demo.pictures import draw
from inventory.drafts import BarcodeDraft, PackDraft, ProductDraft, Size, SkuDraft
from inventory.masters import BRANDS as BRAND_MASTER
from inventory.masters import CATEGORIES, SKUS
from inventory.models import Brand, Category, Product, Sku
from inventory.services.catalog import create_products, retire_product
from inventory.services.pictures import FILE_KIND, Hanging, hang_pictures
from inventory.states import ProductStatus, StorageClass, Symbology, Tracking, Valuation

PRODUCTS: Final = 200
DRAFTS: Final = frozenset({57, 121})
RETIRED: Final = (18, 84, 133)
DEARER: Final = 12
WHY: Final = "demo shop"


@demo_part("inventory.catalog", is_there=Brand.objects.filter(code=BRANDS[0][0]).exists)
def make_catalog(shop: Shop) -> str:
    """Brands and categories first, then all products in one call; then a little life: prices rise, goods are discontinued."""
    company = shop.company
    actor = shop.actor
    sent = [{"code": code, "name": name} for code, name in BRANDS]
    brands: list[Brand] = [done.row for done in create_rows(master=BRAND_MASTER, rows=sent, actor=actor, reason=WHY)]
    categories = _categories(shop)
    drafts = list(_drafts(company, brands, categories, shop.dice))
    products = create_products(drafts=drafts, actor=actor, reason=WHY)
    _hang_pictures(shop, products)
    for number in RETIRED:
        retire_product(product_id=products[number].pk, actor=actor, reason="replaced by the new line")
    _raise_prices(shop)
    return f"{len(products)} products with {sum(len(draft.skus) for draft in drafts)} SKUs in {len(RANGES)} ranges"


def _categories(shop: Shop) -> dict[str, Category]:
    sent = [{"code": code, "name": name} for code, name in PARENTS]
    done = create_rows(master=CATEGORIES, rows=sent, actor=shop.actor, reason=WHY)
    found: dict[str, Category] = {outcome.row.code: outcome.row for outcome in done}
    inner = [{"code": one.code, "name": one.name, "parent": found[one.parent]} for one in RANGES]
    for outcome in create_rows(master=CATEGORIES, rows=inner, actor=shop.actor, reason=WHY):
        found[outcome.row.code] = outcome.row
    return found


def _goods() -> Iterator[tuple[Range, str, Good]]:
    """Each range's goods in its first line, then in its second, until there are 200 in all."""
    everything = [(one, line, good) for one in RANGES for line in one.lines for good in one.goods]
    surplus = len(everything) - PRODUCTS
    # The last good of the second line of as many ranges as there are too many.
    left_out = {(one.code, one.lines[1], one.goods[-1].noun) for one in RANGES} if surplus >= len(RANGES) else set()
    kept = [item for item in everything if (item[0].code, item[1], item[2].noun) not in left_out]
    yield from kept[:PRODUCTS]


def _drafts(
    company: Company, brands: list[Brand], categories: dict[str, Category], dice: Random
) -> Iterator[ProductDraft]:
    number = 0
    for at, (one, line, good) in enumerate(_goods()):
        code = f"{one.code}-{at + 1:03}"
        skus = []
        for word, suffix, factor in _variants(good, dice):
            number += 1
            skus.append(_sku(one, good, code, word, suffix, factor, number, dice))
        yield ProductDraft(
            company=company,
            code=code,
            name=f"{line} {good.noun}",
            description=f"The {good.noun} of our {line} line, in {one.name.lower()}.",
            brand=brands[(at * 3 + len(line)) % len(brands)],
            category=categories[one.code],
            status=ProductStatus.DRAFT if at in DRAFTS else ProductStatus.ACTIVE,
            tracking=Tracking.SERIAL if good.noun in SERIAL_NUMBERS else one.tracking,
            has_expiry=one.has_expiry,
            valuation=Valuation.AVERAGE if one.code in ("PANTRY", "BATH") else Valuation.FIFO,
            hs_code=one.hs_code,
            origin_country=dice.choice(("FR", "PL", "PT", "IL", "IT", "VN")),
            attributes={"line": line, "care": dice.choice(("wipe clean", "hand wash", "dishwasher safe"))},
            skus=tuple(skus),
        )


def _variants(good: Good, dice: Random) -> tuple[tuple[str, str, int], ...]:
    """All variants of a good that has an axis, now and then one fewer."""
    variants = AXES[good.axis]
    return variants[:-1] if len(variants) > 2 and dice.random() < 0.45 else variants


def _sku(one: Range, good: Good, code: str, word: str, suffix: str, factor: int, number: int, dice: Random) -> SkuDraft:
    grams = good.grams * factor // 100
    stretch = 100 + (factor - 100) // 5
    length, width, height = (side * stretch // 100 for side in good.sides)
    # The prefixes 20 to 29 are for numbers used inside one house: no real company's articles are named here.
    gtin = make_gtin(f"29{number:010}")
    barcodes = [BarcodeDraft(text=gtin, is_primary=True)]
    packs: tuple[PackDraft, ...] = ()
    if dice.random() < 0.6:
        carton = PackDraft(
            code="carton",
            name="Carton",
            units=one.carton,
            size=Size(
                weight_g=grams * one.carton + 350,
                length_mm=min(length * 2, 1200) + 20,
                width_mm=width + 20,
                height_mm=min(height * max(one.carton // 2, 1), 900) + 20,
            ),
        )
        packs = (carton,)
        barcodes.append(BarcodeDraft(text=make_gtin("1" + gtin[:-1]), pack="carton"))
    if dice.random() < 0.25:
        barcodes.append(BarcodeDraft(text=f"{one.code}/{number:05}", symbology=Symbology.SUPPLIER))
    return SkuDraft(
        code="-".join(part for part in (code, suffix) if part),
        name=word,
        attributes={good.axis: word} if good.axis else {},
        price=Decimal(good.cents * factor // 100).scaleb(-2),
        size=Size(weight_g=grams, length_mm=length, width_mm=width, height_mm=height)
        if dice.random() < 0.95
        else Size(),
        reorder_point=dice.choice((5, 10, 12, 20, 40)),
        storage_class=_storage(one, good),
        packs=packs,
        barcodes=tuple(barcodes),
    )


def _storage(one: Range, good: Good) -> str:
    if good.noun in HAZARDOUS:
        return StorageClass.HAZARDOUS
    return StorageClass.VALUABLE if good.noun in VALUABLE else one.storage_class


def _hang_pictures(shop: Shop, products: list[Product]) -> None:
    """A picture for each line of each range, hung up at all products of the line."""
    drawn = {}
    for at, one in enumerate(RANGES):
        for number, line in enumerate(one.lines):
            data = draw(one.shape, at + 2 * number)
            file = store_image(data, name=f"{one.shape}-{line.lower()}.png", kind=FILE_KIND, actor=shop.actor)
            drawn[one.code, line] = file
    hangings = [
        Hanging(product.pk, drawn[product.code.partition("-")[0], product.attributes["line"]], product.name)
        for product in products
    ]
    hang_pictures(hangings=hangings, actor=shop.actor, reason=WHY)


def _raise_prices(shop: Shop) -> None:
    skus = list(Sku.objects.filter(product__category__code="POTS").order_by("code")[:DEARER])
    changes = [
        RowChange(sku.pk, {"price": (sku.price * Decimal("1.05")).quantize(Decimal("0.01"))}, sku.version)
        for sku in skus
        if sku.price is not None
    ]
    change_rows(master=SKUS, changes=changes, actor=shop.actor, reason="steel became dearer")
