"""The legal entities that documents belong to."""

from typing import Any

from django.db.models import QuerySet

from backoffice.core.api import fields
from backoffice.core.api.permissions import ANYBODY
from backoffice.core.api.serializers import ChangingSerializer
from backoffice.core.api.viewsets import MasterViewSet
from backoffice.core.declared import COMPANIES
from backoffice.core.filters import CompanyFilter
from backoffice.core.services.masters import in_reach


class CompanySerializer(ChangingSerializer):
    """A legal entity: its money, its zone, its name on documents."""

    fixed_fields = frozenset({"code", "base_currency"})

    code = fields.LineField(max_length=10)
    name = fields.LineField(max_length=150)
    legal_name = fields.LineField(max_length=200, required=False, allow_blank=True)
    tax_number = fields.LineField(max_length=40, required=False, allow_blank=True)
    base_currency = fields.LineField(max_length=3)
    country = fields.LineField(max_length=2)
    time_zone = fields.LineField(max_length=64, required=False)
    language = fields.LineField(max_length=10, required=False)
    address = fields.ObjectField(required=False)
    email = fields.LineField(max_length=254, required=False, allow_blank=True)
    phone = fields.LineField(max_length=40, required=False, allow_blank=True)


class CompanyViewSet(MasterViewSet):
    """Companies. Everybody who works with documents may read their codes and currencies."""

    master = COMPANIES
    rights = {"list": ANYBODY, "retrieve": ANYBODY}
    serializer_class = CompanySerializer
    filterset_class = CompanyFilter
    orderings = {"id": "id", "code": "code", "name": "name", "updated_at": "updated_at"}
    ordering = "code"

    def rows(self) -> QuerySet[Any, Any]:
        return in_reach(COMPANIES, self.actor)
