"""`with acting(actor):` is how a service begins: one transaction, and every row it changes knows who did it and why."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import transaction

from backoffice.core import actors
from backoffice.core.actors import Actor
from backoffice.core.origin import current_origin


@contextmanager
def acting(actor: Actor, reason: str = "") -> Iterator[None]:
    """Everything inside happens together or not at all, in the name of `actor`.

    Nested blocks join the outer transaction and add to its context. `reason` is what a person gave as their reason; it is
    kept beside the before and after of each row.
    """
    facts = {"actor": actor.as_json(), "request": actor.request_id}
    if reason:
        facts["reason"] = reason
    if (address := current_origin().ip) is not None:
        facts["from"] = address
    token = actors._current.set(actor)
    try:
        with transaction.atomic(), pghistory.context(**facts):
            yield
    finally:
        actors._current.reset(token)
