"""Signed links: a small payload that comes back unchanged, for one purpose, until it expires. Signed, not hidden."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from backoffice.core.crypto import KeyRing, current_ring, derived_key
from backoffice.core.errors import Invalid

_LONGEST: Final = 4096

Payload = Mapping[str, str | int | bool | None]


def sign(payload: Payload, *, purpose: str, expires_at: datetime, ring: KeyRing | None = None) -> str:
    """A token for a URL: `<key id>.<payload>.<HMAC-SHA256>`. It holds for the purpose only, until `expires_at` (aware)."""
    ring = ring or current_ring()
    body = json.dumps([dict(payload), int(expires_at.timestamp())], separators=(",", ":"), sort_keys=True)
    head = f"{ring.newest}.{_text(body.encode())}"
    return f"{head}.{_text(_seal(ring.keys[ring.newest], purpose, head))}"


def unsign(token: str, *, purpose: str, now: datetime, ring: KeyRing | None = None) -> dict[str, Any]:
    """The payload. Raises Invalid: bad_link (changed, cut off, other purpose, key retired), expired_link."""
    ring = ring or current_ring()
    head, _dot, seal = token.rpartition(".")
    key = ring.keys.get(head.partition(".")[0])
    # One answer for every defect: a forger learns nothing from the difference.
    if len(token) > _LONGEST or not token.isascii() or key is None:
        raise _bad_link()
    if not hmac.compare_digest(seal, _text(_seal(key, purpose, head))):
        raise _bad_link()
    payload, expires = json.loads(_bytes(head.partition(".")[2]))
    if now.timestamp() >= expires:
        raise Invalid("expired_link", _("This link has expired. Ask for a new one."))
    return dict(payload)


def _bad_link() -> Invalid:
    return Invalid("bad_link", _("This link is not valid. It may have been cut off when it was copied."))


def _seal(key: bytes, purpose: str, head: str) -> bytes:
    return hmac.digest(derived_key(key, f"signed links: {purpose}"), head.encode(), "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _bad_link() from None
