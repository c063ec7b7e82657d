"""How the lists of the catalog and of the places are narrowed, for the console and the API alike.

`q` is the search box: a piece of a name or code, found by the trigram indexes. Related rows that an actor cannot reach are
no choice and match nothing. A relation with more rows than a select can show is set by links and shown as a chip.
"""

from typing import Any

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from backoffice.core.choice_filters import ReachChoiceFilter
from backoffice.core.texts import sku_key
from inventory.models import Barcode, Brand, Category, Location, Pack, Product, ProductPicture, Sku, Warehouse
from inventory.models.rules import scan_value
from inventory.models.trees import ids_below
from inventory.states import LocationKind, ProductStatus, StorageClass, Symbology, Tracking, Valuation

MOST = 200


def _reachable_warehouses(request: Any) -> QuerySet[Warehouse]:
    actor = getattr(request, "actor", None)
    return Warehouse.objects.in_reach(actor) if actor is not None else Warehouse.objects.none()


def _reachable_locations(request: Any) -> QuerySet[Location]:
    actor = getattr(request, "actor", None)
    return Location.objects.in_reach(actor) if actor is not None else Location.objects.none()


class Narrowed(filters.FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """What all of them are."""


class BrandFilter(Narrowed):
    """Brands."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Brand
        fields = ["q", "is_active"]

    def search(self, rows: QuerySet[Brand], name: str, value: str) -> QuerySet[Brand]:
        """By a piece of the name or the code."""
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))


class CategoryFilter(Narrowed):
    """Categories."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    parent = filters.ModelChoiceFilter(queryset=Category.objects.all(), label=_("Directly inside of"))
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Category
        fields = ["q", "parent", "is_active"]

    def search(self, rows: QuerySet[Category], name: str, value: str) -> QuerySet[Category]:
        """By a piece of the name or the code."""
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))


class ProductFilter(Narrowed):
    """Products. A category means itself and all that lies in it."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    code = filters.CharFilter(lookup_expr="iexact", label=_("Code"), max_length=MOST)
    status = filters.MultipleChoiceFilter(choices=ProductStatus.choices, label=_("Status"))
    category = filters.ModelChoiceFilter(queryset=Category.objects.all(), method="in_category", label=_("Category"))
    brand = filters.ModelMultipleChoiceFilter(queryset=Brand.objects.all(), label=_("Brand"))
    tracking = filters.MultipleChoiceFilter(choices=Tracking.choices, label=_("Tracking"))
    valuation = filters.ChoiceFilter(choices=Valuation.choices, label=_("Valuation"))
    has_expiry = filters.BooleanFilter(label=_("Expires"))
    has_picture = filters.BooleanFilter(method="with_picture", label=_("Has a picture"))
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Product
        fields = [
            "q",
            "code",
            "status",
            "category",
            "brand",
            "tracking",
            "valuation",
            "has_expiry",
            "has_picture",
            "is_active",
        ]

    def search(self, rows: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """By name, code, brand, SKU or barcode."""
        return rows.filter(pk__in=Product.objects.matching(value).values("pk"))

    def in_category(self, rows: QuerySet[Product], name: str, value: Category) -> QuerySet[Product]:
        """In this category or one inside it."""
        return rows.filter(category_id__in=ids_below(value.pk))

    def with_picture(self, rows: QuerySet[Product], name: str, value: bool) -> QuerySet[Product]:
        """With at least one picture, or with none."""
        has_one = Exists(ProductPicture.objects.filter(product=OuterRef("pk")))
        return rows.filter(has_one if value else ~has_one)


class SkuFilter(Narrowed):
    """SKUs. A code is found whatever its case."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    code = filters.CharFilter(method="by_code", label=_("SKU"), max_length=MOST)
    product = filters.ModelChoiceFilter(queryset=Product.objects.all(), label=_("Product"), widget=HiddenInput)
    category = filters.ModelChoiceFilter(queryset=Category.objects.all(), method="in_category", label=_("Category"))
    status = filters.MultipleChoiceFilter(choices=ProductStatus.choices, label=_("Status"))
    storage_class = filters.MultipleChoiceFilter(choices=StorageClass.choices, label=_("Storage"))
    has_barcode = filters.BooleanFilter(method="with_barcode", label=_("Has a barcode"))
    has_weight = filters.BooleanFilter(method="with_weight", label=_("Weight is known"))
    price = filters.RangeFilter(label=_("Price"))
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Sku
        fields = [
            "q",
            "code",
            "product",
            "category",
            "status",
            "storage_class",
            "has_barcode",
            "has_weight",
            "price",
            "is_active",
        ]

    def search(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        """By code, variant, product or barcode."""
        return rows.filter(pk__in=Sku.objects.matching(value).values("pk"))

    def by_code(self, rows: QuerySet[Sku], name: str, value: str) -> QuerySet[Sku]:
        """The very one."""
        return rows.filter(code_key=sku_key(value))

    def in_category(self, rows: QuerySet[Sku], name: str, value: Category) -> QuerySet[Sku]:
        """Of products in this category or one inside it."""
        return rows.filter(product__category_id__in=ids_below(value.pk))

    def with_barcode(self, rows: QuerySet[Sku], name: str, value: bool) -> QuerySet[Sku]:
        """With at least one barcode, or with none."""
        has_one = Exists(Barcode.objects.filter(sku=OuterRef("pk")))
        return rows.filter(has_one if value else ~has_one)

    def with_weight(self, rows: QuerySet[Sku], name: str, value: bool) -> QuerySet[Sku]:
        """Weighed, or not yet."""
        return rows.filter(weight_g__isnull=not value)


class PackFilter(Narrowed):
    """Packs."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    sku = filters.ModelChoiceFilter(queryset=Sku.objects.all(), label=_("SKU"), widget=HiddenInput)
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Pack
        fields = ["q", "sku", "is_active"]

    def search(self, rows: QuerySet[Pack], name: str, value: str) -> QuerySet[Pack]:
        """By a piece of the code, the name or the code of the SKU."""
        return rows.filter(Q(code__icontains=value) | Q(name__icontains=value) | Q(sku__code__icontains=value))


class BarcodeFilter(Narrowed):
    """Barcodes. A value is found as a scanner sends it: a GTIN of 12 or 13 digits is the same as that of 14."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    value = filters.CharFilter(method="by_value", label=_("Barcode"), max_length=MOST)
    sku = filters.ModelChoiceFilter(queryset=Sku.objects.all(), label=_("SKU"), widget=HiddenInput)
    symbology = filters.MultipleChoiceFilter(choices=Symbology.choices, label=_("Whose number"))
    is_of_pack = filters.BooleanFilter(field_name="pack", lookup_expr="isnull", exclude=True, label=_("On a pack"))

    class Meta:
        model = Barcode
        fields = ["q", "value", "sku", "symbology", "is_of_pack"]

    def search(self, rows: QuerySet[Barcode], name: str, value: str) -> QuerySet[Barcode]:
        """By a piece of the barcode or of the SKU's code."""
        text = value.strip()
        return rows.filter(Q(value__icontains=scan_value(text)) | Q(sku__code__icontains=text))

    def by_value(self, rows: QuerySet[Barcode], name: str, value: str) -> QuerySet[Barcode]:
        """The very one."""
        return rows.filter(value=scan_value(value.strip()))


class WarehouseFilter(Narrowed):
    """Warehouses."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    country = filters.CharFilter(method="in_country", label=_("Country"), max_length=2)
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Warehouse
        fields = ["q", "country", "is_active"]

    def search(self, rows: QuerySet[Warehouse], name: str, value: str) -> QuerySet[Warehouse]:
        """By a piece of the name or the code."""
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def in_country(self, rows: QuerySet[Warehouse], name: str, value: str) -> QuerySet[Warehouse]:
        """By the country of the address."""
        return rows.filter(address__country=value.upper())


class LocationFilter(Narrowed):
    """Places. `inside` means at any depth; `is_blocked` counts a place inside a blocked one."""

    q = filters.CharFilter(method="search", label=_("Search"), max_length=MOST)
    warehouse = ReachChoiceFilter(queryset=_reachable_warehouses, label=_("Warehouse"))
    kind = filters.MultipleChoiceFilter(choices=LocationKind.choices, label=_("Kind"))
    parent = ReachChoiceFilter(queryset=_reachable_locations, label=_("Directly in"), widget=HiddenInput)
    inside = ReachChoiceFilter(
        queryset=_reachable_locations, method="lies_inside", label=_("Inside of"), widget=HiddenInput
    )
    code = filters.CharFilter(lookup_expr="iexact", label=_("Code"), max_length=MOST)
    barcode = filters.CharFilter(lookup_expr="iexact", label=_("Barcode"), max_length=MOST)
    is_blocked = filters.BooleanFilter(method="blocked", label=_("Blocked"))
    storage_class = filters.MultipleChoiceFilter(choices=StorageClass.choices, label=_("For goods"))
    is_active = filters.BooleanFilter(label=_("Active"))

    class Meta:
        model = Location
        fields = [
            "q",
            "warehouse",
            "kind",
            "parent",
            "inside",
            "code",
            "barcode",
            "is_blocked",
            "storage_class",
            "is_active",
        ]

    def search(self, rows: QuerySet[Location], name: str, value: str) -> QuerySet[Location]:
        """By a piece of the code or the name, or the very barcode."""
        return rows.filter(pk__in=Location.objects.matching(value).values("pk"))

    def lies_inside(self, rows: QuerySet[Location], name: str, value: Location) -> QuerySet[Location]:
        """What lies in a place, at any depth."""
        return rows.filter(pk__in=Location.objects.below(value).values("pk"))

    def blocked(self, rows: QuerySet[Location], name: str, value: bool) -> QuerySet[Location]:
        """Blocked for picking or put-away, by itself or by a place it lies in."""
        shut = Q()
        for above in ("", "parent__", "parent__parent__"):
            shut |= Q(**{f"{above}is_pick_blocked": True}) | Q(**{f"{above}is_putaway_blocked": True})
        blocked = Location.objects.filter(shut).values("pk")
        return rows.filter(pk__in=blocked) if value else rows.exclude(pk__in=blocked)
