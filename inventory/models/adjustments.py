"""Adjustments: stock that is there and was not in the book, or the other way round. Above a limit a second person decides."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row
from backoffice.core.models.companies import Company
from inventory.models.catalog import Sku
from inventory.models.places import Location, Warehouse
from inventory.models.rules import MOST_MONEY, between
from inventory.models.stock import Lot, SerialNumber
from inventory.states import AdjustmentReason, AdjustmentState


@pghistory.track(append_only=True)
class AdjustmentLimit(Editable):
    """Up to how much one person may adjust alone, for each company. Without a row everything needs a second person."""

    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    max_units = models.PositiveIntegerField(_("units"), default=0)
    max_value = models.DecimalField(_("value in base currency"), max_digits=18, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("limit for adjustments")
        verbose_name_plural = _("limits for adjustments")
        constraints = [
            models.CheckConstraint(condition=between("max_value", 0, MOST_MONEY), name="adjustment_limit_believable")
        ]

    def __str__(self) -> str:
        return f"{self.company_id}: {self.max_units}"


@pghistory.track(append_only=True)
class StockAdjustment(Row):
    """One adjustment with its lines. `services.adjustments` alone writes it; posted, it never changes."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    number = models.CharField(_("number"), max_length=40)
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="adjustments", verbose_name=_("warehouse")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=AdjustmentReason)
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=AdjustmentState, default=AdjustmentState.PENDING)
    requested_by = models.JSONField(_("asked for by"))
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("asked for by")
    )
    decided_by = models.JSONField(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision_note = models.CharField(_("why so decided"), max_length=300, blank=True)
    units = models.PositiveIntegerField(_("units"))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="adjustment_number_once"),
            models.CheckConstraint(condition=Q(state__in=AdjustmentState.values), name="adjustment_state_known"),
            models.CheckConstraint(condition=Q(reason__in=AdjustmentReason.values), name="adjustment_reason_known"),
            models.CheckConstraint(condition=between("value", 0, MOST_MONEY), name="adjustment_value_believable"),
        ]
        indexes = [
            models.Index(fields=["warehouse", "-id"], name="adjustment_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return self.number


class StockAdjustmentLine(models.Model):
    """So many more (or fewer, below zero) of a SKU in a place."""

    adjustment = models.ForeignKey(
        StockAdjustment, on_delete=models.PROTECT, related_name="lines", verbose_name=_("adjustment")
    )
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+", verbose_name=_("place"))
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+", verbose_name=_("SKU"))
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    serial = models.ForeignKey(
        SerialNumber, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("serial number")
    )
    change = models.IntegerField(_("change"))
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=6, null=True)

    class Meta:
        verbose_name = _("line of an adjustment")
        verbose_name_plural = _("lines of adjustments")
        constraints = [
            models.CheckConstraint(condition=~Q(change=0), name="adjustment_line_changes_something"),
            models.CheckConstraint(condition=between("unit_cost", 0, MOST_MONEY), name="adjustment_cost_believable"),
        ]

    def __str__(self) -> str:
        return f"{self.change:+} × {self.sku_id}"
