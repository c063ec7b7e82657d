"""Stock comes in from outside the plan, and moves from bin to bin. What is promised stays promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Missing, Refused
from backoffice.core.refs import Ref
from inventory.drafts import MoveDraft
from inventory.models.places import Location
from inventory.permissions import MOVE_STOCK, WAREHOUSE_LIMIT
from inventory.services.ledger import post_moves
from inventory.services.move_facts import load_places


@dataclass(frozen=True, slots=True, kw_only=True)
class BinMove:
    """So many of a SKU from one place of a warehouse to another."""

    sku_id: int
    from_id: int
    to_id: int
    quantity: int
    lot_id: int | None = None
    serial_id: int | None = None


def virtual_place(company_id: int, kind: str) -> int:
    """The id of a company's virtual place of a kind (supplier, customer, scrap, adjustment)."""
    found = Location.objects.filter(company_id=company_id, kind=kind).values_list("pk", flat=True).first()
    if found is None:
        raise Missing(
            "no_virtual_place",
            _("The company has no place of the kind “%(kind)s”; its first warehouse makes them.") % {"kind": kind},
        )
    return found


def move_stock(*, moves: Sequence[BinMove], actor: Actor, command: str = "", reason: str = "moved") -> list[int]:
    """Carry stock between places of one warehouse, all or none. Another warehouse is a transfer and refused here.

    What is reserved may be carried between bins it can be picked from, and nowhere else. A target that is blocked for put-away
    is refused, with the reason of the block.
    """
    actor.require(MOVE_STOCK)
    with acting(actor, reason):
        places = load_places(place for move in moves for place in (move.from_id, move.to_id))
        blocked = dict(
            Location.objects.filter(pk__in=[move.to_id for move in moves], is_putaway_blocked=True).values_list(
                "pk", "block_reason"
            )
        )
        for move in moves:
            source, target = places.get(move.from_id), places.get(move.to_id)
            for place in (source, target):
                if (
                    place is None
                    or place.warehouse_id is None
                    or not actor.reaches(WAREHOUSE_LIMIT, place.warehouse_id)
                ):
                    raise Missing("unknown_place", _("There is no such place."))
            assert source is not None and target is not None
            if source.warehouse_id != target.warehouse_id:
                raise Refused(
                    "other_warehouse",
                    _("%(place)s is in another warehouse: make a transfer.") % {"place": target.code},
                )
            if move.to_id in blocked:
                raise Refused(
                    "place_is_blocked",
                    _("%(place)s takes nothing at the moment: %(why)s.")
                    % {"place": target.code, "why": blocked[move.to_id]},
                )
        return post_moves(
            drafts=[
                MoveDraft(
                    sku_id=move.sku_id,
                    from_id=move.from_id,
                    to_id=move.to_id,
                    quantity=move.quantity,
                    lot_id=move.lot_id,
                    serial_id=move.serial_id,
                    reason=reason,
                )
                for move in moves
            ],
            actor=actor,
            command=command,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """So many of a SKU that come in from outside, at a unit cost in the company's currency."""

    sku_id: int
    location_id: int
    quantity: int
    unit_cost: Decimal | None
    lot_id: int | None = None
    serial_id: int | None = None


def receive_stock(
    *,
    company_id: int,
    arrivals: Sequence[Arrival],
    actor: Actor,
    reason: str,
    reference: Ref | None = None,
    command: str = "",
    come_from: str = "supplier",
) -> list[int]:
    """Book what arrived from a supplier (or from the adjustment side, for opening stock). All or nothing."""
    outside = virtual_place(company_id, come_from)
    return post_moves(
        drafts=[
            MoveDraft(
                sku_id=arrival.sku_id,
                from_id=outside,
                to_id=arrival.location_id,
                quantity=arrival.quantity,
                lot_id=arrival.lot_id,
                serial_id=arrival.serial_id,
                unit_cost=arrival.unit_cost,
                reason=reason,
                reference=reference,
            )
            for arrival in arrivals
        ],
        actor=actor,
        command=command,
    )
