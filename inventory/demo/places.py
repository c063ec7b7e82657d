"""The warehouses of the demo shop: Lyon, Łódź and Haifa, with about four hundred bins each."""

from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Final

from backoffice.core.demo import Shop, demo_part, login_of
from backoffice.core.services.limits import set_limits
from backoffice.core.services.masters import create_rows
from inventory.masters import LOCATIONS
from inventory.models import Location, Warehouse
from inventory.permissions import WAREHOUSE_LIMIT
from inventory.services.bins import BinLayout, make_bins
from inventory.services.places import block_locations, create_warehouse
from inventory.states import LocationKind

TOTES: Final = 12
WHY: Final = "demo shop"


@dataclass(frozen=True, slots=True)
class Site:
    """One warehouse; `patterns` are its bins, `blocked` one that is shut and why."""

    code: str
    name: str
    time_zone: str
    position: tuple[str, str]
    cutoff: time
    priority: int
    address: dict[str, str]
    patterns: tuple[str, ...]
    blocked: tuple[str, str]


SITES: Final = (
    Site(
        "LYS",
        "Lyon",
        "Europe/Paris",
        ("45.726300", "4.871200"),
        time(16, 0),
        10,
        {"country": "FR", "street": "14 rue des Tilleuls", "postal_code": "69007", "city": "Lyon"},
        ("{zone:A-B}-{aisle:01-05}-{bay:01-10}-{level:1-4}", "{zone:X}-{bay:01-12}"),
        ("A-03-07-4", "beam bent by a truck, waits for the fitter"),
    ),
    Site(
        "LCJ",
        "Łódź",
        "Europe/Warsaw",
        ("51.776500", "19.454700"),
        time(17, 30),
        20,
        {"country": "PL", "street": "ul. Wierzbowa 8", "postal_code": "90-245", "city": "Łódź"},
        ("{zone:A-C}-{aisle:1-4}-{bay:01-08}-{level:1-4}", "{zone:X}-{bay:01-10}"),
        ("B-2-05-1", "wet floor under the roof light"),
    ),
    Site(
        "HFA",
        "Haifa",
        "Asia/Jerusalem",
        ("32.794000", "35.021300"),
        time(14, 0),
        30,
        {"country": "IL", "street": "8 HaNahal St", "postal_code": "3303142", "city": "Haifa"},
        ("{zone:A-B}-{aisle:01-04}-{bay:01-12}-{level:1-4}", "{zone:X}-{bay:01-08}"),
        ("A-01-12-4", "kept free for the count of next week"),
    ),
)
# Bulky goods stand on the floor of the zone X.
FLOOR: Final = BinLayout(bay_mm=2_400, max_weight_g=800_000)
SHELF: Final = BinLayout(max_weight_g=60_000, max_volume_ml=240_000)


@demo_part("inventory.places", is_there=Warehouse.objects.filter(code=SITES[0].code).exists)
def make_places(shop: Shop) -> str:
    """Warehouses, bins by pattern, totes, and a blocked bin in each."""
    company = shop.company
    for site in SITES:
        latitude, longitude = (Decimal(text) for text in site.position)
        warehouse = create_warehouse(
            company=company,
            code=site.code,
            name=site.name,
            time_zone=site.time_zone,
            address={"name": company.name, **site.address},
            latitude=latitude,
            longitude=longitude,
            cutoff=site.cutoff,
            priority=site.priority,
            actor=shop.actor,
            reason=WHY,
        )
        for pattern, layout in zip(site.patterns, (SHELF, FLOOR), strict=True):
            make_bins(warehouse_id=warehouse.pk, pattern=pattern, layout=layout, actor=shop.actor, reason=WHY)
        totes = [
            {"warehouse": warehouse, "kind": LocationKind.TOTE, "code": f"TOTE-{number:02}", "max_weight_g": 15_000}
            for number in range(1, TOTES + 1)
        ]
        create_rows(master=LOCATIONS, rows=totes, actor=shop.actor, reason=WHY)
        code, reason = site.blocked
        bent = Location.objects.get(warehouse=warehouse, code=code)
        block_locations(location_ids=[bent.pk], reason=reason, actor=shop.actor)
    return f"{len(SITES)} warehouses with {Location.objects.filter(kind=LocationKind.BIN).count()} bins"


def _reach_is_set() -> bool:
    return login_of("picker").limits.exists()


@demo_part("inventory.reach", is_there=_reach_is_set)
def limit_people(shop: Shop) -> str:
    """The picker and the packer work in Lyon and see nothing of the other two."""
    lyon = Warehouse.objects.get(code=SITES[0].code)
    for role in ("picker", "packer"):
        set_limits(
            user_id=login_of(role).pk, limits={WAREHOUSE_LIMIT: [lyon.pk]}, actor=shop.actor, reason="works in Lyon"
        )
    return f"picker and packer limited to {lyon.name}"
