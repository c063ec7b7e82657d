"""Writing the security log. Who may read it: people with the right to see the audit, and each person about itself."""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from backoffice.core.actors import Actor
from backoffice.core.models.people import ApiKey, User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.origin import current_origin

Kind = SecurityEvent.Kind


def record(
    kind: str,
    *,
    user: User | None = None,
    api_key: ApiKey | None = None,
    actor: Actor | None = None,
    subject: str = "",
    **facts: Any,
) -> SecurityEvent:
    """Add one line, with the origin of the request under way. `facts` are words and numbers, never a secret.

    Inside a service it belongs to the service's transaction: what was rolled back did not happen and is not told.
    """
    origin = current_origin()
    return SecurityEvent.objects.create(
        kind=kind,
        user=user,
        api_key=api_key,
        actor=actor.as_json() if actor else None,
        subject=subject,
        ip=origin.ip,
        user_agent=origin.user_agent,
        request_id=(actor.request_id if actor else "") or origin.request_id,
        facts=facts,
    )


def subject_of(typed: str) -> str:
    """What the log keeps of an address typed at the door: equal for equal addresses, and of no use to who steals it."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"subject:" + typed.strip().lower().encode()[:1000], hashlib.sha256).hexdigest()
