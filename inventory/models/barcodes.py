"""How goods are packed, and what is printed on them."""

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row
from backoffice.core.models.fields import LineField
from inventory.models.catalog import Sku
from inventory.models.rules import (
    PRINTED_CODE,
    SHORT_CODE,
    between,
    contains_index,
    grams,
    millimetres,
    never_changes,
    refuse_unless,
    short_code,
    sizes,
)
from inventory.states import Symbology

MOST_UNITS = 1_000_000


@pghistory.track(append_only=True)
class Pack(Editable):
    """A fixed number of base units packed together: a carton of 12, a pallet of 480.

    `units` never changes, because labels on the shelf and lines in the books were counted with it. A pack that was wrong is
    switched off and made anew, under the same code if one likes.
    """

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="packs", verbose_name=_("SKU"))
    code = LineField(_("code"), max_length=20, validators=[short_code])
    name = LineField(_("name"), max_length=60)
    units = models.PositiveIntegerField(
        _("holds"), validators=[MinValueValidator(2), MaxValueValidator(MOST_UNITS)], help_text=_("Base units.")
    )
    weight_g = grams(_("weight (g)"))
    length_mm = millimetres(_("length (mm)"))
    width_mm = millimetres(_("width (mm)"))
    height_mm = millimetres(_("height (mm)"))

    class Meta:
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        ordering = ["sku", "units", "pk"]
        constraints = [
            models.UniqueConstraint(
                "sku", Lower("code"), condition=models.Q(is_active=True), name="pack_code_once",
                violation_error_message=_("This SKU has a pack of that code already."),
            ),
            models.CheckConstraint(condition=models.Q(code__regex=SHORT_CODE), name="pack_code_shape"),
            models.CheckConstraint(condition=between("units", 2, MOST_UNITS), name="pack_holds_several"),
            *sizes("pack"),
        ]  # fmt: skip
        triggers = [never_changes("pack_units_fixed", "sku_id", "units")]

    def __str__(self) -> str:
        return f"{self.name} ({self.units})"


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement),
    pghistory.UpdateEvent(level=pgtrigger.Statement),
    pghistory.DeleteEvent(level=pgtrigger.Statement),
    append_only=True,
)
class Barcode(Row):
    """One thing that a scanner may read and that means this SKU, or this pack of it.

    `value` is what scans are compared with: a GTIN with zeros up to 14 digits, anything else as it is. `printed` is what
    stands on the goods. A value belongs to one owner in the whole house, so a scan never has two answers.
    """

    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="barcodes", verbose_name=_("SKU"))
    pack = models.ForeignKey(
        Pack, on_delete=models.PROTECT, null=True, blank=True, related_name="barcodes", verbose_name=_("pack")
    )
    value = models.CharField(
        _("barcode"),
        max_length=64,
        validators=[RegexValidator(r"\A[\x21-\x7e]+\Z", _("Printable signs without spaces."))],
    )
    printed = models.CharField(_("printed as"), max_length=64)
    symbology = models.CharField(_("whose number"), max_length=8, choices=Symbology)
    is_primary = models.BooleanField(_("first choice for labels"), default=False)

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")
        ordering = ["sku", "-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["value"], name="barcode_once"),
            models.UniqueConstraint(
                fields=["sku", "pack"],
                condition=models.Q(is_primary=True),
                nulls_distinct=False,
                name="barcode_one_primary",
            ),
            models.CheckConstraint(
                condition=models.Q(value__regex=PRINTED_CODE) & models.Q(printed__regex=PRINTED_CODE),
                name="barcode_can_be_printed",
            ),
            models.CheckConstraint(
                condition=models.Q(symbology__in=[Symbology.INTERNAL, Symbology.SUPPLIER])
                | models.Q(symbology=Symbology.GTIN, value__regex=r"^[0-9]{14}$"),
                name="barcode_symbology_fits",
            ),
        ]
        indexes = [contains_index("value", "barcode_by_value")]
        triggers = [
            refuse_unless(
                "barcode_pack_of_its_sku",
                "EXISTS (SELECT 1 FROM inventory_pack WHERE id = NEW.pack_id AND sku_id = NEW.sku_id)",
                when="NEW.pack_id IS NOT NULL",
                sentence="the pack belongs to another SKU",
                fields=("pack_id", "sku_id"),
            ),
            never_changes("barcode_fixed", "value", "printed", "symbology", "sku_id", "pack_id"),
        ]

    def __str__(self) -> str:
        return self.printed
