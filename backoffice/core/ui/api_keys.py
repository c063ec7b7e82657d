"""The keys of programs: list and page. They are made on a page of their own (views/api_keys.py)."""

from collections.abc import Mapping
from typing import Any

from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.masters import Master
from backoffice.core.models.people import ApiKey
from backoffice.core.permissions import MANAGE_KEYS, all_permissions
from backoffice.core.selectors.access import Held, areas_of, narrowed, within_reach
from backoffice.core.selectors.people import limits_of
from backoffice.core.services import api_keys
from backoffice.core.services.api_keys import is_in_force
from backoffice.core.ui.forms.people import ReasonForm
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Panel, RowAction, Section
from backoffice.core.ui.people_filters import KeyFilter
from backoffice.core.ui.security_log import security_panel
from backoffice.core.ui.views.api_keys import MakeKeyView

KEYS = Master(
    code="core.api_key",
    model=ApiKey,
    view=MANAGE_KEYS,
    edit=MANAGE_KEYS,
    editable=(),
    select=("created_by",),
    url=lambda identity: reverse("core_api_key_detail", args=[identity]),
)


def state_of(row: ApiKey) -> str:
    """in_force, revoked or expired."""
    if row.revoked_at is not None:
        return "revoked"
    return "in_force" if is_in_force(row) else "expired"


def _revoke(row: ApiKey, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    api_keys.revoke_key(key_id=row.pk, actor=actor, reason=data["reason"])


def rights_panel(row: ApiKey, actor: Actor) -> Mapping[str, Any]:
    """What the program may do, and what it is narrowed to."""
    held = [Held(permission, ()) for permission in all_permissions() if permission.code in row.permissions]
    return {
        "title": _("What it may do"),
        "areas": areas_of(held),
        "count": len(held),
        "narrowed": narrowed(within_reach(limits_of(row), actor)),
        "who_url": reverse("core_who_may"),
    }


_STATE = Column(
    "state",
    gettext_lazy("State"),
    kind="state",
    value=state_of,
    labels={
        "in_force": gettext_lazy("in force"),
        "revoked": gettext_lazy("revoked"),
        "expired": gettext_lazy("expired"),
    },
    tones={"in_force": "success", "revoked": "neutral", "expired": "warning"},
)
_BEGINS = Column("prefix", gettext_lazy("Begins with"), value=lambda row: f"bo_{row.prefix}_…", kind="code", sort="")

KEY_PAGES = ModelPages(
    master=KEYS,
    slug="api-keys",
    area="settings",
    area_title=gettext_lazy("Settings"),
    icon="key",
    lead=gettext_lazy("With a key a program uses the API. Each has rights, limits and an end of its own."),
    filterset=KeyFilter,
    columns=(
        Column("name", link=True),
        _BEGINS,
        Column("created_by"),
        Column("last_used_at"),
        Column("last_used_from", kind="code", is_wide_only=True),
        Column("expires_at"),
        Column("created_at", is_shown=False),
        _STATE,
    ),
    default_sort="name",
    search=("name", "prefix"),
    search_words=gettext_lazy("Name or beginning of the key"),
    detail=(
        Section(
            gettext_lazy("Key"),
            (
                _BEGINS,
                _STATE,
                "created_by",
                "created_at",
                "expires_at",
                "revoked_at",
                "last_used_at",
                Column("last_used_from", kind="code"),
            ),
        ),
        Panel("core/people/rights_panel.html", rights_panel),
        security_panel("api_key"),
    ),
    row_actions=(
        RowAction(
            code="revoke",
            title=gettext_lazy("Revoke"),
            icon="no-symbol",
            right=MANAGE_KEYS,
            run=_revoke,
            done=gettext_lazy("The key is revoked. Programs that still use it are refused from now on."),
            form=ReasonForm,
            fits=lambda row: row.revoked_at is None,
            is_dangerous=True,
        ),
    ),
    can_change=False,
    can_switch=False,
    can_set=False,
    extra_urls=(path("api-keys/add/", MakeKeyView.as_view(), name="core_api_key_add"),),
    empty_title=gettext_lazy("No program has a key yet"),
    empty_text=gettext_lazy("Make one for each program, with no more rights than it needs."),
)
