"""Warehouses and their places in JSON."""

from typing import Any

from rest_framework import serializers

from backoffice.core.api import fields
from backoffice.core.api.serializers import ChangingSerializer, StrictSerializer
from inventory.models.places import MOST_AMOUNT, MOST_COORDINATE
from inventory.services.places import MOST_AT_ONCE
from inventory.states import LocationKind, StorageClass
from inventory.strategies.bin_pattern import MOST_PATTERN


def capacity() -> fields.IntegerField:
    """How much a place holds; null is no limit."""
    return fields.IntegerField(minimum=1, maximum=MOST_AMOUNT, required=False, allow_null=True)


def coordinate() -> fields.IntegerField:
    """Millimetres from the corner of the building; null is unknown."""
    return fields.IntegerField(minimum=-MOST_COORDINATE, maximum=MOST_COORDINATE, required=False, allow_null=True)


def distance(default: int) -> fields.IntegerField:
    """Millimetres between neighbours."""
    return fields.IntegerField(minimum=1, maximum=MOST_COORDINATE, required=False, help_text=f"{default} if left out.")


class WarehouseSerializer(ChangingSerializer):
    """A building that stock lies in and parcels leave from."""

    fixed_fields = frozenset({"company"})

    company = fields.RelationField()
    code = fields.LineField(max_length=10)
    name = fields.LineField(max_length=100)
    address = fields.ObjectField(required=False)
    time_zone = fields.LineField(max_length=64)
    latitude = fields.DecimalField(max_digits=9, places=6, required=False, allow_null=True)
    longitude = fields.DecimalField(max_digits=9, places=6, required=False, allow_null=True)
    cutoff = fields.TimeField(required=False, allow_null=True)
    priority = fields.IntegerField(minimum=0, maximum=32767, required=False)


class LocationSerializer(ChangingSerializer):
    """A place. Where it stands and what it is called is changed by `move`, blocking by `block` and `free`."""

    fixed_fields = frozenset({"warehouse", "parent", "kind", "code"})

    warehouse = fields.RelationField(allow_null=True)
    warehouse_code = fields.LineField(source="warehouse.code", read_only=True, allow_null=True)
    parent = fields.RelationField(required=False, allow_null=True)  # type: ignore[assignment]  # a field, which DRF takes off the class
    kind = fields.ChoiceField(LocationKind)
    code = fields.LineField(max_length=40)
    name = fields.LineField(max_length=100, required=False, allow_blank=True)
    path = fields.LineField(read_only=True)
    barcode = fields.LineField(max_length=60, required=False, allow_blank=True)
    pick_sequence = fields.IntegerField(minimum=0, maximum=MOST_AMOUNT, required=False)
    x_mm = coordinate()
    y_mm = coordinate()
    z_mm = coordinate()
    is_pick_blocked = fields.BooleanField(read_only=True)
    is_putaway_blocked = fields.BooleanField(read_only=True)
    block_reason = fields.LineField(read_only=True, allow_blank=True)
    max_weight_g = capacity()
    max_units = capacity()
    max_volume_ml = capacity()
    storage_class = fields.ChoiceField(StorageClass, required=False, allow_blank=True)


class MoveSerializer(StrictSerializer):
    """Where a place goes, with all that lies in it."""

    parent = fields.KeyField(allow_null=True, help_text="Null: directly in its warehouse.")  # type: ignore[assignment]  # a field, which DRF takes off the class
    code = fields.LineField(max_length=40, required=False)


class BlockSerializer(StrictSerializer):
    """Which places are shut, for what, and why."""

    location_ids = serializers.ListField(child=fields.KeyField(), min_length=1, max_length=MOST_AT_ONCE)
    reason = fields.LineField(max_length=200)
    picking = fields.BooleanField(default=True)
    putaway = fields.BooleanField(default=True)


class FreeSerializer(StrictSerializer):
    """Which places are opened again."""

    location_ids = serializers.ListField(child=fields.KeyField(), min_length=1, max_length=MOST_AT_ONCE)
    reason = fields.LineField(max_length=200, required=False)


class BinLayoutSerializer(StrictSerializer):
    """How bins stand and what each of them holds."""

    aisle_mm = distance(3000)
    bay_mm = distance(1200)
    level_mm = distance(450)
    x_mm = coordinate()
    y_mm = fields.IntegerField(minimum=-MOST_COORDINATE, maximum=MOST_COORDINATE, required=False)
    max_weight_g = capacity()
    max_units = capacity()
    max_volume_ml = capacity()
    storage_class = fields.ChoiceField(StorageClass, required=False, allow_blank=True)


class MakeBinsSerializer(StrictSerializer):
    """A pattern of bins, such as `{zone:A-C}-{aisle:01-10}-{bay:01-05}-{level:1-4}`."""

    other_names = {"parent": ("parent_id",)}

    pattern = fields.LineField(max_length=MOST_PATTERN)
    parent = fields.KeyField(required=False, allow_null=True, help_text="The zone or aisle they hang in.")  # type: ignore[assignment]  # a field, which DRF takes off the class
    layout = BinLayoutSerializer(required=False)


class MadeBinsSerializer(serializers.Serializer[Any]):
    """What was made."""

    zones = serializers.IntegerField()
    aisles = serializers.IntegerField()
    bins = serializers.IntegerField()
    first = serializers.CharField()
    last = serializers.CharField()


class BinPlanSerializer(serializers.Serializer[Any]):
    """What a pattern would make."""

    count = serializers.IntegerField()
    first = serializers.ListField(child=serializers.CharField())
    last = serializers.CharField()
    new_zones = serializers.ListField(child=serializers.CharField())
    new_aisles = serializers.ListField(child=serializers.CharField())
    taken = serializers.ListField(
        child=serializers.CharField(), help_text="Codes that are there already: with one of them nothing is made."
    )


class ChangedSerializer(serializers.Serializer[Any]):
    """The rows that are different now."""

    changed = serializers.ListField(child=serializers.IntegerField())
