"""Who the credentials stand for: the first call of every program that connects."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from backoffice.core.api.doors import Door
from backoffice.core.api.permissions import ANYBODY


class WhoAmISerializer(serializers.Serializer[Any]):
    """The caller, as this API knows it."""

    kind = serializers.ChoiceField(choices=["user", "key"])
    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    permissions = serializers.ListField(child=serializers.CharField(), help_text="`*` is every right.")
    limits = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="What the caller is limited to, by kind. A kind that is not named is not limited.",
    )


class WhoAmI(Door):
    """The caller's own name, rights and limits."""

    rights = {"get": ANYBODY}

    @extend_schema(responses=WhoAmISerializer, operation_id="whoami")
    def get(self, request: Any) -> Response:
        """Who these credentials stand for, and what they may do."""
        actor = self.actor
        return Response(
            {
                "kind": actor.kind,
                "id": actor.id,
                "name": actor.name,
                "permissions": sorted(actor.permissions),
                "limits": {kind: sorted(ids) for kind, ids in actor.limits.items()},
            }
        )
