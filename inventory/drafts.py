"""What a new product is made of, before it is one: forms, imports and the demo all fill these in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backoffice.core.models.companies import Company
from backoffice.core.quantities import EACH
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
