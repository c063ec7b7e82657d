"""What stands on the labels of places and SKUs. Figures in, layouts out; printing them is core's matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from backoffice.core.documents.barcodes import BarcodeKind
from backoffice.core.documents.labels import Barcode, Label, Text

PLACE_MM = (100.0, 50.0)
SKU_MM = (60.0, 40.0)
_GTIN_KINDS: dict[int, BarcodeKind] = {8: "ean8", 12: "upca", 13: "ean13", 14: "itf14"}


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What the label of a place says."""

    code: str
    path: str
    warehouse: str
    barcode: str


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What the label of a SKU says; `is_gtin` chooses the symbol that shops scan."""

    code: str
    product: str
    variant: str
    barcode: str
    is_gtin: bool


def place_label(place: PlaceFacts) -> Label:
    """The code as large as it can be read from the aisle, the barcode under it."""
    width, height = PLACE_MM
    return Label(
        width,
        height,
        (
            Text(4, 4, width - 8, place.code, size=14),
            Text(4, 20, width - 8, f"{place.warehouse} · {place.path}", size=3.5),
            Barcode(4, 26, width - 8, 20, kind="code128", text=place.barcode, show_text=True),
        ),
    )


def sku_label(sku: SkuFacts) -> Label:
    """Name and variant above, the barcode in the middle, the SKU's code below."""
    width, height = SKU_MM
    kind = _GTIN_KINDS.get(len(sku.barcode), "code128") if sku.is_gtin else "code128"
    return Label(
        width,
        height,
        (
            Text(3, 2.5, width - 6, sku.product, size=3.6, max_lines=2),
            Text(3, 11.5, width - 6, sku.variant, size=3),
            Barcode(3, 15.5, width - 6, 18, kind=kind, text=sku.barcode, show_text=True),
            Text(3, 34.5, width - 6, sku.code, size=3.4),
        ),
    )


def copies_of(labels: Sequence[Label], copies: int) -> list[Label]:
    """Each label so many times, side by side in the pile."""
    return [label for label in labels for _copy in range(copies)]
