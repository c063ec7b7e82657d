"""The parts of a person's page that are no plain facts: roles and limits as boxes, rights, sessions."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.models.people import User
from backoffice.core.selectors.access import areas_of, narrowed, rights_of, within_reach
from backoffice.core.selectors.people import limits_of
from backoffice.core.selectors.sessions import sessions_of
from backoffice.core.services.escalation import why_not_rights
from backoffice.core.ui.forms.people import LimitsForm, RolesForm
from backoffice.core.ui.pages.edits import new_command


def roles_panel(row: User, actor: Actor) -> Mapping[str, Any]:
    """The roles as boxes; all of them shown and none to be changed where the actor may not."""
    reason = why_not_rights(actor, row)
    return {
        "title": _("Roles"),
        "form": RolesForm(row=row, actor=actor, reason=reason),
        "act_url": reverse("core_user_act", args=[row.pk, "roles"]),
        "verb": _("Save the roles"),
        "reason": reason,
        "command": new_command(),
    }


def limits_panel(row: User, actor: Actor) -> Mapping[str, Any]:
    """What the person is narrowed to, as boxes; as words where the actor may not change it."""
    reason = why_not_rights(actor, row)
    form = LimitsForm(row=row, actor=actor, reason=reason)
    return {
        "title": _("Limits"),
        "form": form if form.fields else None,
        "narrowed": narrowed(within_reach(limits_of(row), actor)),
        "act_url": reverse("core_user_act", args=[row.pk, "limits"]),
        "verb": _("Save the limits"),
        "reason": reason,
        "command": new_command(),
    }


def rights_panel(row: User, actor: Actor) -> Mapping[str, Any]:
    """Every right with the roles it comes from."""
    held = rights_of(row)
    return {
        "title": _("What %(name)s may do") % {"name": row.get_short_name()},
        "areas": areas_of(held),
        "count": len(held),
        "who_url": reverse("core_who_may"),
    }


def sessions_panel(row: User, actor: Actor) -> Mapping[str, Any]:
    """Where the person is signed in."""
    return {"title": _("Signed in"), "sessions": sessions_of(row)}
