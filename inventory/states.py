"""The words that products and places are described with, and what each kind of place means for the book of moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    """Where a product or a SKU is in its life. Switching a row off (`is_active`) is another matter: it stops all work on it."""

    DRAFT = "draft", _("being prepared")
    ACTIVE = "active", _("active")
    DISCONTINUED = "discontinued", _("discontinued")


# A discontinued article is sold off and not bought again; it may come back. Nothing returns to being prepared.
STATUS_AFTER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        ProductStatus.DRAFT: frozenset({ProductStatus.ACTIVE, ProductStatus.DISCONTINUED}),
        ProductStatus.ACTIVE: frozenset({ProductStatus.DISCONTINUED}),
        ProductStatus.DISCONTINUED: frozenset({ProductStatus.ACTIVE}),
    }
)


class Tracking(models.TextChoices):
    """What is written down about each unit that moves."""

    NONE = "none", _("quantity only")
    LOT = "lot", _("by lot")
    SERIAL = "serial", _("by serial number")


class Valuation(models.TextChoices):
    """Which cost an issue takes with it."""

    FIFO = "fifo", _("first in, first out")
    AVERAGE = "average", _("moving average")


class Symbology(models.TextChoices):
    """Whose number a barcode carries."""

    GTIN = "gtin", _("GTIN (EAN, UPC)")
    INTERNAL = "internal", _("our own")
    SUPPLIER = "supplier", _("supplier's")


class StorageClass(models.TextChoices):
    """What goods need of the place they lie in."""

    NORMAL = "normal", _("normal")
    CHILLED = "chilled", _("chilled")
    FROZEN = "frozen", _("frozen")
    HAZARDOUS = "hazardous", _("hazardous")
    VALUABLE = "valuable", _("valuable")
    OVERSIZE = "oversize", _("oversize")


class LocationKind(models.TextChoices):
    """What a place is."""

    ZONE = "zone", _("zone")
    AISLE = "aisle", _("aisle")
    BIN = "bin", _("bin")
    DOCK = "dock", _("dock")
    TOTE = "tote", _("tote")
    PACK_BENCH = "pack_bench", _("pack bench")
    DISPATCH = "dispatch", _("dispatch")
    QUARANTINE = "quarantine", _("quarantine")
    DAMAGED = "damaged", _("damaged")
    MISSING = "missing", _("missing")
    IN_TRANSIT = "in_transit", _("in transit")
    SUPPLIER = "supplier", _("supplier")
    CUSTOMER = "customer", _("customer")
    SCRAP = "scrap", _("scrap")
    ADJUSTMENT = "adjustment", _("adjustment")


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What a kind of place means for stock.

    `holds_stock`: goods can lie there (zones and aisles only hold other places). `is_virtual`: it is no place in a building but
    the other side of a move, where goods come from or go to; its balance may be negative and it belongs to a company.
    `is_on_hand`: what lies there is on hand in its warehouse. `is_sellable`: and may be promised to a customer.
    `parents`: the kinds it may lie in; a place of any kind may also lie directly in its warehouse.
    """

    holds_stock: bool = True
    is_virtual: bool = False
    is_on_hand: bool = True
    is_sellable: bool = False
    parents: tuple[str, ...] = (LocationKind.ZONE,)


_VIRTUAL = KindFacts(is_virtual=True, is_on_hand=False, parents=())

# Goods on a pack bench, in a tote or at the dispatch door are on hand and already spoken for, so nothing new is promised
# from there; what stands at the dock has been received and may be promised although it is not put away yet.
KINDS: Final[Mapping[str, KindFacts]] = MappingProxyType(
    {
        LocationKind.ZONE: KindFacts(holds_stock=False, is_on_hand=False, parents=()),
        LocationKind.AISLE: KindFacts(holds_stock=False, is_on_hand=False),
        LocationKind.BIN: KindFacts(is_sellable=True, parents=(LocationKind.ZONE, LocationKind.AISLE)),
        LocationKind.DOCK: KindFacts(is_sellable=True),
        LocationKind.TOTE: KindFacts(),
        LocationKind.PACK_BENCH: KindFacts(),
        LocationKind.DISPATCH: KindFacts(),
        LocationKind.QUARANTINE: KindFacts(),
        LocationKind.DAMAGED: KindFacts(),
        LocationKind.MISSING: KindFacts(is_on_hand=False),
        LocationKind.IN_TRANSIT: KindFacts(is_on_hand=False),
        LocationKind.SUPPLIER: _VIRTUAL,
        LocationKind.CUSTOMER: _VIRTUAL,
        LocationKind.SCRAP: _VIRTUAL,
        LocationKind.ADJUSTMENT: _VIRTUAL,
    }
)

STOCK_KINDS: Final = tuple(kind for kind, facts in KINDS.items() if facts.holds_stock)
VIRTUAL_KINDS: Final = tuple(kind for kind, facts in KINDS.items() if facts.is_virtual)

# What every warehouse has from its first day, with the code that stands on its label.
STANDARD_PLACES: Final[tuple[tuple[str, str], ...]] = (
    (LocationKind.DOCK, "DOCK"),
    (LocationKind.PACK_BENCH, "PACK"),
    (LocationKind.DISPATCH, "DISPATCH"),
    (LocationKind.QUARANTINE, "QUARANTINE"),
    (LocationKind.DAMAGED, "DAMAGED"),
    (LocationKind.MISSING, "MISSING"),
    (LocationKind.IN_TRANSIT, "TRANSIT"),
)


class StockUse(models.TextChoices):
    """What units that are on hand may be used for; each is a column of the stock level."""

    SELLABLE = "sellable", _("sellable")
    STAGED = "staged", _("picked, not gone")
    UNAVAILABLE = "unavailable", _("unavailable")


STAGED_KINDS: Final = frozenset({LocationKind.TOTE, LocationKind.PACK_BENCH, LocationKind.DISPATCH})


def use_of_kind(kind: str, *, is_blocked: bool) -> StockUse | None:
    """What units in a place of this kind may be used for; None where they are not on hand (missing, in transit, outside).

    `is_blocked`: the place is closed for picking, or the lot is blocked.
    """
    facts = KINDS[LocationKind(kind)]
    if facts.is_virtual or not facts.is_on_hand:
        return None
    if kind in STAGED_KINDS:
        return StockUse.STAGED
    return StockUse.SELLABLE if facts.is_sellable and not is_blocked else StockUse.UNAVAILABLE


class AdjustmentReason(models.TextChoices):
    """Why the book and the shelf disagree. Reports of shrinkage go by these words."""

    OPENING = "opening", _("opening stock")
    COUNTED = "counted", _("counted")
    FOUND = "found", _("found")
    LOST = "lost", _("lost")
    STOLEN = "stolen", _("stolen")
    DAMAGED = "damaged", _("damaged")
    EXPIRED = "expired", _("expired")
    SAMPLE = "sample", _("sample or own use")
    MISTAKE = "mistake", _("mistake in the book")
    OTHER = "other", _("other, see note")


class AdjustmentState(models.TextChoices):
    """Where an adjustment is."""

    PENDING = "pending", _("waits for a second person")
    POSTED = "posted", _("posted")
    REJECTED = "rejected", _("rejected")
    CANCELLED = "cancelled", _("cancelled")


ADJUSTMENT_AFTER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        AdjustmentState.PENDING: frozenset(
            {AdjustmentState.POSTED, AdjustmentState.REJECTED, AdjustmentState.CANCELLED}
        ),
        AdjustmentState.POSTED: frozenset(),
        AdjustmentState.REJECTED: frozenset(),
        AdjustmentState.CANCELLED: frozenset(),
    }
)


# A place is shut for picking when it, or a place it lies in, is (a bin lies in an aisle, an aisle in a zone, no deeper).
# For queries that know the place as `l`.
SHUT_JOINS: Final = (
    "LEFT JOIN inventory_location l1 ON l1.id = l.parent_id LEFT JOIN inventory_location l2 ON l2.id = l1.parent_id"
)
SHUT_FOR_PICKING: Final = (
    "(l.is_pick_blocked OR coalesce(l1.is_pick_blocked, false) OR coalesce(l2.is_pick_blocked, false))"
)
