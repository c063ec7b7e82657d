"""How the outbox is doing."""

from backoffice.core.actors import Actor
from backoffice.core.models.outbox import OutboxDelivery


def quarantined(actor: Actor) -> int:
    """How many deliveries wait for a person."""
    return OutboxDelivery.objects.filter(state=OutboxDelivery.State.QUARANTINED).count()
