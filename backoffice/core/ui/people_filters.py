"""What the lists of people, keys and the security log can be narrowed by."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import BooleanFilter, ChoiceFilter, DateFromToRangeFilter, FilterSet, ModelChoiceFilter

from backoffice.core import clock
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.selectors.access import factors_of


class PeopleFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """People by role, by whether they can sign in, and by what protects their account."""

    is_active = BooleanFilter(label=_("Can sign in"))
    roles = ModelChoiceFilter(label=_("Role"), queryset=Role.objects.all(), method="with_role")
    second_factor = BooleanFilter(label=_("Second factor"), method="with_second_factor")
    never_in = BooleanFilter(label=_("Never signed in"), field_name="last_login", lookup_expr="isnull")

    class Meta:
        model = User
        fields = ["is_active", "roles", "second_factor", "never_in"]

    def with_role(self, rows: QuerySet[User], name: str, role: Role) -> QuerySet[User]:
        """Without a join, which would show somebody twice."""
        return rows.filter(pk__in=role.users.values("pk"))

    def with_second_factor(self, rows: QuerySet[User], name: str, wanted: bool) -> QuerySet[User]:
        has_one = Exists(factors_of(OuterRef("pk")))
        return rows.filter(has_one if wanted else ~has_one)


class KeyFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Keys by whether they open the door, and by who made them."""

    in_force = BooleanFilter(label=_("In force"), method="that_open")
    created_by = ModelChoiceFilter(label=_("Made by"), queryset=User.objects.all())

    class Meta:
        model = ApiKey
        fields = ["in_force", "created_by"]

    def that_open(self, rows: QuerySet[ApiKey], name: str, wanted: bool) -> QuerySet[ApiKey]:
        opening = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=clock.now()))
        return rows.filter(opening) if wanted else rows.exclude(opening)


class SecurityFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Lines by what happened, to whom and when."""

    kind = ChoiceFilter(label=_("What happened"), choices=SecurityEvent.Kind.choices)
    user = ModelChoiceFilter(label=_("Person"), queryset=User.objects.all())
    api_key = ModelChoiceFilter(label=_("API key"), queryset=ApiKey.objects.all())
    created_at = DateFromToRangeFilter(label=_("When"))

    class Meta:
        model = SecurityEvent
        fields = ["kind", "user", "api_key", "created_at"]
