"""The bulk actions that every declaration has: switching off and on, and setting a field."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.masters import Master
from backoffice.core.services.bulk_changes import restore_fields, set_fields, shared_fields
from backoffice.core.services.masters import set_active
from backoffice.core.ui.pages.fields import field_for
from backoffice.core.ui.pages.forms import groups_of
from backoffice.core.ui.pages.parts import BulkAction

EMPTIED = "emptied"

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


def house_actions(pages: "ModelPages") -> tuple[BulkAction, ...]:
    """Those that make sense for this model."""
    found: list[BulkAction] = []
    if pages.can_change and shared_fields(pages.master) and pages.can_set:
        found.append(_set_action(pages))
    if pages.is_switchable:
        found += [_switch(pages.master, False), _switch(pages.master, True)]
    return tuple(found)


def _switch(master: Master, is_active: bool) -> BulkAction:
    def turn(ids: Sequence[int], actor: Actor, to: bool) -> BulkAnswer:
        return BulkAnswer.of(set_active(master=master, row_ids=ids, is_active=to, actor=actor))

    return BulkAction(
        code="switch_on" if is_active else "switch_off",
        title=gettext_lazy("Switch on") if is_active else gettext_lazy("Switch off"),
        icon="play" if is_active else "pause",
        help=gettext_lazy("They can be chosen for new work again.")
        if is_active
        else gettext_lazy("What refers to them stays as it is; for new work they can no longer be chosen."),
        right=master.edit,
        run=lambda ids, actor, data: turn(ids, actor, is_active),
        undo=lambda kept, actor: turn(list(kept), actor, not is_active),
        fits=lambda row: bool(row.is_active) != is_active,
    )


class SetForm(forms.Form):
    """Every field that rows can have in common; only those that are filled in, or ticked to be emptied, are set."""

    def __init__(self, *args: Any, pages: "ModelPages", actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        inputs = {one.name: one for _group, some in groups_of(pages) for one in some}
        hidden = pages.hidden_fields(actor)
        emptiable = []
        for name in shared_fields(pages.master):
            if name not in inputs or name in hidden:
                continue
            model_field = pages.master.model._meta.get_field(name)
            field = field_for(inputs[name], model_field, actor)  # type: ignore[arg-type]  # editable fields are columns
            if isinstance(field, forms.BooleanField):
                field = _yes_or_no(field)
            elif isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                field.choices = [("", _("leave as it is")), *_filled(field)]
            elif isinstance(field, forms.ModelChoiceField):
                field.empty_label = _("leave as it is")
            if model_field.null or getattr(model_field, "blank", False):
                emptiable.append((name, field.label))
            field.required, field.initial = False, None
            self.fields[name] = field
        if emptiable:
            self.fields[EMPTIED] = forms.MultipleChoiceField(
                label=_("Empty these fields"),
                choices=emptiable,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def clean(self) -> dict[str, Any]:
        """Something must be set, and nothing both set and emptied."""
        sent = {
            name: value for name, value in self.cleaned_data.items() if name != EMPTIED and value not in (None, "", {})
        }
        emptied = self.cleaned_data.get(EMPTIED) or []
        for name in emptied:
            if name in sent:
                self.add_error(name, _("Either give a value or empty the field."))
        if not sent and not emptied and not self.errors:
            raise forms.ValidationError(_("Fill in at least one field. Empty ones leave the rows as they are."))
        return {"values": sent, EMPTIED: emptied}


def _filled(field: forms.ChoiceField) -> list[tuple[Any, Any]]:
    """The choices without the empty one."""
    pairs: Any = field.choices
    return [pair for pair in pairs if pair[0] != ""]


def _yes_or_no(field: forms.Field) -> forms.Field:
    return forms.TypedChoiceField(
        label=field.label,
        help_text=field.help_text,
        choices=[("", _("leave as it is")), ("yes", _("yes")), ("no", _("no"))],
        coerce=lambda text: text == "yes",
        empty_value=None,
    )


def _set_action(pages: "ModelPages") -> BulkAction:
    master = pages.master

    def run(ids: Sequence[int], actor: Actor, data: Mapping[str, Any]) -> BulkAnswer:
        values = dict(data["values"])
        for name in data[EMPTIED]:
            values[name] = _empty(master, name)
        return set_fields(master=master, row_ids=ids, values=values, actor=actor)

    return BulkAction(
        code="set_fields",
        title=gettext_lazy("Set fields"),
        icon="pencil-square",
        help=gettext_lazy("Fields that you leave empty stay as they are in each row."),
        right=master.edit,
        form=SetForm,
        needs_pages=True,
        run=run,
        undo=lambda kept, actor: restore_fields(master=master, kept=kept, actor=actor),
        on_page=False,
    )


def _empty(master: Master, name: str) -> Any:
    field = master.model._meta.get_field(name)
    if field.null:
        return None
    return {} if field.get_internal_type() == "JSONField" else ""
