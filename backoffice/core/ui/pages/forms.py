"""The form of a declaration, made of its groups and the model's own fields. What it says is checked by the service."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.errors import DomainError
from backoffice.core.ui.pages.fields import field_for
from backoffice.core.ui.pages.parts import Group, Input
from backoffice.core.ui.pages.pickers import Picker

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


class RowForm(forms.Form):
    """Everything that may be written of a row by this actor: for a new row also what can be given only once."""

    def __init__(
        self,
        pages: "ModelPages",
        actor: Actor,
        row: Any = None,
        data: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.pages, self.actor, self.row = pages, actor, row
        super().__init__(data, initial=dict(initial or {}))
        writable = self._writable
        self.groups = [(group, [one for one in inputs if one.name in writable]) for group, inputs in groups_of(pages)]
        for _group, inputs in self.groups:
            for given in inputs:
                self._add(given)

    @property
    def _writable(self) -> frozenset[str]:
        master = self.pages.master
        names = master.writable if self.row is None else master.editable
        return frozenset(names) - self.pages.hidden_fields(self.actor)

    def _add(self, given: Input) -> None:
        model_field = self.pages.master.model._meta.get_field(given.name)
        field = field_for(given, model_field, self.actor)  # type: ignore[arg-type]  # what may be written is a column
        self.fields[given.name] = field
        if self.row is not None:
            value = getattr(self.row, given.name)
            if isinstance(value, Model):
                if isinstance(field.widget, Picker):
                    field.widget.labels[str(value.pk)] = str(value)
                value = value.pk
            self.initial.setdefault(given.name, value)
        else:
            default = given.initial if given.initial is not None else model_field.get_default()  # type: ignore[union-attr]  # as above
            if default not in (None, ""):
                self.initial.setdefault(given.name, default)
            self._choose_only_one(given.name, field)

    def _choose_only_one(self, name: str, field: forms.Field) -> None:
        """Where there is one company, nobody is asked which."""
        if isinstance(field, forms.ModelChoiceField) and field.required and not isinstance(field.widget, Picker):
            some = list((field.queryset or ())[:2])
            if len(some) == 1:
                self.initial.setdefault(name, some[0].pk)

    def shown_groups(self) -> Iterator[dict[str, Any]]:
        """For the template: each group that has fields."""
        for group, inputs in self.groups:
            if inputs:
                fields = [(self[one.name], one.span) for one in inputs]
                yield {"title": group.title, "help": group.help, "fields": fields}

    def take(self, error: DomainError) -> None:
        """What the service refused, at the fields it names; what it says of none of ours stands above the form."""
        if not error.problems:
            self.add_error(None, _sentence(error.message, error.hint))
        for problem in error.problems:
            name = (problem.field or "").partition(".")[0]
            known = name if name in self.fields else None
            label = "" if known or not name else f"{name}: "
            self.add_error(known, f"{label}{problem.message}")


def groups_of(pages: "ModelPages") -> list[tuple[Group, list[Input]]]:
    """The declared groups with their inputs; without any, one group of everything that may be written."""
    groups = pages.form or (Group("", tuple(Input(name, span="half") for name in pages.master.writable)),)
    return [(group, [one if isinstance(one, Input) else Input(one) for one in group.inputs]) for group in groups]


def labels_of(form: RowForm) -> Mapping[str, str]:
    """The label of each field of a form."""
    return {name: str(field.label or capfirst(name)) for name, field in form.fields.items()}


def _sentence(message: Any, hint: Any) -> str:
    return f"{message} {hint}" if hint else str(message)


def conflict_sentence() -> str:
    """Above a form that was sent before and saved."""
    return _("This form was sent before, and what it said then was saved. If you mean to save it once more, do so.")
