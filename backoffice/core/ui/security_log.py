"""The security log: a list to search, and the part of it that stands on the page of a person or a key."""

from collections.abc import Mapping
from typing import Any, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.masters import Master
from backoffice.core.models.security import SecurityEvent
from backoffice.core.permissions import VIEW_AUDIT
from backoffice.core.selectors.security import TONES, detail_of, tone_of
from backoffice.core.selectors.sessions import device_of
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Panel, Section
from backoffice.core.ui.people_filters import SecurityFilter

RECENT = 15

SECURITY = Master(
    code="core.security_event",
    model=SecurityEvent,
    view=VIEW_AUDIT,
    edit=VIEW_AUDIT,
    editable=(),
    select=("user", "api_key"),
    describe_with="kind",
)
_WHO = Column("who", gettext_lazy("Done by"), value=lambda row: (row.actor or {}).get("name", ""))
_DETAIL = Column("detail", gettext_lazy("Details"), value=detail_of)
_DEVICE = Column("device", gettext_lazy("Browser"), value=lambda row: device_of(row.user_agent), is_wide_only=True)

SECURITY_PAGES = ModelPages(
    master=SECURITY,
    slug="security-log",
    area="settings",
    area_title=gettext_lazy("Settings"),
    icon="shield-check",
    lead=gettext_lazy("Who signed in or tried to, which keys were used from where, who gave which right to whom."),
    filterset=SecurityFilter,
    columns=(
        Column("created_at", gettext_lazy("When"), link=True),
        Column("kind", kind="state", tones=TONES),
        Column("user"),
        Column("api_key"),
        _DETAIL,
        _WHO,
        Column("ip", gettext_lazy("Address"), kind="code"),
        _DEVICE,
        Column("request_id", is_shown=False),
    ),
    default_sort="-created_at",
    detail=(
        Section(
            gettext_lazy("What happened"),
            (
                "created_at",
                Column("kind", kind="state", tones=TONES),
                "user",
                "api_key",
                _WHO,
                _DETAIL,
                Column("ip", gettext_lazy("Address"), kind="code"),
                Column("user_agent", gettext_lazy("Browser")),
                Column("request_id", gettext_lazy("Request")),
            ),
        ),
    ),
    can_create=False,
    can_change=False,
    can_switch=False,
    can_set=False,
    in_search=False,
    empty_title=gettext_lazy("Nothing was written down yet"),
)


def security_panel(whose: Literal["user", "api_key"]) -> Panel:
    """The newest lines about a person or a key, for those who may see the audit."""

    def context(row: Any, actor: Actor) -> Mapping[str, Any]:
        events = SecurityEvent.objects.filter(**{whose: row}).order_by("-pk")[: RECENT + 1]
        lines = [
            {
                "at": event.created_at,
                "title": event.get_kind_display(),
                "tone": tone_of(event),
                "detail": detail_of(event),
                "who": (event.actor or {}).get("name", ""),
                "ip": event.ip,
                "device": device_of(event.user_agent),
            }
            for event in events
        ]
        return {
            "title": _("Security log"),
            "lines": lines[:RECENT],
            "more_url": f"{reverse('core_security_event_list')}?{whose}={row.pk}" if len(lines) > RECENT else "",
        }

    return Panel("core/people/security_panel.html", context, right=VIEW_AUDIT)
