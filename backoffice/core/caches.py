"""The cache holds nothing that anybody depends on: counters of floods, codes used a moment ago. Its loss is not noticed."""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
Value = TypeVar("Value")


class ForgivingRedisCache(RedisCache):
    """Redis or Valkey; while it is away everything is a miss, writes go nowhere, and nobody gets an error for it.

    What must hold while it is away (locks after failed sign-ins, sessions, commands done once) is kept in the database.
    """

    def _forgiving(self, act: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return act()
        except (RedisError, OSError) as error:
            log.warning("cache_is_away", error=str(error))
            return otherwise

    def add(self, *args: Any, **options: Any) -> bool:
        """True while the cache is away: whoever asks “am I the first?” is told so."""
        return self._forgiving(lambda: super(ForgivingRedisCache, self).add(*args, **options), True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **options: Any) -> None:
        self._forgiving(lambda: super(ForgivingRedisCache, self).set(*args, **options), None)

    def touch(self, *args: Any, **options: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).touch(*args, **options), False)

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).delete(*args, **options), False)

    def get_many(self, *args: Any, **options: Any) -> dict[Any, Any]:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).get_many(*args, **options), {})

    def set_many(self, data: dict[Any, Any], *args: Any, **options: Any) -> list[Any]:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).set_many(data, *args, **options), list(data))

    def delete_many(self, *args: Any, **options: Any) -> None:
        self._forgiving(lambda: super(ForgivingRedisCache, self).delete_many(*args, **options), None)

    def has_key(self, *args: Any, **options: Any) -> bool:
        return self._forgiving(lambda: super(ForgivingRedisCache, self).has_key(*args, **options), False)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The count from one while the cache is away."""
        return self._forgiving(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), delta)
