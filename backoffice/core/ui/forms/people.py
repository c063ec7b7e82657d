"""Forms on the pages of people and roles: roles to tick, rights to tick, objects to be narrowed to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.errors import Words
from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.permissions import all_permissions
from backoffice.core.selectors.access import Held, areas_of
from backoffice.core.selectors.people import limits_of
from backoffice.core.services.escalation import Limits, lacking
from backoffice.core.services.limits import choices, limit_kinds, title_of

MOST_OBJECTS = 1_000


@dataclass(frozen=True, slots=True)
class Tick:
    """One box: what it stands for, whether it is ticked, and why it cannot be changed."""

    value: str
    title: Words
    note: Words = ""
    is_on: bool = False
    reason: Words = ""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Boxes under one heading."""

    title: Words
    ticks: tuple[Tick, ...]


class TickList(forms.Widget):
    """Boxes in groups. One that cannot be changed keeps its value when the form is sent."""

    groups: Iterable[Ticks] = ()
    use_fieldset = True

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """What was sent is shown again after a refusal; before that, what is."""
        sent = None if value is None else {str(one) for one in value}
        groups = [
            {
                "title": group.title,
                "ticks": [
                    {
                        "value": tick.value,
                        "title": tick.title,
                        "note": tick.note,
                        "reason": tick.reason,
                        "is_on": tick.is_on if sent is None or tick.reason else tick.value in sent,
                    }
                    for tick in group.ticks
                ],
            }
            for group in self.groups
        ]
        context = {"name": name, "id": (attrs or {}).get("id", name), "groups": groups}
        return render_to_string("core/people/ticks.html", context)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str] | None:
        if isinstance(data, QueryDict):
            return [str(value) for value in data.getlist(name)]
        found = data.get(name)
        return None if found is None else [str(value) for value in found]


class TicksField(forms.Field):
    """The values that are ticked. Which of them may be is for the service to say; unknown words are refused here."""

    widget = TickList

    def __init__(self, groups: Iterable[Ticks], **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)
        self.groups = tuple(groups)
        self.widget.groups = self.groups

    def clean(self, value: Any) -> list[str]:
        known = {tick.value for group in self.groups for tick in group.ticks}
        found = list(dict.fromkeys(value or ()))
        strangers = [one for one in found if one not in known]
        if strangers:
            raise forms.ValidationError(_("There is no choice “%(value)s”."), params={"value": strangers[0][:60]})
        return found


class SeenField(forms.CharField):
    """What was there when the form was filled from it. Ticks are sent as a whole, so an old form would undo what somebody
    else ticked since."""

    def __init__(self, there: Iterable[object]) -> None:
        super().__init__(widget=forms.HiddenInput, required=False, strip=False)
        self.initial = ",".join(sorted(str(one) for one in there))

    def clean(self, value: Any) -> str:
        if (value or "") != self.initial:
            raise forms.ValidationError(
                _("Somebody changed this while you were ticking. Load the page again and repeat your change.")
            )
        return str(value)


class RolesForm(forms.Form):
    """The roles of a person. Roles with rights that the actor lacks can be seen and not ticked."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: User, actor: Actor, reason: Words = "") -> None:
        super().__init__(data)
        had = set(row.roles.values_list("pk", flat=True))
        ticks = [
            Tick(str(role.pk), role.title, role.told, role.pk in had, reason or _why_not(role, role.pk in had, actor))
            for role in Role.objects.all()
            if role.is_active or role.pk in had
        ]
        self.fields["roles"] = TicksField([Ticks("", tuple(ticks))], label=gettext_lazy("Roles"))
        self.fields["seen"] = SeenField(had)

    def clean(self) -> dict[str, Any]:
        return {"roles": [int(value) for value in self.cleaned_data.get("roles", [])]}


def _why_not(role: Role, has_it: bool, actor: Actor) -> Words:
    if not role.is_active and not has_it:
        return gettext_lazy("This role is switched off.")
    missing = lacking(actor, role.permissions)
    if missing:
        return _("It holds rights that you do not have: %(rights)s.") % {"rights": sentences_of(missing[:3])}
    return ""


class RightsForm(forms.Form):
    """The rights of a role, grouped by the part of the house they belong to."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Role, actor: Actor, reason: Words = "") -> None:
        super().__init__(data)
        groups = rights_groups(actor, frozenset(row.permissions), reason=reason)
        self.fields["permissions"] = TicksField(groups, label=gettext_lazy("Rights"))
        self.fields["seen"] = SeenField(row.permissions)


def rights_groups(
    actor: Actor,
    had: frozenset[str],
    *,
    reason: Words = "",
    without: frozenset[str] = frozenset(),
    with_codes: bool = False,
) -> list[Ticks]:
    """Every right as a box. Those that the actor lacks stay as they are. Codes are shown where programs are told of them."""
    lacks = gettext_lazy("You do not have this right yourself.")
    return [
        Ticks(
            area.title,
            tuple(
                Tick(
                    held.permission.code,
                    held.permission.sentence,
                    held.permission.code if with_codes else "",
                    held.permission.code in had,
                    reason or ("" if actor.may(held.permission.code) else lacks),
                )
                for held in area.rights
            ),
        )
        for area in areas_of(Held(one, ()) for one in all_permissions() if one.code not in without)
    ]


class LimitsForm(forms.Form):
    """What somebody is narrowed to, for each kind that there is. Nothing ticked: everything of that kind."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        row: User | ApiKey | None = None,
        actor: Actor,
        reason: Words = "",
    ) -> None:
        super().__init__(data)
        had = limits_of(row) if row is not None and row.pk else {}
        for kind in limit_kinds():
            ticks = [
                Tick(str(one.pk), str(one), "", one.pk in had.get(kind, ()), reason)
                for one in choices(kind, actor)[:MOST_OBJECTS]
            ]
            help_text = gettext_lazy("Nothing ticked: all of them, those that are added later as well.")
            if actor.limit(kind) is not None:
                help_text = gettext_lazy("You are limited here yourself, so at least one must be ticked.")
            self.fields[_field(kind)] = TicksField(
                [Ticks("", tuple(ticks))], label=capfirst(str(title_of(kind))), help_text=help_text
            )
        if row is not None and self.fields:
            self.fields["seen"] = SeenField(f"{kind}:{one}" for kind, ids in had.items() for one in ids)

    def chosen(self) -> Limits:
        """The ids of each kind."""
        return {
            kind: frozenset(int(value) for value in self.cleaned_data.get(_field(kind), ())) for kind in limit_kinds()
        }


def _field(kind: str) -> str:
    return f"limit_{kind.replace('.', '_')}"


def sentences_of(codes: Iterable[str]) -> str:
    """Rights as people read them."""
    known = {permission.code: str(permission.sentence) for permission in all_permissions()}
    return ", ".join(f"“{known.get(code, code)}”" for code in codes)


class ReasonForm(forms.Form):
    """Why something is done to somebody's account; kept beside it in the history."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, help_text=gettext_lazy("Kept in the history.")
    )
