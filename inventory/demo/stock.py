"""Stock of the demo shop: opening stock in every warehouse at a cost, some of it damaged, one adjustment that waits."""

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.demo import Shop, demo_part
from inventory.demo.places import SITES
from inventory.drafts import MoveDraft
from inventory.models import AdjustmentLimit, Location, Sku, StockMove, Warehouse
from inventory.services.adjustments import AdjustmentLine, request_adjustment
from inventory.services.ledger import post_moves
from inventory.services.stock import Arrival, receive_stock
from inventory.states import AdjustmentReason, LocationKind, Tracking

COST_SHARE: Final = Decimal("0.55")
EVERY_DAMAGED: Final = 40


@demo_part("inventory.stock", is_there=StockMove.objects.exists)
def fill_stock(shop: Shop) -> str:
    """Opening stock of every SKU without lots in one to three warehouses, at about half its price."""
    AdjustmentLimit.objects.get_or_create(company=shop.company, defaults={"max_units": 5, "max_value": Decimal(100)})
    skus = list(Sku.objects.filter(product__tracking=Tracking.NONE, is_active=True).order_by("pk"))
    houses = [Warehouse.objects.get(code=site.code) for site in SITES]
    bins = {house.pk: _open_bins(house) for house in houses}
    arrivals: list[Arrival] = []
    for number, sku in enumerate(skus):
        for house in houses[: 1 + shop.dice.randrange(len(houses))]:
            places = bins[house.pk]
            arrivals.append(
                Arrival(
                    sku_id=sku.pk,
                    location_id=places[(number * 7) % len(places)],
                    quantity=shop.dice.choice((3, 8, 12, 20, 35, 60)),
                    unit_cost=((sku.price or Decimal(10)) * COST_SHARE).quantize(Decimal("0.01")),
                )
            )
    receive_stock(
        company_id=shop.company.pk,
        arrivals=arrivals,
        actor=shop.actor,
        reason=AdjustmentReason.OPENING,
        come_from=LocationKind.ADJUSTMENT,
    )
    _damage_some(shop, houses[0], arrivals)
    _ask_for_an_adjustment(shop, houses[0], arrivals)
    return str(_("%(count)s opening stocks of %(skus)s SKUs") % {"count": len(arrivals), "skus": len(skus)})


def _open_bins(house: Warehouse) -> list[int]:
    bins = Location.objects.filter(warehouse=house, kind=LocationKind.BIN, is_pick_blocked=False, is_active=True)
    return list(bins.order_by("pick_sequence", "pk").values_list("pk", flat=True))


def _damage_some(shop: Shop, house: Warehouse, arrivals: list[Arrival]) -> None:
    damaged = Location.objects.get(warehouse=house, kind=LocationKind.DAMAGED).pk
    mine = set(Location.objects.filter(warehouse=house).values_list("pk", flat=True))
    broken = [arrival for arrival in arrivals if arrival.location_id in mine][::EVERY_DAMAGED]
    drafts = [
        MoveDraft(
            sku_id=arrival.sku_id,
            from_id=arrival.location_id,
            to_id=damaged,
            quantity=1,
            reason=AdjustmentReason.DAMAGED,
            note=str(_("fell off the fork")),
        )
        for arrival in broken
    ]
    post_moves(drafts=drafts, actor=shop.actor)


def _ask_for_an_adjustment(shop: Shop, house: Warehouse, arrivals: list[Arrival]) -> None:
    mine = set(Location.objects.filter(warehouse=house).values_list("pk", flat=True))
    rich = next(arrival for arrival in arrivals if arrival.location_id in mine and arrival.quantity >= 20)
    request_adjustment(
        warehouse=house,
        reason=AdjustmentReason.LOST,
        note=str(_("not found at the last walk")),
        lines=[AdjustmentLine(location_id=rich.location_id, sku_id=rich.sku_id, change=-12)],
        actor=shop.actor,
    )
