"""What lists of core's own master data can be narrowed by."""

from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, CharFilter, FilterSet

from backoffice.core.models.companies import Company


class CompanyFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Companies by country, currency and whether they are used."""

    is_active = BooleanFilter(label=_("Active"))
    country = CharFilter(label=_("Country (two letters)"), lookup_expr="iexact", max_length=2)
    base_currency = CharFilter(label=_("Currency"), lookup_expr="iexact", max_length=3)

    class Meta:
        model = Company
        fields = ["is_active", "country", "base_currency"]
