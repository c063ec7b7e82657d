"""The legal entities that documents belong to, to be read."""

from typing import Any

from django.db.models import QuerySet

from backoffice.core.api import fields
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.serializers import StrictSerializer
from backoffice.core.api.viewsets import ListViewSet
from backoffice.core.declared import COMPANIES
from backoffice.core.filters import CompanyFilter
from backoffice.core.models.companies import Company
from backoffice.core.services.masters import in_reach


class CompanySerializer(StrictSerializer):
    """A legal entity."""

    id = fields.IntegerField(read_only=True)
    code = fields.LineField(read_only=True, max_length=10)
    name = fields.LineField(read_only=True, max_length=150)
    legal_name = fields.LineField(read_only=True, max_length=200, allow_blank=True)
    tax_number = fields.LineField(read_only=True, max_length=40, allow_blank=True)
    base_currency = fields.LineField(read_only=True, max_length=3)
    country = fields.LineField(read_only=True, max_length=2)
    time_zone = fields.LineField(read_only=True, max_length=64)
    is_active = fields.BooleanField(read_only=True)
    version = fields.IntegerField(read_only=True)
    created_at = fields.MomentField(read_only=True)
    updated_at = fields.MomentField(read_only=True)


class CompanyViewSet(ListViewSet):
    """Companies. Everybody who works with documents needs their codes and currencies."""

    rights = {"list": ANYBODY, "retrieve": ANYBODY}
    serializer_class = CompanySerializer
    queryset = Company.objects.none()
    filterset_class = CompanyFilter
    orderings = {"id": "id", "code": "code", "updated_at": "updated_at"}
    ordering = "code"

    def rows(self) -> QuerySet[Any, Any]:
        return in_reach(COMPANIES, self.actor)
