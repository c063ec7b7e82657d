"""A new key in front of the ring: after the rotation the old key can go, and nothing is lost."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from backoffice.core import crypto
from backoffice.core.actors import Actor
from backoffice.core.crypto import Unreadable
from backoffice.core.models.messages import Message
from backoffice.core.models.people import User
from backoffice.core.services.messages import SEAL
from backoffice.core.services.secrets import SECOND_FACTOR, rotate_secrets

pytestmark = pytest.mark.django_db
OLD, NEW = ("old", b"o" * 32), ("new", b"n" * 32)


@pytest.fixture
def secrets(settings: Any, actor: Actor) -> tuple[Authenticator, Message]:
    settings.SECRET_KEY_RING = [OLD]
    user = User.objects.create_user("ada@example.org", "a long enough password", name="Ada")
    factor = Authenticator.objects.create(
        user=user, type="totp", data={"secret": crypto.encrypt("JBSWY3DP", SECOND_FACTOR), "plain": "kept"}
    )
    message = Message.objects.create(
        kind="x", recipient="ada@example.org", language="en", subject="s", body="b", next_at="2026-01-01T00:00Z",
        actor=actor.as_json(), sealed=crypto.encrypt("the link", SEAL),
    )  # fmt: skip
    return factor, message


def test_after_the_rotation_the_old_key_can_be_dropped(settings: Any, secrets: tuple[Authenticator, Message]) -> None:
    factor, message = secrets
    settings.SECRET_KEY_RING = [NEW, OLD]
    assert list(rotate_secrets()) == [("second factors", 1, 1), ("sealed messages", 1, 1)]
    assert list(rotate_secrets()) == [("second factors", 1, 0), ("sealed messages", 1, 0)]
    settings.SECRET_KEY_RING = [NEW]
    factor.refresh_from_db()
    message.refresh_from_db()
    assert crypto.decrypt(factor.data["secret"], SECOND_FACTOR) == "JBSWY3DP"
    assert factor.data["plain"] == "kept"
    assert crypto.decrypt(message.sealed, SEAL) == "the link"


def test_a_key_that_was_dropped_too_early_is_told_and_nothing_is_lost(
    settings: Any, secrets: tuple[Authenticator, Message]
) -> None:
    factor, _message = secrets
    before = dict(factor.data)
    settings.SECRET_KEY_RING = [NEW]
    with pytest.raises(Unreadable):
        list(rotate_secrets())
    factor.refresh_from_db()
    assert factor.data == before
