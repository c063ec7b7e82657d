"""What we have a name for: brands, categories, products, their SKUs, packs, barcodes and pictures."""

from types import MappingProxyType
from typing import Any, Self

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.models.base import Editable, Row
from backoffice.core.models.companies import Company
from backoffice.core.models.fields import LineField, ParagraphsField, validation_error
from backoffice.core.models.files import StoredFile
from backoffice.core.money import Money
from backoffice.core.numbers import MOST_QUANTITY
from backoffice.core.quantities import EACH
from backoffice.core.texts import sku_key
from inventory.models.rules import (
    MOST_MONEY,
    MOST_SEARCHED,
    SHORT_CODE,
    between,
    contains_index,
    grams,
    known_country,
    millimetres,
    never_changes,
    plain_values,
    refuse_unless,
    scan_value,
    short_code,
    sizes,
)
from inventory.states import ProductStatus, StorageClass, Tracking, Valuation


@pghistory.track(append_only=True)
class Brand(Editable):
    """Whose name stands on a product."""

    code = LineField(_("code"), max_length=30, validators=[short_code])
    name = LineField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="brand_code_once"),
            models.CheckConstraint(condition=models.Q(code__regex=SHORT_CODE), name="brand_code_shape"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(append_only=True)
class Category(Editable):
    """A shelf of the catalog; categories lie in one another, at most eight deep (MOST_DEPTH) and never in a circle."""

    code = LineField(_("code"), max_length=30, validators=[short_code])
    name = LineField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("inside of")
    )

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="category_code_once"),
            models.CheckConstraint(condition=models.Q(code__regex=SHORT_CODE), name="category_code_shape"),
        ]
        # Two moves at once could close a circle that neither sees, so the trees are changed one at a time (the advisory lock).
        # What is asked for is a bound on the way up and, for what hangs below, on the way down; a circle exceeds both.
        triggers = [
            refuse_unless(
                "category_no_circle",
                """
                (WITH RECURSIVE up AS (
                    SELECT id, parent_id, 1 AS depth FROM inventory_category WHERE id = NEW.parent_id
                    UNION ALL
                    SELECT higher.id, higher.parent_id, up.depth + 1
                    FROM inventory_category AS higher JOIN up ON higher.id = up.parent_id WHERE up.depth <= 8
                ), down AS (
                    SELECT NEW.id AS id, 1 AS depth
                    UNION ALL
                    SELECT lower.id, down.depth + 1
                    FROM inventory_category AS lower JOIN down ON lower.parent_id = down.id WHERE down.depth <= 8
                )
                SELECT max(up.depth) + (SELECT max(down.depth) FROM down) <= 8 AND bool_and(up.id <> NEW.id) FROM up)
                """,
                when="NEW.parent_id IS NOT NULL",
                before="PERFORM pg_advisory_xact_lock(hashtext('inventory_category'));",
                sentence="a category cannot lie inside itself, nor more than eight deep",
                fields=("parent_id",),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProductRows(models.QuerySet["Product"]):
    """Products, narrowed."""

    def matching(self, text: str) -> Self:
        """Those in which the text occurs: in name, code or brand, or in code, variant or barcode of a SKU.

        Each part of the question has an index of its own, so the answers are put together and not the conditions.
        """
        piece = text.strip()[:MOST_SEARCHED]
        products = Product.objects.order_by().values("pk")
        return self.filter(
            pk__in=products.filter(models.Q(name__icontains=piece) | models.Q(code__icontains=piece)).union(
                products.filter(brand__name__icontains=piece),
                products.filter(models.Q(skus__code__icontains=piece) | models.Q(skus__name__icontains=piece)),
                products.filter(skus__barcodes__value__icontains=scan_value(piece.replace(" ", ""))),
            )
        )


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement), pghistory.UpdateEvent(level=pgtrigger.Statement), append_only=True
)
class Product(Editable):
    """What a shop page shows; what is stocked and counted is its SKUs."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    code = LineField(_("code"), max_length=64)
    name = LineField(_("name"), max_length=200)
    description = ParagraphsField(_("description"), max_length=10_000, blank=True)
    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("brand")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("category")
    )
    status = models.CharField(_("status"), max_length=12, choices=ProductStatus, default=ProductStatus.DRAFT)
    tracking = models.CharField(_("tracking"), max_length=6, choices=Tracking, default=Tracking.NONE)
    has_expiry = models.BooleanField(
        _("expires"), default=False, help_text=_("Each lot or unit has a date after which it is not sold.")
    )
    valuation = models.CharField(_("valuation"), max_length=7, choices=Valuation, default=Valuation.FIFO)
    hs_code = models.CharField(
        _("customs tariff number"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"\A[0-9]{6,10}\Z", _("Six to ten digits."), code="bad_hs_code")],
    )
    origin_country = models.CharField(_("country of origin"), max_length=2, blank=True, validators=[known_country])
    attributes = models.JSONField(_("attributes"), default=dict, blank=True, validators=[plain_values])

    objects = ProductRows.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint("company", Lower("code"), name="product_code_once"),
            models.CheckConstraint(condition=~models.Q(code="") & ~models.Q(name=""), name="product_has_names"),
            models.CheckConstraint(condition=models.Q(status__in=ProductStatus.values), name="product_status_known"),
            models.CheckConstraint(condition=models.Q(tracking__in=Tracking.values), name="product_tracking_known"),
            models.CheckConstraint(condition=models.Q(valuation__in=Valuation.values), name="product_valuation_known"),
            models.CheckConstraint(
                condition=models.Q(has_expiry=False) | ~models.Q(tracking=Tracking.NONE),
                name="product_expiry_needs_lots",
            ),
            models.CheckConstraint(
                condition=models.Q(hs_code="") | models.Q(hs_code__regex=r"^[0-9]{6,10}$"), name="product_hs_code_shape"
            ),
            models.CheckConstraint(
                condition=models.Q(origin_country="") | models.Q(origin_country__regex=r"^[A-Z]{2}$"),
                name="product_origin_shape",
            ),
        ]
        indexes = [contains_index("name", "product_by_name"), contains_index("code", "product_by_code")]
        triggers = [
            never_changes("product_company_fixed", "company_id"),
            refuse_unless(
                "product_ledger_fixed",
                "NOT EXISTS (SELECT 1 FROM inventory_stockmove m JOIN inventory_sku s ON s.id = m.sku_id"
                " WHERE s.product_id = NEW.id)",
                when="TG_OP = 'UPDATE' AND (NEW.tracking, NEW.valuation) IS DISTINCT FROM (OLD.tracking, OLD.valuation)",
                sentence="tracking and valuation stay as they are once there are moves",
                fields=("tracking", "valuation"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What one row may not be, said before the database says it."""
        super().clean()
        if self.has_expiry and self.tracking == Tracking.NONE:
            sentence = _("Goods that expire are tracked by lot or by serial number.")
            raise ValidationError({"tracking": ValidationError(sentence, code="expiry_needs_lots")})


class SkuRows(models.QuerySet["Sku"]):
    """SKUs, narrowed."""

    def matching(self, text: str) -> Self:
        """Those in which the text occurs: in code, variant or barcode, or in name or code of the product."""
        piece = text.strip()[:MOST_SEARCHED]
        skus, product = Sku.objects.order_by().values("pk"), models.Q(product__name__icontains=piece)
        own = models.Q(code__icontains=piece) | models.Q(name__icontains=piece) | models.Q(code_key=sku_key(piece))
        return self.filter(
            pk__in=skus.filter(own).union(
                skus.filter(product | models.Q(product__code__icontains=piece)),
                skus.filter(barcodes__value__icontains=scan_value(piece.replace(" ", ""))),
            )
        )


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement), pghistory.UpdateEvent(level=pgtrigger.Statement), append_only=True
)
class Sku(Editable):
    """The smallest thing that is stocked and counted separately: one colour, one size."""

    # What is wrong with a column that nobody writes is told at the one it follows from.
    told_at = MappingProxyType({"code_key": "code"})

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="skus", verbose_name=_("product"))
    code = LineField(_("SKU"), max_length=64)
    code_key = models.CharField(_("SKU"), max_length=128, editable=False)
    name = LineField(_("variant"), max_length=150, blank=True, help_text=_("What sets it apart: “blue, 2 litres”."))
    attributes = models.JSONField(_("attributes"), default=dict, blank=True, validators=[plain_values])
    status = models.CharField(_("status"), max_length=12, choices=ProductStatus, default=ProductStatus.ACTIVE)
    base_unit = LineField(_("base unit"), max_length=20, default=EACH, help_text=_("What one is: each, gram, metre."))
    price = models.DecimalField(_("price"), max_digits=18, decimal_places=3, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    weight_g = grams(_("weight (g)"))
    length_mm = millimetres(_("length (mm)"))
    width_mm = millimetres(_("width (mm)"))
    height_mm = millimetres(_("height (mm)"))
    reorder_point = models.PositiveIntegerField(
        _("reorder point"), null=True, blank=True, validators=[MaxValueValidator(MOST_QUANTITY)],
        help_text=_("Tell us when no more than this is left. Empty: never."),
    )  # fmt: skip
    storage_class = models.CharField(_("storage"), max_length=10, choices=StorageClass, default=StorageClass.NORMAL)

    objects = SkuRows.as_manager()

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code_key"],
                name="sku_code_once",
                violation_error_message=_("There is a SKU with this code already; upper and lower case are the same."),
            ),
            models.CheckConstraint(condition=~models.Q(code="") & ~models.Q(code_key=""), name="sku_has_a_code"),
            models.CheckConstraint(condition=~models.Q(base_unit=""), name="sku_has_a_unit"),
            models.CheckConstraint(condition=models.Q(status__in=ProductStatus.values), name="sku_status_known"),
            models.CheckConstraint(condition=models.Q(storage_class__in=StorageClass.values), name="sku_storage_known"),
            models.CheckConstraint(condition=between("price", 0, MOST_MONEY), name="sku_price_believable"),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True, currency="")
                | models.Q(price__isnull=False, currency__regex=r"^[A-Z]{3}$"),
                name="sku_price_has_currency",
            ),
            models.CheckConstraint(condition=between("reorder_point", 0, MOST_QUANTITY), name="sku_reorder_believable"),
            *sizes("sku"),
        ]
        indexes = [contains_index("code", "sku_by_code"), contains_index("name", "sku_by_name")]
        triggers = [never_changes("sku_product_fixed", "product_id", "base_unit")]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        """One row's rules that need Python: the key that codes are compared by, and a price in whole minor units."""
        super().clean()
        self.code_key = sku_key(self.code)
        if (self.price is None) != (self.currency == ""):
            sentence = _("A price and its currency go together: give both or neither.")
            raise ValidationError({"currency": ValidationError(sentence, code="price_needs_currency")})
        if self.price is not None:
            try:
                Money(self.price, self.currency)
            except Invalid as refusal:
                field = "currency" if refusal.code == "unknown_currency" else "price"
                raise ValidationError({field: validation_error(refusal)}) from refusal

    def save(self, *args: Any, **options: Any) -> None:
        """The key follows the code."""
        self.code_key = sku_key(self.code)
        super().save(*args, **options)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class ProductPicture(Row):
    """A picture of a product; the one with the lowest position stands for it in lists."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="pictures", verbose_name=_("product"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("file"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    words = LineField(_("what it shows"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["product", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["product", "position"], name="picture_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.words or f"{self.product_id}/{self.position}"
