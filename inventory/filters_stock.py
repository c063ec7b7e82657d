"""What the lists of stock can be narrowed by."""

from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, ChoiceFilter, DateTimeFilter, FilterSet

from inventory.models import Reservation, StockAdjustment, StockLevel, StockMove
from inventory.states import AdjustmentReason, AdjustmentState


class LevelFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Levels by warehouse, SKU and whether they are low."""

    warehouse = CharFilter(
        label=_("Warehouse (code)"), field_name="warehouse__code", lookup_expr="iexact", max_length=10
    )
    sku = CharFilter(label=_("SKU"), field_name="sku__code", lookup_expr="iexact", max_length=64)
    is_low = BooleanFilter(label=_("Low"))

    class Meta:
        model = StockLevel
        fields = ["warehouse", "sku", "is_low"]


class MoveFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Moves by SKU, reason, document and time."""

    sku = CharFilter(label=_("SKU"), field_name="sku__code", lookup_expr="iexact", max_length=64)
    reason = CharFilter(label=_("Reason"), max_length=40)
    since = DateTimeFilter(label=_("Since"), field_name="posted_at", lookup_expr="gte")
    until = DateTimeFilter(label=_("Until"), field_name="posted_at", lookup_expr="lt")

    class Meta:
        model = StockMove
        fields = ["sku", "reason", "since", "until"]


class ReservationFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Reservations by SKU, warehouse and what they are for."""

    sku = CharFilter(label=_("SKU"), field_name="sku__code", lookup_expr="iexact", max_length=64)
    warehouse = CharFilter(
        label=_("Warehouse (code)"), field_name="warehouse__code", lookup_expr="iexact", max_length=10
    )
    demand = CharFilter(label=_("Demand (number)"), field_name="demand_id", max_length=60)

    class Meta:
        model = Reservation
        fields = ["sku", "warehouse", "demand"]


class AdjustmentFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Adjustments by state and reason."""

    state = ChoiceFilter(label=_("State"), choices=AdjustmentState.choices)
    reason = ChoiceFilter(label=_("Reason"), choices=AdjustmentReason.choices)

    class Meta:
        model = StockAdjustment
        fields = ["state", "reason"]
