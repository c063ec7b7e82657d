"""What the stock cost. A receipt makes a layer, an issue names the layers it used; both are exact, nothing is lost to rounding.

A layer holds a quantity and an amount. What is taken from it takes its share of the amount; the last unit takes the rest,
so the amounts of the uses add up to the amount of the layer, always. Unit costs are amounts divided by quantities and are
for reading only.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.companies import Company
from inventory.models.catalog import Sku
from inventory.models.rules import MOST_MONEY
from inventory.models.stock import StockMove


class CostLayer(models.Model):
    """What one receipt brought in, and what is left of it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="cost_layers", verbose_name=_("SKU"))
    move = models.OneToOneField(
        StockMove, on_delete=models.PROTECT, related_name="cost_layer", verbose_name=_("receipt")
    )
    received_at = models.DateTimeField(_("received"))
    currency = models.CharField(_("currency"), max_length=3)
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=6)
    remaining = models.PositiveIntegerField(_("left"))
    remaining_amount = models.DecimalField(_("amount left"), max_digits=24, decimal_places=6)

    class Meta:
        verbose_name = _("cost layer")
        verbose_name_plural = _("cost layers")
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__lte=F("quantity")) & Q(quantity__gte=1), name="layer_not_overdrawn"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=MOST_MONEY)
                & Q(remaining_amount__gte=0, remaining_amount__lte=MOST_MONEY),
                name="layer_amounts_believable",
            ),
            models.CheckConstraint(
                condition=Q(remaining__gt=0) | Q(remaining_amount=0), name="layer_empty_is_worth_nothing"
            ),
        ]
        indexes = [models.Index(fields=["sku", "company", "id"], name="layer_open", condition=Q(remaining__gt=0))]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.quantity} × {self.sku_id}"


class CostUse(models.Model):
    """What one move took from one layer, or what a layer gave to the layer that replaced it (moving average)."""

    layer = models.ForeignKey(CostLayer, on_delete=models.PROTECT, related_name="uses", verbose_name=_("layer"))
    move = models.ForeignKey(StockMove, on_delete=models.PROTECT, related_name="cost_uses", verbose_name=_("issue"))
    into_layer = models.ForeignKey(
        CostLayer, on_delete=models.PROTECT, null=True, related_name="merged", verbose_name=_("into the layer")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=6)

    class Meta:
        verbose_name = _("use of a cost layer")
        verbose_name_plural = _("uses of cost layers")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cost_use_of_something"),
            models.CheckConstraint(condition=Q(amount__gte=0, amount__lte=MOST_MONEY), name="cost_use_believable"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.quantity} of layer {self.layer_id}"
