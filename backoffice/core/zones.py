"""Time zones by their IANA names."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backoffice.core.errors import Invalid
from backoffice.core.texts import quoted


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """All names that may be chosen: places such as Europe/Berlin, and UTC."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")) | {"UTC"}


def zone_of(name: str, *, field: str | None = None) -> ZoneInfo:
    """The zone of that name, spelled exactly. Raises Invalid: unknown_zone, also for offsets, paths and abbreviations."""
    # Asked for by name before the file is opened: the name may come from outside and must not become a path.
    if not isinstance(name, str) or name not in zone_names():
        message = format_lazy(_("There is no time zone {name}. Use a name such as Europe/Berlin."), name=quoted(name))
        raise Invalid("unknown_zone", message, field=field)
    return ZoneInfo(name)
