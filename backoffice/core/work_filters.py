"""What the lists of jobs, deliveries and messages can be narrowed by; the same for console and API."""

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateTimeFilter, FilterSet

from backoffice.core.models.imports import ImportSession
from backoffice.core.models.jobs import Job
from backoffice.core.models.messages import Message, MessageTemplate
from backoffice.core.models.outbox import OutboxDelivery


class JobFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Jobs by state, kind and time."""

    state = ChoiceFilter(label=_("State"), choices=Job.State.choices)
    kind = CharFilter(label=_("Kind"), max_length=100)
    since = DateTimeFilter(label=_("Started since"), field_name="created_at", lookup_expr="gte")

    class Meta:
        model = Job
        fields = ["state", "kind", "since"]


class ImportFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Imports by state, kind and time."""

    state = ChoiceFilter(label=_("State"), choices=ImportSession.State.choices)
    kind = CharFilter(label=_("Kind"), max_length=60)
    since = DateTimeFilter(label=_("Started since"), field_name="created_at", lookup_expr="gte")

    class Meta:
        model = ImportSession
        fields = ["state", "kind", "since"]


class DeliveryFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Deliveries by state, handler, event and key."""

    state = ChoiceFilter(label=_("State"), choices=OutboxDelivery.State.choices)
    handler = CharFilter(label=_("Handler"), max_length=150)
    event = CharFilter(label=_("Event"), field_name="event__name", max_length=100)
    key = CharFilter(label=_("Key"), max_length=200)

    class Meta:
        model = OutboxDelivery
        fields = ["state", "handler", "event", "key"]


class MessageFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Messages by state, kind, recipient and language."""

    state = ChoiceFilter(label=_("State"), choices=Message.State.choices)
    kind = CharFilter(label=_("Kind"), max_length=100)
    recipient = CharFilter(label=_("To"), lookup_expr="iexact", max_length=254)
    language = CharFilter(label=_("Language"), max_length=10)

    class Meta:
        model = Message
        fields = ["state", "kind", "recipient", "language"]


class TemplateFilter(FilterSet):  # type: ignore[misc]  # django-filter carries no types
    """Templates by kind and language."""

    kind = CharFilter(label=_("Kind"), max_length=100)
    language = CharFilter(label=_("Language"), max_length=10)

    class Meta:
        model = MessageTemplate
        fields = ["kind", "language"]
