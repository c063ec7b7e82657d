"""What a person may change about the own account."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.people import User
from backoffice.core.ui.pages.choices import zone_field


class ProfileForm(forms.Form):
    """Name, language, zone and appearance."""

    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = zone_field(label=_("Time zone"), help_text=_("Moments on all pages are shown in it."))
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        names = [("", _("as the browser asks for")), *settings.LANGUAGES]
        self.fields["language"].choices = names  # type: ignore[attr-defined]  # it is a ChoiceField
        for field in self.fields.values():
            field.span = "half"  # type: ignore[attr-defined]  # read by the form tags
