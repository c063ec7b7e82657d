"""The book of stock: moves that are never changed, balances and levels that are written with them, and reservations.

A unit is on hand in exactly one place. `StockMove` says how it got there; `StockBalance` is the sum of the moves for one
place, SKU, lot and serial number; `StockLevel` is the sum of the balances for one warehouse and SKU by what the units may
be used for. `./bo manage check_books` adds all of it up again.
"""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row
from backoffice.core.models.companies import Company
from backoffice.core.models.fields import LineField
from inventory.models.catalog import Sku
from inventory.models.places import Location, Warehouse
from inventory.models.rules import never_changes

MOST_UNITS = 2_000_000_000


@pghistory.track(append_only=True)
class Lot(Editable):
    """Units of one SKU that were made together and expire together."""

    class Status(models.TextChoices):
        OK = "ok", _("ok")
        BLOCKED = "blocked", _("blocked")

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="lots", verbose_name=_("SKU"))
    code = LineField(_("lot"), max_length=60)
    expires_on = models.DateField(_("expires"), null=True, blank=True)
    best_before_on = models.DateField(_("best before"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.OK)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["sku", "expires_on", "code"]
        constraints = [
            models.UniqueConstraint(fields=["sku", "code"], name="lot_once_a_sku"),
            models.CheckConstraint(condition=Q(status__in=["ok", "blocked"]), name="lot_status_known"),
        ]
        triggers = [never_changes("lot_sku_fixed", "sku_id", "code")]

    def __str__(self) -> str:
        return self.code


class SerialNumber(Row):
    """One unit's own number. Where the unit is says its balance; what happened to it say its moves."""

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="serials", verbose_name=_("SKU"))
    code = LineField(_("serial number"), max_length=60)

    class Meta:
        verbose_name = _("serial number")
        verbose_name_plural = _("serial numbers")
        constraints = [models.UniqueConstraint(fields=["sku", "code"], name="serial_once_a_sku")]
        triggers = [never_changes("serial_fixed", "sku_id", "code")]

    def __str__(self) -> str:
        return self.code


class StockMove(models.Model):
    """One quantity of one SKU from one place to another. Written by `services.ledger` alone, and never changed."""

    posted_at = models.DateTimeField(_("posted"))
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="moves", verbose_name=_("SKU"))
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="moves", verbose_name=_("lot"))
    serial = models.ForeignKey(
        SerialNumber, on_delete=models.PROTECT, null=True, related_name="moves", verbose_name=_("serial number")
    )
    from_location = models.ForeignKey(
        Location, on_delete=models.PROTECT, related_name="moves_out", verbose_name=_("from")
    )
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="moves_in", verbose_name=_("to"))
    quantity = models.PositiveIntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=40)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reference_kind = models.CharField(_("document"), max_length=60, blank=True)
    reference_id = models.CharField(_("document number"), max_length=60, blank=True)
    actor_kind = models.CharField(_("by"), max_length=6)
    actor_id = models.BigIntegerField(_("by number"), null=True)
    actor_name = models.CharField(_("by name"), max_length=150)
    command = models.CharField(_("command"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock moves")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=MOST_UNITS), name="move_quantity"),
            models.CheckConstraint(condition=~Q(from_location=F("to_location")), name="move_goes_somewhere"),
            models.CheckConstraint(condition=Q(serial__isnull=True) | Q(quantity=1), name="move_one_unit_a_serial"),
            models.CheckConstraint(condition=~Q(reason=""), name="move_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["sku", "id"], name="move_by_sku"),
            models.Index(fields=["reference_kind", "reference_id"], name="move_by_document"),
            models.Index(fields=["from_location", "sku", "id"], name="move_out_of"),
            models.Index(fields=["to_location", "sku", "id"], name="move_into"),
            models.Index(fields=["serial"], name="move_of_serial", condition=Q(serial__isnull=False)),
            models.Index(fields=["lot"], name="move_of_lot", condition=Q(lot__isnull=False)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"


class StockBalance(models.Model):
    """What lies in one place now. One writer: the ledger, in the transaction of the moves."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="balances", verbose_name=_("place"))
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="balances", verbose_name=_("SKU"))
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="balances", verbose_name=_("lot"))
    serial = models.ForeignKey(
        SerialNumber, on_delete=models.PROTECT, null=True, related_name="balances", verbose_name=_("serial number")
    )
    on_hand = models.PositiveIntegerField(_("on hand"))

    class Meta:
        verbose_name = _("stock in a place")
        verbose_name_plural = _("stock in places")
        constraints = [
            models.UniqueConstraint(
                fields=["sku", "location", "lot", "serial"], name="balance_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(serial__isnull=True) | Q(on_hand__lte=1), name="balance_one_a_serial"),
            models.UniqueConstraint(
                fields=["serial"], condition=Q(on_hand__gt=0, serial__isnull=False), name="balance_serial_in_one_place"
            ),
        ]
        indexes = [models.Index(fields=["location", "sku"], name="balance_in_place", condition=Q(on_hand__gt=0))]

    def __str__(self) -> str:
        return f"{self.on_hand} × {self.sku_id} @ {self.location_id}"


class StockLevel(models.Model):
    """One warehouse and SKU: how much may be promised. The row that planners lock before they read a figure.

    on hand = sellable + staged + unavailable. `sellable` lies where it can be picked from; `staged` is picked and on its way
    out (tote, bench, dispatch); `unavailable` is in quarantine, damaged or blocked. `reserved` is the sum of the firm
    reservations that are not picked yet. available = sellable - reserved - soft reservations that have not expired.
    """

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="levels", verbose_name=_("warehouse")
    )
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="levels", verbose_name=_("SKU"))
    sellable = models.PositiveIntegerField(_("sellable"), default=0)
    staged = models.PositiveIntegerField(_("picked, not gone"), default=0)
    unavailable = models.PositiveIntegerField(_("unavailable"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    safety_stock = models.PositiveIntegerField(_("safety stock"), default=0)
    is_low = models.BooleanField(_("low"), default=False)

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="level_once"),
            models.CheckConstraint(condition=Q(reserved__lte=F("sellable")), name="level_never_oversold"),
        ]
        indexes = [models.Index(fields=["warehouse", "sku"], name="level_low", condition=Q(is_low=True))]

    def __str__(self) -> str:
        return f"{self.sku} · {self.warehouse}"

    @property
    def on_hand(self) -> int:
        return self.sellable + self.staged + self.unavailable


class Reservation(Row):
    """Units of one level that are promised to one demand. Open quantity only goes down; nothing is ever deleted.

    With `expires_at` it is soft (a cart, a quote): it holds back stock until that moment and then, without anybody doing
    anything, no more. Without it is firm and counted in the level.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PICKED = "picked", _("picked")
        CONSUMED = "consumed", _("consumed")
        RELEASED = "released", _("released")

    demand_kind = models.CharField(_("demand"), max_length=60)
    demand_id = models.CharField(_("demand number"), max_length=60)
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("SKU"))
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("warehouse")
    )
    quantity = models.PositiveIntegerField(_("promised"))
    open_quantity = models.PositiveIntegerField(_("still to be picked"))
    picked_quantity = models.PositiveIntegerField(_("picked"), default=0)
    consumed_quantity = models.PositiveIntegerField(_("gone"), default=0)
    released_quantity = models.PositiveIntegerField(_("given back"), default=0)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    actor = models.JSONField(_("by"))

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reservation_of_something"),
            models.CheckConstraint(
                condition=Q(
                    quantity=F("open_quantity") + F("picked_quantity") + F("consumed_quantity") + F("released_quantity")
                ),
                name="reservation_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(picked_quantity=0, consumed_quantity=0),
                name="reservation_soft_is_never_picked",
            ),
        ]
        indexes = [
            models.Index(fields=["sku", "warehouse", "id"], name="reservation_open", condition=Q(open_quantity__gt=0)),
            models.Index(fields=["demand_kind", "demand_id"], name="reservation_of_demand"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku} → {self.demand_id}"

    @property
    def state(self) -> str:
        """Computed from the quantities, so it can never disagree with them."""
        if self.open_quantity:
            return self.State.OPEN
        if self.picked_quantity:
            return self.State.PICKED
        return self.State.CONSUMED if self.consumed_quantity else self.State.RELEASED
