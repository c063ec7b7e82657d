"""Secrets at rest: a ring of keys, the newest of which writes while all of them read.

`SECRET_KEY_RING` is written as `id:base64key`, newest first, each key 32 random bytes (`new_key` makes one). A stored
secret names its key and is bound to its context (which row and column it belongs to), so that it cannot be moved to
another row and read there. To rotate: put a new key first, re-encrypt with `rotate`, then drop the old key.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import DomainError, Invalid
from backoffice.core.texts import quoted

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_MARK: Final = "enc1"
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")


class Unreadable(DomainError):
    """A stored secret cannot be opened: its key is missing from the ring, or it was changed or belongs elsewhere."""

    status = 500


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id, newest first. Its repr never shows a key."""

    keys: Mapping[str, bytes]

    @property
    def newest(self) -> str:
        """The id of the key that writes."""
        return next(iter(self.keys))

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.keys)})"


def new_key(key_id: str) -> str:
    """A fresh entry for SECRET_KEY_RING."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def ring_of(entries: Iterable[tuple[str, bytes]]) -> KeyRing:
    """The ring of pairs of id and key, newest first. Raises ImproperlyConfigured for the operator; it shows no key."""
    keys: dict[str, bytes] = {}
    for key_id, key in entries:
        if not _KEY_ID.match(key_id):
            raise ImproperlyConfigured(
                f"SECRET_KEY_RING: the id {key_id!r} needs small letters, digits and hyphens only."
            )
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured(
                f"SECRET_KEY_RING: the key {key_id} has {len(key)} bytes instead of {KEY_BYTES}."
            )
        if key_id in keys or key in keys.values():
            raise ImproperlyConfigured(f"SECRET_KEY_RING: the key {key_id} stands there twice.")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("SECRET_KEY_RING is empty: secrets could not be stored.")
    return KeyRing(keys)


@lru_cache(maxsize=8)
def _remembered(entries: tuple[tuple[str, bytes], ...]) -> KeyRing:
    return ring_of(entries)


def current_ring() -> KeyRing:
    """The ring of the settings, read anew when they change."""
    return _remembered(tuple((key_id, key) for key_id, key in settings.SECRET_KEY_RING))


@lru_cache(maxsize=64)
def derived_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for each use, so that what one use reveals helps nobody with another."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"backoffice:" + purpose.encode()).derive(key)


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derived_key(key, "secrets at rest"))


def encrypt(text: str, context: str, *, ring: KeyRing | None = None) -> str:
    """A token for the database: `enc1.<key id>.<text>` by AES-256-GCM with a random nonce.

    `context` says where the secret belongs (`connection:17:api_key`) and must be given again to read it.
    """
    ring = ring or current_ring()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(ring.keys[ring.newest]).encrypt(nonce, text.encode(), _bound(ring.newest, context))
    return f"{_MARK}.{ring.newest}.{base64.urlsafe_b64encode(nonce + sealed).decode().rstrip('=')}"


def decrypt(token: str, context: str, *, ring: KeyRing | None = None) -> str:
    """The secret. Raises Unreadable: not_a_secret, unknown_key (names the key id), wrong_key_or_context."""
    ring = ring or current_ring()
    key_id, sealed = _opened(token)
    if key_id not in ring.keys:
        message = format_lazy(
            _("This secret was written with the key {key_id}, which is not in SECRET_KEY_RING."), key_id=key_id
        )
        hint = _("Put the key back into the ring, or enter the secret again.")
        raise Unreadable("unknown_key", message, hint=hint, key_id=key_id)
    try:
        return (
            _cipher(ring.keys[key_id])
            .decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(key_id, context))
            .decode()
        )
    except InvalidTag:
        message = format_lazy(
            _(
                "This secret cannot be opened with the key {key_id}: the key has other bytes, or the secret was changed or moved."
            ),
            key_id=key_id,
        )
        raise Unreadable("wrong_key_or_context", message, key_id=key_id) from None


def rotate(token: str, context: str, *, ring: KeyRing | None = None) -> str:
    """The same secret under the newest key; the token itself when it already is. Raises Unreadable as decrypt does."""
    ring = ring or current_ring()
    if key_id_of(token) == ring.newest:
        return token
    return encrypt(decrypt(token, context, ring=ring), context, ring=ring)


def key_id_of(token: str) -> str:
    """The id of the key that a token was written with. Raises Unreadable: not_a_secret."""
    return _opened(token)[0]


def _bound(key_id: str, context: str) -> bytes:
    return f"{_MARK}:{key_id}:{context}".encode()


def _opened(token: str) -> tuple[str, bytes]:
    parts = token.split(".")
    if len(parts) == 3 and parts[0] == _MARK and _KEY_ID.match(parts[1]) and parts[2].isascii():
        try:
            sealed = base64.b64decode(parts[2] + "=" * (-len(parts[2]) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            sealed = b""
        if len(sealed) >= _NONCE_BYTES + 16:
            return parts[1], sealed
    raise Unreadable("not_a_secret", _("This is not a stored secret, or only a part of one."))


def mask(secret: str) -> str:
    """What may be shown of a secret: its last four characters, and none of a short one."""
    return "••••" + (secret[-4:] if len(secret) >= 12 else "")


def new_token(bits: int = 160) -> str:
    """A random token fit for a URL. Never fewer than 128 bits."""
    if bits < 128:
        raise Invalid("weak_token", format_lazy(_("A token needs 128 bits, not {bits}."), bits=quoted(bits)))
    return secrets.token_urlsafe(-(-bits // 8))


def token_hash(token: str) -> str:
    """What the database keeps of a random token. Plain SHA-256: there is nothing to guess in 128 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
