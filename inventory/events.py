"""What happens in the catalog and among the places. All public: a webhook may carry them, and upper floors may listen."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from backoffice.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ProductCreated(Event):
    """A product stands in the catalog."""

    name: ClassVar[str] = "inventory.product_created"
    public: ClassVar[bool] = True
    product_id: int
    code: str

    @property
    def key(self) -> str:
        return f"inventory.product:{self.product_id}"


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    """Something about a product is different, its status perhaps."""

    name: ClassVar[str] = "inventory.product_changed"
    public: ClassVar[bool] = True
    product_id: int
    code: str
    status: str
    is_active: bool

    @property
    def key(self) -> str:
        return f"inventory.product:{self.product_id}"


@dataclass(frozen=True, kw_only=True)
class SkuCreated(Event):
    """A SKU can be stocked."""

    name: ClassVar[str] = "inventory.sku_created"
    public: ClassVar[bool] = True
    sku_id: int
    product_id: int
    code: str

    @property
    def key(self) -> str:
        return f"inventory.sku:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class SkuChanged(Event):
    """Something about a SKU is different: its code, price, weight, packs, status."""

    name: ClassVar[str] = "inventory.sku_changed"
    public: ClassVar[bool] = True
    sku_id: int
    product_id: int
    code: str
    status: str
    is_active: bool

    @property
    def key(self) -> str:
        return f"inventory.sku:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class BarcodeAdded(Event):
    """A scan of this value now means this SKU, or this pack of it."""

    name: ClassVar[str] = "inventory.barcode_added"
    public: ClassVar[bool] = True
    sku_id: int
    pack_id: int | None
    value: str

    @property
    def key(self) -> str:
        return f"inventory.sku:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class BarcodeRemoved(Event):
    """A scan of this value means nothing any more."""

    name: ClassVar[str] = "inventory.barcode_removed"
    public: ClassVar[bool] = True
    sku_id: int
    pack_id: int | None
    value: str

    @property
    def key(self) -> str:
        return f"inventory.sku:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class WarehouseCreated(Event):
    """A warehouse is there, with its standard places."""

    name: ClassVar[str] = "inventory.warehouse_created"
    public: ClassVar[bool] = True
    warehouse_id: int
    code: str

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class WarehouseChanged(Event):
    """Something about a warehouse is different: its address, cut-off, priority, or whether it is in use."""

    name: ClassVar[str] = "inventory.warehouse_changed"
    public: ClassVar[bool] = True
    warehouse_id: int
    code: str
    is_active: bool

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class LocationsAdded(Event):
    """New places in a warehouse, one or twenty thousand; `first` and `last` are codes in the order they were made."""

    name: ClassVar[str] = "inventory.locations_added"
    public: ClassVar[bool] = True
    warehouse_id: int
    count: int
    first: str
    last: str

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class LocationChanged(Event):
    """Something about a place is different: its capacity, its barcode, its turn in the walk."""

    name: ClassVar[str] = "inventory.location_changed"
    public: ClassVar[bool] = True
    location_id: int
    warehouse_id: int
    code: str
    is_active: bool

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class LocationMoved(Event):
    """A place and all that lies in it stands elsewhere in the tree, or has another code."""

    name: ClassVar[str] = "inventory.location_moved"
    public: ClassVar[bool] = True
    location_id: int
    warehouse_id: int
    old_path: str
    new_path: str

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class LocationsBlocked(Event):
    """Nothing is picked from, or put away into, these places until they are freed."""

    name: ClassVar[str] = "inventory.locations_blocked"
    public: ClassVar[bool] = True
    warehouse_id: int
    location_ids: tuple[int, ...]
    picking: bool
    putaway: bool
    reason: str

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class LocationsFreed(Event):
    """These places are open again for picking and put-away."""

    name: ClassVar[str] = "inventory.locations_freed"
    public: ClassVar[bool] = True
    warehouse_id: int
    location_ids: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"inventory.warehouse:{self.warehouse_id}"


@dataclass(frozen=True, kw_only=True)
class AvailabilityChanged(Event):
    """More or less of a SKU can be promised from a warehouse. Told on every change; listeners coalesce by key."""

    name: ClassVar[str] = "inventory.availability_changed"
    public: ClassVar[bool] = True
    warehouse_id: int
    sku_id: int
    available: int

    @property
    def key(self) -> str:
        return f"inventory.level:{self.warehouse_id}:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class StockRanLow(Event):
    """What is available fell to the reorder point or below. Told once a crossing."""

    name: ClassVar[str] = "inventory.stock_ran_low"
    public: ClassVar[bool] = True
    warehouse_id: int
    sku_id: int
    available: int
    reorder_point: int

    @property
    def key(self) -> str:
        return f"inventory.level:{self.warehouse_id}:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class StockRecovered(Event):
    """What is available rose above the reorder point again."""

    name: ClassVar[str] = "inventory.stock_recovered"
    public: ClassVar[bool] = True
    warehouse_id: int
    sku_id: int
    available: int

    @property
    def key(self) -> str:
        return f"inventory.level:{self.warehouse_id}:{self.sku_id}"


@dataclass(frozen=True, kw_only=True)
class ReservationBroken(Event):
    """Units that were promised are not there: a count or a loss took them. The demand has to be allocated anew."""

    name: ClassVar[str] = "inventory.reservation_broken"
    public: ClassVar[bool] = True
    reservation_id: int
    demand_kind: str
    demand_id: str
    sku_id: int
    warehouse_id: int
    quantity: int

    @property
    def key(self) -> str:
        return f"{self.demand_kind}:{self.demand_id}"


@dataclass(frozen=True, kw_only=True)
class AdjustmentRequested(Event):
    """An adjustment above the limit waits for a second person."""

    name: ClassVar[str] = "inventory.adjustment_requested"
    public: ClassVar[bool] = True
    adjustment_id: int
    number: str
    warehouse_id: int
    units: int
    value: Decimal

    @property
    def key(self) -> str:
        return f"inventory.adjustment:{self.adjustment_id}"


@dataclass(frozen=True, kw_only=True)
class AdjustmentPosted(Event):
    """An adjustment is in the book."""

    name: ClassVar[str] = "inventory.adjustment_posted"
    public: ClassVar[bool] = True
    adjustment_id: int
    number: str
    warehouse_id: int
    reason: str

    @property
    def key(self) -> str:
        return f"inventory.adjustment:{self.adjustment_id}"
