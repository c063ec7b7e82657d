"""What a new product is made of, before it is one: forms, imports and the demo all fill these in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backoffice.core.models.companies import Company
from backoffice.core.quantities import EACH
from backoffice.core.refs import Ref
from inventory.models import Brand, Category
from inventory.states import ProductStatus, StorageClass, Symbology, Tracking, Valuation


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Weight in grams and sides in millimetres of one thing; None is unknown."""

    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None

    def columns(self) -> dict[str, int | None]:
        """By the names of the columns."""
        return {
            "weight_g": self.weight_g,
            "length_mm": self.length_mm,
            "width_mm": self.width_mm,
            "height_mm": self.height_mm,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BarcodeDraft:
    """A barcode of a SKU, or of the pack with the code `pack`."""

    text: str
    symbology: str = Symbology.GTIN
    pack: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackDraft:
    """A pack: so many base units together."""

    code: str
    name: str
    units: int
    size: Size = Size()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuDraft:
    """A SKU with its packs and barcodes. A price without a currency is in the company's."""

    code: str
    name: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    status: str = ProductStatus.ACTIVE
    base_unit: str = EACH
    price: Decimal | None = None
    currency: str = ""
    size: Size = Size()
    reorder_point: int | None = None
    storage_class: str = StorageClass.NORMAL
    packs: tuple[PackDraft, ...] = ()
    barcodes: tuple[BarcodeDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product with its SKUs."""

    company: Company
    code: str
    name: str
    description: str = ""
    brand: Brand | None = None
    category: Category | None = None
    status: str = ProductStatus.DRAFT
    tracking: str = Tracking.NONE
    has_expiry: bool = False
    valuation: str = Valuation.FIFO
    hs_code: str = ""
    origin_country: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    skus: tuple[SkuDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """One move to post: whole base units of a SKU from one place to another, for a reason.

    `unit_cost` (six decimals, the company's currency) is for goods that come in from outside; without it they come in at
    what the SKU costs at that moment. `reservation_id` is the promise that these units fulfil: a move out of where they were
    reserved picks it, a move out of the house consumes it. `breaks_reservations` is for counts and losses, where reality
    wins: promises that cannot be kept any more are broken, newest first, and told of.
    """

    sku_id: int
    from_id: int
    to_id: int
    quantity: int
    reason: str
    reference: Ref | None = None
    lot_id: int | None = None
    serial_id: int | None = None
    unit_cost: Decimal | None = None
    reservation_id: int | None = None
    breaks_reservations: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveDraft:
    """A promise to write: units of a SKU in a warehouse for a demand, soft when it expires."""

    sku_id: int
    warehouse_id: int
    quantity: int
    demand: Ref
    expires_seconds: int | None = None
