"""Reading the environment, loudly: a wrong value stops the start with a sentence that says what to set."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file that NAME_FILE names; an error when neither is set."""
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and file is not None:
        raise ImproperlyConfigured(f"Both {name} and {name}_FILE are set. Keep one of them.")
    if file is not None:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
    if value is None or value == "":
        if default is None:
            raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE to a file that holds it.")
        return default
    return value


def boolean(name: str, default: bool) -> bool:
    """yes/no, true/false, on/off or 1/0."""
    value = text(name, "yes" if default else "no").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write yes or no.")


def integer(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number inside its bounds."""
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number.") from None
    if number < least or (most is not None and number > most):
        bound = f"at least {least}" if most is None else f"between {least} and {most}"
        raise ImproperlyConfigured(f"{name} is {number}. Write a number {bound}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write one of: {', '.join(allowed)}.")
    return value


def database(name: str = "DATABASE_URL", default: str | None = None) -> dict[str, Any]:
    """Django's database dictionary from a postgres:// address."""
    url = text(name, default)
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must begin with postgres://, because only PostgreSQL keeps our promises.")
    parsed: Mapping[str, Any] = environ.Env.db_url_config(url)
    if not parsed.get("NAME"):
        raise ImproperlyConfigured(f"{name} names no database. Write postgres://user:password@host:5432/name.")
    return dict(parsed)


def key_ring(name: str, default: str | None = None) -> list[tuple[str, bytes]]:
    """`id:base64key` pairs with commas between them; the first one writes, every one reads. Keys have 32 bytes."""
    ring: list[tuple[str, bytes]] = []
    for part in [p.strip() for p in text(name, default).split(",") if p.strip()]:
        identity, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise ImproperlyConfigured(f"{name}: the key {identity!r} is not base64.") from None
        if not identity or len(key) != 32:
            raise ImproperlyConfigured(f"{name}: write id:base64 of 32 bytes, newest first, with commas between.")
        ring.append((identity, key))
    if not ring:
        raise ImproperlyConfigured(f"{name} holds no key.")
    if len({identity for identity, _ in ring}) != len(ring):
        raise ImproperlyConfigured(f"{name} names one key id twice.")
    return ring


class Redis:
    """One address of the broker, written as Celery and as Django's cache want it."""

    def __init__(self, url: str) -> None:
        schemes = ("redis://", "rediss://", "redis+socket://", "unix://")
        if not url.startswith(schemes):
            raise ImproperlyConfigured(f"REDIS_URL must begin with one of {', '.join(schemes)}.")
        self.url = url
        self.is_socket = url.startswith(("redis+socket://", "unix://"))

    def _path(self) -> str:
        return self.url.split("://", 1)[1].split("?", 1)[0]

    def celery(self, number: int = 0) -> str:
        """Broker address: database 0."""
        if self.is_socket:
            return f"redis+socket://{self._path()}?virtual_host={number}"
        return f"{self.url.rstrip('/')}/{number}"

    def cache(self, number: int = 1) -> str:
        """Cache address: database 1, so that clearing the cache never touches the broker."""
        if self.is_socket:
            return f"unix://{self._path()}?db={number}"
        return f"{self.url.rstrip('/')}/{number}"
