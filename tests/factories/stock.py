"""A small world for tests of stock: one company, two warehouses with a few bins, products made by the services."""

from dataclasses import dataclass
from decimal import Decimal

from backoffice.core.actors import Actor
from backoffice.core.models.companies import Company
from inventory.drafts import ProductDraft, SkuDraft
from inventory.models import Location, Lot, SerialNumber, Sku, StockLevel, Warehouse
from inventory.services.catalog import create_product
from inventory.services.places import add_place, create_warehouse
from inventory.services.stock import Arrival, receive_stock

SYSTEM = Actor.system("tests")


@dataclass
class World:
    """What a test of stock stands in."""

    company: Company
    north: Warehouse
    south: Warehouse
    bins: dict[str, Location]

    def sku(self, code: str = "SKU-1", *, reorder_point: int | None = None, **product: str) -> Sku:
        """A new product with one SKU of that code."""
        draft = ProductDraft(
            company=self.company,
            code=f"P-{code}",
            name=f"Product {code}",
            skus=(SkuDraft(code=code, reorder_point=reorder_point),),
            **product,  # type: ignore[arg-type]  # tracking, valuation and status are words
        )
        return create_product(draft=draft, actor=SYSTEM).skus.get()

    def place(self, kind: str, warehouse: Warehouse | None = None) -> Location:
        """The standard place of a kind, or the company's virtual one."""
        if kind in ("supplier", "customer", "scrap", "adjustment"):
            return Location.objects.get(company=self.company, kind=kind)
        return Location.objects.get(warehouse=warehouse or self.north, kind=kind)

    def receive(
        self, sku: Sku, quantity: int, *, into: str = "N1", cost: str | None = "2.00",
        lot: Lot | None = None, serial: SerialNumber | None = None,
    ) -> int:  # fmt: skip
        """Stock that came from a supplier; returns the id of the move."""
        arrival = Arrival(
            sku_id=sku.pk,
            location_id=self.bins[into].pk,
            quantity=quantity,
            unit_cost=None if cost is None else Decimal(cost),
            lot_id=lot.pk if lot else None,
            serial_id=serial.pk if serial else None,
        )
        return receive_stock(company_id=self.company.pk, arrivals=[arrival], actor=SYSTEM, reason="received")[0]

    def level(self, sku: Sku, warehouse: Warehouse | None = None) -> tuple[int, int, int, int]:
        """Sellable, staged, unavailable and reserved of a SKU in a warehouse."""
        row = StockLevel.objects.get(sku=sku, warehouse=warehouse or self.north)
        return row.sellable, row.staged, row.unavailable, row.reserved


def a_world() -> World:
    """One company with the warehouses north (bins N1 to N3) and south (bins S1 and S2)."""
    company = Company.objects.create(code="TST", name="Test & Co", base_currency="EUR", country="FR")
    north = create_warehouse(company=company, code="N", name="North", time_zone="Europe/Paris", actor=SYSTEM)
    south = create_warehouse(company=company, code="S", name="South", time_zone="Europe/Warsaw", actor=SYSTEM)
    bins = {
        code: add_place(warehouse_id=house.pk, kind="bin", code=code, actor=SYSTEM)
        for house, codes in ((north, ("N1", "N2", "N3")), (south, ("S1", "S2")))
        for code in codes
    }
    return World(company, north, south, bins)
