"""The roles: what is in each, and who has it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.masters import Master
from backoffice.core.models.people import Role, User
from backoffice.core.permissions import ADMINISTRATOR, MANAGE_PEOPLE, VIEW_PEOPLE
from backoffice.core.services import roles
from backoffice.core.services.escalation import lacking
from backoffice.core.ui.forms.people import RightsForm, sentences_of
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.edits import new_command
from backoffice.core.ui.pages.parts import Group, Input, Panel, Related, RowAction, Rows, Section

ROLES = Master(
    code="core.role",
    model=Role,
    view=VIEW_PEOPLE,
    edit=MANAGE_PEOPLE,
    editable=("name", "description", "needs_second_factor"),
    fixed=("code",),
    url=lambda identity: reverse("core_role_detail", args=[identity]),
)


def with_counts(rows: Rows) -> Rows:
    """How many people have each role."""
    counted: Rows = rows.annotate(people=Count("users", filter=Q(users__is_active=True)))
    return counted


def create(*, master: Master, values: Mapping[str, Any], actor: Actor, reason: str = "") -> Role:
    """An empty role; its rights are ticked on its page."""
    return roles.make_role(**values, permissions=(), actor=actor, reason=reason)


def change(
    *, master: Master, row_id: int, values: Mapping[str, Any], version: int | None, actor: Actor, reason: str = ""
) -> Role:
    """What it is called and whether it needs a second factor; its rights stay as they are."""
    row = Role.objects.get(pk=row_id)
    return roles.change_role(role_id=row_id, **_as_it_is(row) | dict(values), version=_seen(version, row), actor=actor)


def _as_it_is(row: Role) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "permissions": row.permissions,
        "needs_second_factor": row.needs_second_factor,
        "is_active": row.is_active,
    }


def _seen(version: int | None, row: Role) -> int:
    return row.version if version is None else version


def _set_rights(row: Role, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    roles.change_role(
        role_id=row.pk, **_as_it_is(row) | {"permissions": data["permissions"]}, version=row.version, actor=actor
    )


def _turn(row: Role, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    roles.change_role(
        role_id=row.pk, **_as_it_is(row) | {"is_active": not row.is_active}, version=row.version, actor=actor
    )


def obstacle_to_rights(row: Role, actor: Actor) -> Words:
    """Why this actor may not change what is in a role; empty when it may."""
    if not actor.may(MANAGE_PEOPLE):
        return _("You lack the right %(right)s.") % {"right": sentences_of([MANAGE_PEOPLE])}
    if row.code == ADMINISTRATOR:
        return _("The administrator always has every right, and cannot be switched off.")
    if actor.kind == "user" and row.users.filter(pk=actor.id).exists():
        return _("You have this role yourself, and nobody changes their own rights.")
    return ""


def obstacle_to_switch(row: Role, actor: Actor) -> Words:
    """As above, and it takes all the rights that are in the role."""
    missing = lacking(actor, row.permissions)
    found = obstacle_to_rights(row, actor)
    if not found and missing:
        found = _("It holds rights that you do not have: %(rights)s.") % {"rights": sentences_of(missing[:3])}
    return found


def rights_panel(row: Role, actor: Actor) -> Mapping[str, Any]:
    """The rights as sentences with boxes."""
    reason = obstacle_to_rights(row, actor)
    return {
        "title": _("Rights"),
        "form": RightsForm(row=row, actor=actor, reason=reason),
        "act_url": reverse("core_role_act", args=[row.pk, "rights"]),
        "verb": _("Save the rights"),
        "reason": reason,
        "command": new_command(),
        "confirm": _("Everybody with this role has the new rights from the next click on. Save?"),
    }


ROLE_PAGES = ModelPages(
    master=ROLES,
    slug="roles",
    area="settings",
    area_title=gettext_lazy("Settings"),
    icon="identification",
    lead=gettext_lazy(
        "A role is a set of rights with a name. Built-in roles grow with the product; yours are your own."
    ),
    rows=with_counts,
    columns=(
        Column("name", value=lambda row: row.title, link=True, sort="name"),
        Column("description", value=lambda row: row.told, sort=""),
        Column("people", gettext_lazy("People"), value=lambda row: getattr(row, "people", None), kind="number"),
        Column("rights", gettext_lazy("Rights"), value=lambda row: len(row.permissions), kind="number"),
        Column("needs_second_factor", is_wide_only=True),
        Column("code", is_shown=False),
        Column("is_builtin", is_shown=False),
        Column("is_active", gettext_lazy("State")),
    ),
    default_sort="name",
    search=("name", "code", "description"),
    form=(
        Group(
            "",
            (
                Input("name", span="half"),
                Input("code", span="half", help=gettext_lazy("For programs; never changes.")),
                "description",
                "needs_second_factor",
            ),
            gettext_lazy("The rights of the role are ticked on its page, once it is there."),
        ),
    ),
    detail=(
        Section(
            gettext_lazy("Role"),
            (Column("description", value=lambda row: row.told), "code", "is_builtin", "needs_second_factor"),
        ),
        Panel("core/people/ticks_panel.html", rights_panel),
        Related(
            code="people",
            title=gettext_lazy("Who has it"),
            rows=lambda row, actor: User.objects.filter(roles=row).order_by("name", "pk"),
            model=User,
            columns=(
                Column("name", link=True),
                "email",
                Column("last_login", gettext_lazy("Last sign-in")),
                "is_active",
            ),
            right=VIEW_PEOPLE,
            empty=gettext_lazy("Nobody has this role."),
            more=lambda row: f"{reverse('core_user_list')}?roles={row.pk}",
        ),
    ),
    row_actions=(
        RowAction(
            code="rights",
            title=gettext_lazy("Save the rights"),
            right=MANAGE_PEOPLE,
            run=_set_rights,
            done=gettext_lazy("The rights are saved; they are in force from the next click on."),
            form=RightsForm,
            needs_row=True,
            reason=obstacle_to_rights,
            fits=lambda row: False,
        ),
        RowAction(
            code="switch_off",
            title=gettext_lazy("Switch off"),
            icon="pause",
            right=MANAGE_PEOPLE,
            run=_turn,
            done=gettext_lazy("The role is off; it gives nobody any right."),
            confirm=gettext_lazy("Switch this role off? Everybody who has it loses its rights at once."),
            reason=obstacle_to_switch,
            fits=lambda row: row.is_active,
            is_dangerous=True,
        ),
        RowAction(
            code="switch_on",
            title=gettext_lazy("Switch on"),
            icon="play",
            right=MANAGE_PEOPLE,
            run=_turn,
            done=gettext_lazy("The role is on again."),
            reason=obstacle_to_switch,
            fits=lambda row: not row.is_active,
        ),
    ),
    create=create,
    change=change,
    can_switch=False,
    can_set=False,
    is_short=True,
)
