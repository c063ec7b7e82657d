"""Where things are: warehouses and the places in them, and the virtual places that are the other side of a move."""

from typing import Any, Final, Self

import pghistory
import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.addresses import clean_address
from backoffice.core.errors import Invalid
from backoffice.core.models.base import Editable
from backoffice.core.models.companies import Company
from backoffice.core.models.fields import LineField, validation_error
from backoffice.core.zones import zone_of
from inventory.models.rules import (
    MOST_SEARCHED,
    PRINTED_CODE,
    SHORT_CODE,
    between,
    contains_index,
    never_changes,
    refuse_rows,
    short_code,
)
from inventory.permissions import WAREHOUSE_LIMIT
from inventory.states import KINDS, STOCK_KINDS, VIRTUAL_KINDS, LocationKind, StorageClass

SEPARATOR: Final = "/"
MOST_AMOUNT: Final = 1_000_000_000
MOST_COORDINATE: Final = 10_000_000


def known_zone(value: str) -> None:
    """A time zone by its IANA name."""
    try:
        zone_of(value)
    except Invalid as refusal:
        raise validation_error(refusal) from refusal


class WarehouseRows(models.QuerySet["Warehouse"]):
    """Warehouses, narrowed."""

    def in_reach(self, actor: Actor) -> Self:
        """Those that the actor can reach."""
        limit = actor.limit(WAREHOUSE_LIMIT)
        return self if limit is None else self.filter(pk__in=sorted(limit))


@pghistory.track(append_only=True)
class Warehouse(Editable):
    """A building that stock lies in and parcels leave from."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", verbose_name=_("company"))
    code = LineField(_("code"), max_length=10, validators=[short_code])
    name = LineField(_("name"), max_length=100)
    address = models.JSONField(_("address"), default=dict, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[known_zone])
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip
    cutoff = models.TimeField(
        _("cut-off"), null=True, blank=True, help_text=_("Local time after which work counts for the next day.")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("Of two equal warehouses the one with the lower number is taken.")
    )

    objects = WarehouseRows.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["priority", "code"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="warehouse_code_once"),
            models.CheckConstraint(condition=Q(code__regex=SHORT_CODE), name="warehouse_code_shape"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(time_zone=""), name="warehouse_has_name_and_zone"),
            models.CheckConstraint(
                # Neither is empty, said in so many words: a comparison with NULL is unknown, and a check lets that through.
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="warehouse_on_the_globe",
                violation_error_code="half_a_position",
                violation_error_message=_("Give latitude and longitude, or neither."),
            ),
        ]
        triggers = [never_changes("warehouse_company_fixed", "company_id")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The address is one that core understands; it is kept with all its parts."""
        super().clean()
        if not isinstance(self.address, dict):
            raise ValidationError(
                {"address": ValidationError(_("An address has parts with names."), code="not_an_address")}
            )
        if self.address:
            try:
                self.address = clean_address(self.address).as_json()
            except Invalid as refusal:
                raise ValidationError({"address": validation_error(refusal)}) from refusal


def _limit(label: Any, most: int = MOST_AMOUNT) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(most)]
    )


def _coordinate(label: Any) -> "models.IntegerField[int | None, int | None]":
    bounds = [MinValueValidator(-MOST_COORDINATE), MaxValueValidator(MOST_COORDINATE)]
    return models.IntegerField(label, null=True, blank=True, validators=bounds)


# A fresh row may lie in `parent`: the same warehouse, and a pair of kinds that states.KINDS allows.
_PAIRS = ", ".join(f"('{kind}', '{parent}')" for kind, facts in KINDS.items() for parent in facts.parents)
_PARENT_FITS = (
    "parent.id = fresh.parent_id AND parent.warehouse_id = fresh.warehouse_id "
    f"AND (fresh.kind, parent.kind) IN ({_PAIRS})"
)


class LocationRows(models.QuerySet["Location"]):
    """Places, narrowed."""

    def in_reach(self, actor: Actor) -> Self:
        """Those in warehouses that the actor can reach; a limited actor sees no virtual ones."""
        limit = actor.limit(WAREHOUSE_LIMIT)
        return self if limit is None else self.filter(warehouse_id__in=sorted(limit))

    def below(self, place: "Location") -> Self:
        """What lies in this place, at any depth; not the place itself."""
        return self.filter(warehouse_id=place.warehouse_id, path__startswith=place.path + SEPARATOR)

    def matching(self, text: str) -> Self:
        """Those with the text in their code or name, or with the very barcode."""
        piece = text.strip()[:MOST_SEARCHED]
        return self.filter(Q(code__icontains=piece) | Q(name__icontains=piece) | Q(barcode__iexact=piece))

    def holding_stock(self) -> Self:
        """Those where goods can lie, virtual ones included."""
        return self.filter(kind__in=STOCK_KINDS)

    def open_for_picking(self) -> Self:
        """Those in use and not blocked for picking, neither themselves nor by a place they lie in."""
        return self._open("is_pick_blocked")

    def open_for_putaway(self) -> Self:
        """Those in use and not blocked for put-away, neither themselves nor by a place they lie in."""
        return self._open("is_putaway_blocked")

    def _open(self, flag: str) -> Self:
        rows = self.filter(**{flag: False, "is_active": True})
        for above in ("parent", "parent__parent"):
            shut = Q(**{f"{above}__{flag}": True}) | Q(**{f"{above}__is_active": False})
            rows = rows.filter(Q(**{f"{above}__isnull": True}) | ~shut)
        return rows


@pghistory.track(
    pghistory.InsertEvent(level=pgtrigger.Statement), pghistory.UpdateEvent(level=pgtrigger.Statement), append_only=True
)
class Location(Editable):
    """A place: a zone or aisle that holds other places, a bin or another place that holds goods, or a virtual one.

    A place lies in a warehouse, or is virtual and belongs to a company (states.py says which kinds are). `code` is what its
    label says, once in a warehouse; `path` is its code behind those of the places it lies in (“A/A-03/A-03-02-1”). What
    kinds may lie in which is said in states.KINDS, and since no kind may lie in its own, there are no circles.
    """

    warehouse = models.ForeignKey(
        Warehouse,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="locations",
        verbose_name=_("warehouse"),
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("company"),
        help_text=_("Of virtual places only."),
    )  # fmt: skip
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LocationKind)
    code = LineField(_("code"), max_length=40, validators=[short_code])
    name = LineField(_("name"), max_length=100, blank=True)
    path = models.CharField(_("path"), max_length=200, editable=False)
    barcode = LineField(
        _("barcode"), max_length=60, blank=True, help_text=_("Empty: made of the codes of warehouse and place."),
        validators=[RegexValidator(r"\A[\x21-\x7e]*\Z", _("Printable signs without spaces."))],
    )  # fmt: skip
    pick_sequence = models.PositiveIntegerField(
        _("pick sequence"), default=0, validators=[MaxValueValidator(MOST_AMOUNT)], help_text=_("Pickers walk upwards.")
    )
    x_mm = _coordinate(_("x (mm)"))
    y_mm = _coordinate(_("y (mm)"))
    z_mm = _coordinate(_("z (mm)"))
    is_pick_blocked = models.BooleanField(_("no picking"), default=False, editable=False)
    is_putaway_blocked = models.BooleanField(_("no put-away"), default=False, editable=False)
    block_reason = LineField(_("why blocked"), max_length=200, blank=True, editable=False)
    max_weight_g = _limit(_("carries (g)"))
    max_units = _limit(_("holds (units)"))
    max_volume_ml = _limit(_("holds (ml)"))
    storage_class = models.CharField(
        _("for goods"), max_length=10, choices=StorageClass, blank=True, help_text=_("Empty: for all.")
    )

    objects = LocationRows.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["warehouse", "path"]
        constraints = [
            models.UniqueConstraint(
                "warehouse", Lower("code"), name="location_code_once",
                violation_error_message=_("There is a place of that code in this warehouse already."),
            ),
            models.UniqueConstraint(
                "company", Lower("code"), condition=Q(company__isnull=False), name="location_virtual_code_once"
            ),
            models.UniqueConstraint(
                Upper("barcode"), condition=~Q(barcode=""), name="location_barcode_once",
                violation_error_message=_("Another place has that barcode."),
            ),
            models.CheckConstraint(condition=Q(kind__in=LocationKind.values), name="location_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=VIRTUAL_KINDS, warehouse=None, company__isnull=False, parent=None, barcode="")
                | (~Q(kind__in=VIRTUAL_KINDS) & Q(warehouse__isnull=False, company__isnull=True) & ~Q(barcode="")),
                name="location_virtual_or_in_a_warehouse",
                violation_error_code="virtual_or_in_a_warehouse",
                violation_error_message=_(
                    "A place lies in a warehouse. Only virtual places (supplier, customer, scrap, adjustment) do not: they belong"
                    " to a company and have no barcode."
                ),
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(kind=LocationKind.ZONE), name="location_zone_on_top",
                violation_error_code="zone_on_top", violation_error_message=_("A zone lies directly in its warehouse."),
            ),
            models.CheckConstraint(condition=Q(code__regex=SHORT_CODE), name="location_code_shape"),
            models.CheckConstraint(
                condition=Q(barcode="") | Q(barcode__regex=PRINTED_CODE), name="location_barcode_can_be_printed"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, path=F("code"))
                | Q(parent__isnull=False, path__endswith=Concat(Value(SEPARATOR), F("code"))),
                name="location_path_ends_with_code",
            ),
            models.CheckConstraint(
                condition=Q(is_pick_blocked=False, is_putaway_blocked=False, block_reason="")
                | (Q(is_pick_blocked=True) | Q(is_putaway_blocked=True)) & ~Q(block_reason=""),
                name="location_block_has_reason",
            ),
            models.CheckConstraint(
                condition=between("max_weight_g", 1, MOST_AMOUNT) & between("max_units", 1, MOST_AMOUNT)
                & between("max_volume_ml", 1, MOST_AMOUNT),
                name="location_capacity_believable",
            ),
            models.CheckConstraint(
                condition=Q(storage_class="") | Q(storage_class__in=StorageClass.values), name="location_storage_known"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["warehouse", "path"], opclasses=["int8_ops", "text_pattern_ops"], name="location_tree"
            ),
            models.Index(fields=["warehouse", "kind", "pick_sequence"], name="location_walk"),
            contains_index("code", "location_by_code"),
        ]
        triggers = [
            *refuse_rows(
                "location_parent_fits",
                f"fresh.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM inventory_location AS parent WHERE {_PARENT_FITS})",
                table="inventory_location",
                sentence="a place of this kind cannot lie there",
            ),
            never_changes("location_stays", "warehouse_id", "company_id", "kind"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_blocked(self) -> bool:
        """Whether picking or put-away is stopped here."""
        return self.is_pick_blocked or self.is_putaway_blocked

    def complete(self) -> None:
        """Fill what follows from the rest: the path, and the barcode where none was chosen. Its parent must be loaded or null."""
        parent = self.parent
        self.path = f"{parent.path}{SEPARATOR}{self.code}" if parent is not None else self.code
        if not self.barcode and self.warehouse is not None:
            self.barcode = f"{self.warehouse.code}-{self.code}"

    def clean(self) -> None:
        """One row's rules that look at another: what may lie in what."""
        super().clean()
        parent = self.parent
        if parent is not None and self.kind in KINDS:
            if parent.warehouse_id != self.warehouse_id:
                raise ValidationError(
                    {"parent": ValidationError(_("That place is in another warehouse."), code="other_warehouse")}
                )
            if parent.kind not in KINDS[self.kind].parents:
                words = {"kind": self.get_kind_display(), "parent": parent.get_kind_display()}
                raise ValidationError(
                    {
                        "parent": ValidationError(
                            _("A place of the kind “%(kind)s” cannot lie in a place of the kind “%(parent)s”."),
                            code="cannot_lie_there",
                            params=words,
                        )
                    }
                )
        self.complete()
