"""Brands, categories, products, SKUs, packs and barcodes in JSON."""

from backoffice.core.api import fields
from backoffice.core.api.serializers import ChangingSerializer, MasterSerializer, StrictSerializer
from backoffice.core.numbers import MOST_QUANTITY
from inventory.models.barcodes import MOST_UNITS
from inventory.models.rules import MOST_GRAMS, MOST_MILLIMETRES
from inventory.states import ProductStatus, StorageClass, Symbology, Tracking, Valuation


def grams() -> fields.IntegerField:
    """A weight; null is unknown."""
    return fields.IntegerField(minimum=1, maximum=MOST_GRAMS, required=False, allow_null=True)


def millimetres() -> fields.IntegerField:
    """A side; null is unknown."""
    return fields.IntegerField(minimum=1, maximum=MOST_MILLIMETRES, required=False, allow_null=True)


class BrandSerializer(ChangingSerializer):
    """Whose name stands on a product."""

    code = fields.LineField(max_length=30)
    name = fields.LineField(max_length=100)


class CategorySerializer(ChangingSerializer):
    """A shelf of the catalog."""

    code = fields.LineField(max_length=30)
    name = fields.LineField(max_length=100)
    parent = fields.RelationField(required=False, allow_null=True, help_text="The category it lies in.")  # type: ignore[assignment]  # a field, which DRF takes off the class


class ProductSerializer(ChangingSerializer):
    """What a shop page shows; what is stocked and counted is its SKUs."""

    fixed_fields = frozenset({"company"})

    company = fields.RelationField()
    code = fields.LineField(max_length=64)
    name = fields.LineField(max_length=200)
    description = fields.TextField(required=False, allow_blank=True)
    brand = fields.RelationField(required=False, allow_null=True)
    brand_name = fields.LineField(source="brand.name", read_only=True, allow_null=True)
    category = fields.RelationField(required=False, allow_null=True)
    category_name = fields.LineField(source="category.name", read_only=True, allow_null=True)
    status = fields.ChoiceField(ProductStatus, required=False)
    tracking = fields.ChoiceField(Tracking, required=False)
    has_expiry = fields.BooleanField(required=False)
    valuation = fields.ChoiceField(Valuation, required=False)
    hs_code = fields.LineField(max_length=10, required=False, allow_blank=True)
    origin_country = fields.LineField(max_length=2, required=False, allow_blank=True)
    attributes = fields.ObjectField(required=False)


class SkuSerializer(ChangingSerializer):
    """The smallest thing that is stocked and counted separately."""

    fixed_fields = frozenset({"product", "base_unit"})
    other_names = {"code": ("code_key",)}

    product = fields.RelationField()
    product_name = fields.LineField(source="product.name", read_only=True)
    code = fields.LineField(max_length=64)
    name = fields.LineField(max_length=150, required=False, allow_blank=True)
    attributes = fields.ObjectField(required=False)
    status = fields.ChoiceField(ProductStatus, required=False)
    base_unit = fields.LineField(max_length=20, required=False)
    price = fields.MoneyField(amount="price", required=False, allow_null=True)
    weight_g = grams()
    length_mm = millimetres()
    width_mm = millimetres()
    height_mm = millimetres()
    reorder_point = fields.IntegerField(minimum=0, maximum=MOST_QUANTITY, required=False, allow_null=True)
    storage_class = fields.ChoiceField(StorageClass, required=False)


class PackSerializer(ChangingSerializer):
    """A fixed number of base units packed together. What it holds never changes."""

    fixed_fields = frozenset({"sku", "code", "units"})

    sku = fields.RelationField()
    sku_code = fields.LineField(source="sku.code", read_only=True)
    code = fields.LineField(max_length=20)
    name = fields.LineField(max_length=60)
    units = fields.IntegerField(minimum=2, maximum=MOST_UNITS, help_text="So many base units.")
    weight_g = grams()
    length_mm = millimetres()
    width_mm = millimetres()
    height_mm = millimetres()


class BarcodeSerializer(MasterSerializer):
    """What a scanner may read and that means this SKU, or this pack of it. It never changes: remove it and add another."""

    other_names = {"value": ("text",)}

    sku = fields.RelationField()
    sku_code = fields.LineField(source="sku.code", read_only=True)
    pack = fields.RelationField(required=False, allow_null=True)
    value = fields.LineField(max_length=64, help_text="As printed. A GTIN comes back with zeros up to 14 digits.")
    printed = fields.LineField(read_only=True)
    symbology = fields.ChoiceField(Symbology, required=False)
    is_primary = fields.BooleanField(required=False)
    created_at = fields.MomentField(read_only=True)


class PackDraftSerializer(StrictSerializer):
    """A pack of a new SKU."""

    code = fields.LineField(max_length=20)
    name = fields.LineField(max_length=60)
    units = fields.IntegerField(minimum=2, maximum=MOST_UNITS)
    weight_g = grams()
    length_mm = millimetres()
    width_mm = millimetres()
    height_mm = millimetres()


class BarcodeDraftSerializer(StrictSerializer):
    """A barcode of a new SKU, or of its pack with the code `pack`."""

    value = fields.LineField(max_length=64)
    symbology = fields.ChoiceField(Symbology, required=False)
    pack = fields.LineField(max_length=20, required=False)
    is_primary = fields.BooleanField(required=False)


class SkuDraftSerializer(StrictSerializer):
    """A SKU of a new product."""

    other_names = {"code": ("code_key",)}

    code = fields.LineField(max_length=64)
    name = fields.LineField(max_length=150, required=False, allow_blank=True)
    attributes = fields.ObjectField(required=False)
    status = fields.ChoiceField(ProductStatus, required=False)
    base_unit = fields.LineField(max_length=20, required=False)
    price = fields.MoneyField(amount="price", required=False, allow_null=True)
    weight_g = grams()
    length_mm = millimetres()
    width_mm = millimetres()
    height_mm = millimetres()
    reorder_point = fields.IntegerField(minimum=0, maximum=MOST_QUANTITY, required=False, allow_null=True)
    storage_class = fields.ChoiceField(StorageClass, required=False)
    packs = PackDraftSerializer(many=True, required=False)
    barcodes = BarcodeDraftSerializer(many=True, required=False)


class WholeProductSerializer(ProductSerializer):
    """A product with all that belongs to it, made in one piece or not at all."""

    skus = SkuDraftSerializer(many=True, write_only=True, required=False)


class ReasonSerializer(StrictSerializer):
    """Why something is done."""

    reason = fields.LineField(max_length=500)
