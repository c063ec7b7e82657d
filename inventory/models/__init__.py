"""The tables of the inventory, one subject a file."""

from inventory.models.adjustments import AdjustmentLimit, StockAdjustment, StockAdjustmentLine
from inventory.models.barcodes import Barcode, Pack
from inventory.models.catalog import Brand, Category, Product, ProductPicture, Sku
from inventory.models.costs import CostLayer, CostUse
from inventory.models.places import Location, Warehouse
from inventory.models.stock import Lot, Reservation, SerialNumber, StockBalance, StockLevel, StockMove

__all__ = [
    "AdjustmentLimit",
    "Barcode",
    "Brand",
    "Category",
    "CostLayer",
    "CostUse",
    "Location",
    "Lot",
    "Pack",
    "Product",
    "ProductPicture",
    "Reservation",
    "SerialNumber",
    "Sku",
    "StockAdjustment",
    "StockAdjustmentLine",
    "StockBalance",
    "StockLevel",
    "StockMove",
    "Warehouse",
]
