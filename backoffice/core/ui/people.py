"""The people of the house: list, page, invitation, and everything that is done to an account."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.masters import Master
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import MANAGE_KEYS, MANAGE_PEOPLE, VIEW_PEOPLE
from backoffice.core.selectors.access import factors_of
from backoffice.core.services import accounts, limits, roles, sign_in
from backoffice.core.services.escalation import why_not, why_not_rights
from backoffice.core.ui.forms.people import LimitsForm, ReasonForm, RolesForm
from backoffice.core.ui.pages.choices import zone_field
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Group, Input, Panel, Related, RowAction, Rows, Section
from backoffice.core.ui.people_filters import PeopleFilter
from backoffice.core.ui.people_panels import limits_panel, rights_panel, roles_panel, sessions_panel
from backoffice.core.ui.security_log import security_panel

AS_THE_BROWSER = gettext_lazy("as the browser asks for")
# Not registered as master data: accounts have services of their own, and no import and no API may write them.
PEOPLE = Master(
    code="core.user",
    model=User,
    view=VIEW_PEOPLE,
    edit=MANAGE_PEOPLE,
    editable=("name", "email", "language", "time_zone"),
    fixed=("roles",),
    url=lambda identity: reverse("core_user_detail", args=[identity]),
)


def with_roles_and_factor(rows: Rows) -> Rows:
    """What the list shows of each: in one query more, however many there are."""
    shown: Rows = rows.annotate(has_factor=Exists(factors_of(OuterRef("pk")))).prefetch_related(
        Prefetch("roles", queryset=Role.objects.filter(is_active=True), to_attr="active_roles")
    )
    return shown


def create(*, master: Master, values: Mapping[str, Any], actor: Actor, reason: str = "") -> User:
    """An invitation. Whoever is limited invites people with the same limits, which can be narrowed on their page."""
    given = {name: value for name, value in values.items() if name != "roles"}
    return accounts.invite_account(
        **given, role_ids=[role.pk for role in values.get("roles", ())], limits=actor.limits, actor=actor, reason=reason
    )


def change(
    *, master: Master, row_id: int, values: Mapping[str, Any], version: int | None, actor: Actor, reason: str = ""
) -> User:
    """Name, address, language, zone."""
    return accounts.change_account(user_id=row_id, values=values, version=version, actor=actor, reason=reason)


# --- what is done to an account -------------------------------------------------------------------------------------


def _set_roles(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    roles.set_roles(user_id=row.pk, role_ids=data["roles"], actor=actor)


def _set_limits(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    limits.set_limits(user_id=row.pk, limits=data["limits"], actor=actor)


def _stop(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    accounts.stop_account(user_id=row.pk, actor=actor, reason=data["reason"])


def _resume(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    accounts.resume_account(user_id=row.pk, actor=actor)


def _link(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    accounts.send_link_again(user_id=row.pk, actor=actor)


def _sign_out(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    sign_in.sign_out_everywhere(user_id=row.pk, actor=actor)


def _take_factor(row: User, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    sign_in.remove_second_factor(user_id=row.pk, actor=actor, reason=data["reason"])


class _PersonsLimits(LimitsForm):
    def clean(self) -> dict[str, Any]:
        return {"limits": self.chosen()}


def _obstacle(row: User, actor: Actor) -> Words:
    return why_not(actor, row)


def _obstacle_to_rights(row: User, actor: Actor) -> Words:
    return why_not_rights(actor, row)


ACTIONS = (
    RowAction(
        code="link",
        title=gettext_lazy("Mail a link for a password"),
        icon="envelope",
        right=MANAGE_PEOPLE,
        run=_link,
        done=gettext_lazy("The mail with the link is on its way."),
        confirm=gettext_lazy("Mail a link that sets a new password? It works once."),
        reason=_obstacle,
        fits=lambda row: row.is_active,
    ),
    RowAction(
        code="sign_out",
        title=gettext_lazy("Sign out everywhere"),
        icon="arrow-right-start-on-rectangle",
        right=MANAGE_PEOPLE,
        run=_sign_out,
        done=gettext_lazy("All sessions are over."),
        confirm=gettext_lazy("End all sessions of this person? Work that was not saved is lost."),
        reason=_obstacle,
    ),
    RowAction(
        code="take_factor",
        title=gettext_lazy("Take the second factor"),
        icon="shield-exclamation",
        right=MANAGE_PEOPLE,
        run=_take_factor,
        done=gettext_lazy("The second factor is gone; where a role needs one, it is asked for at the next sign-in."),
        form=ReasonForm,
        reason=_obstacle_to_rights,
        fits=lambda row: bool(getattr(row, "has_factor", False)),
        is_dangerous=True,
    ),
    RowAction(
        code="stop",
        title=gettext_lazy("Switch off"),
        icon="pause",
        right=MANAGE_PEOPLE,
        run=_stop,
        done=gettext_lazy("The account is switched off and signed out everywhere. API keys it made go on."),
        form=ReasonForm,
        reason=_obstacle_to_rights,
        fits=lambda row: row.is_active,
        is_dangerous=True,
    ),
    RowAction(
        code="resume",
        title=gettext_lazy("Switch on"),
        icon="play",
        right=MANAGE_PEOPLE,
        run=_resume,
        done=gettext_lazy("The account is on again, with the roles and limits it had."),
        reason=_obstacle_to_rights,
        fits=lambda row: not row.is_active,
    ),
    # The next two are sent by the panels of the page; they have no button of their own.
    RowAction(
        code="roles",
        title=gettext_lazy("Save the roles"),
        right=MANAGE_PEOPLE,
        run=_set_roles,
        done=gettext_lazy("The roles are saved; they are in force from the next click on."),
        form=RolesForm,
        needs_row=True,
        reason=_obstacle_to_rights,
        fits=lambda row: False,
    ),
    RowAction(
        code="limits",
        title=gettext_lazy("Save the limits"),
        right=MANAGE_PEOPLE,
        run=_set_limits,
        done=gettext_lazy("The limits are saved; they are in force from the next click on."),
        form=_PersonsLimits,
        needs_row=True,
        reason=_obstacle_to_rights,
        fits=lambda row: False,
    ),
)


def role_pills(row: User) -> SafeString | str:
    """The roles that count, side by side."""
    names = [role.title for role in getattr(row, "active_roles", ())]
    if not names:
        return format_html('<span class="muted">{}</span>', _("none"))
    return format_html(", ".join(["{}"] * len(names)), *names)


def factor_words(row: User) -> str:
    return _("yes") if getattr(row, "has_factor", False) else _("no")


def _language(**options: Any) -> forms.Field:
    names = [("", AS_THE_BROWSER), *settings.LANGUAGES]
    return forms.ChoiceField(choices=names, **{**options, "required": False})


def _role_boxes(**options: Any) -> forms.Field:
    return forms.ModelMultipleChoiceField(
        queryset=Role.objects.filter(is_active=True),
        widget=forms.CheckboxSelectMultiple,
        **{**options, "required": False},
    )


_FACTOR = Column(
    "second_factor",
    gettext_lazy("Second factor"),
    value=lambda row: bool(getattr(row, "has_factor", False)),
    cell=factor_words,
    is_wide_only=True,
)
PEOPLE_PAGES = ModelPages(
    master=PEOPLE,
    slug="people",
    area="settings",
    area_title=gettext_lazy("Settings"),
    icon="users",
    lead=gettext_lazy("Who can sign in, with which roles."),
    filterset=PeopleFilter,
    rows=with_roles_and_factor,
    columns=(
        Column("name", link=True),
        Column("email", kind="text"),
        Column(
            "roles_held",
            gettext_lazy("Roles"),
            value=lambda row: ", ".join(role.title for role in getattr(row, "active_roles", ())),
            cell=role_pills,
        ),
        Column("last_login", gettext_lazy("Last sign-in")),
        _FACTOR,
        Column("language", is_shown=False),
        Column("time_zone", is_shown=False),
        Column("date_joined", gettext_lazy("Since"), is_shown=False),
        Column("is_active", gettext_lazy("State")),
    ),
    default_sort="name",
    search=("name", "email"),
    search_words=gettext_lazy("Name or mail address"),
    form=(
        Group(gettext_lazy("Who it is"), (Input("name", span="half"), Input("email", span="half"))),
        Group(
            gettext_lazy("How the pages look"),
            (Input("language", span="half", field=_language), Input("time_zone", span="half", field=zone_field)),
        ),
        Group(
            gettext_lazy("What they may do"),
            (Input("roles", field=_role_boxes),),
            gettext_lazy(
                "Roles hold rights. Limits to warehouses and channels are set on the person's page afterwards."
            ),
        ),
    ),
    detail=(
        Section(
            gettext_lazy("Account"),
            (
                Column("last_login", gettext_lazy("Last sign-in")),
                _FACTOR,
                Column("language", value=lambda row: dict(settings.LANGUAGES).get(row.language, AS_THE_BROWSER)),
                "time_zone",
                Column("date_joined", gettext_lazy("Since")),
            ),
        ),
        Panel("core/people/ticks_panel.html", roles_panel),
        Panel("core/people/ticks_panel.html", limits_panel),
        Panel("core/people/rights_panel.html", rights_panel),
        Panel("core/people/sessions_panel.html", sessions_panel, right=MANAGE_PEOPLE),
        Related(
            code="keys",
            title=gettext_lazy("API keys made"),
            rows=lambda row, actor: ApiKey.objects.filter(created_by=row).order_by("-pk"),
            model=ApiKey,
            columns=(Column("name", link=True), "last_used_at", "expires_at", "revoked_at"),
            right=MANAGE_KEYS,
            empty=gettext_lazy("None. Keys go on when the account that made them is switched off."),
        ),
        security_panel("user"),
    ),
    row_actions=ACTIONS,
    create=create,
    change=change,
    can_switch=False,
    can_set=False,
    subtitle=lambda row: row.email,
    empty_title=gettext_lazy("Nobody is here yet"),
)
