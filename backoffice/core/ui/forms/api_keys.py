"""The form that makes a key."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.services.api_keys import LONGEST, NOT_FOR_KEYS
from backoffice.core.ui.forms.people import LimitsForm, TicksField, rights_groups


class KeyForm(LimitsForm):
    """Name, last day, rights and limits; never more than the one who makes it has."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, actor: Actor) -> None:
        super().__init__(data, actor=actor)
        limits, self.fields = self.fields, {}
        today = timezone.localtime(clock.now()).date()
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=100, help_text=_("Which program, on which machine: “Shop sync, server 2”.")
        )
        self.fields["last_day"] = forms.DateField(
            label=_("Last day"),
            initial=today + timedelta(days=365),
            widget=forms.DateInput(
                attrs={"type": "date", "min": today.isoformat(), "max": (today + LONGEST).isoformat()},
                format="%Y-%m-%d",
            ),
            help_text=_("The key ends with this day; at most two years from now."),
        )
        self.fields["permissions"] = TicksField(
            rights_groups(actor, frozenset(), without=NOT_FOR_KEYS, with_codes=True),
            label=_("Rights"),
            help_text=_("As few as the program needs. People are managed by people, so these rights are not offered."),
        )
        self.fields.update(limits)

    def expiry(self) -> datetime:
        """The last moment of the last day, in the zone of the person who makes the key."""
        last = self.cleaned_data["last_day"]
        zone, moment = timezone.get_current_timezone(), clock.now()
        end = timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min), zone)
        # The last day that the calendar offers ends some hours after the longest time a key may last.
        return min(end, moment + LONGEST) if last <= moment.astimezone(zone).date() + LONGEST else end
