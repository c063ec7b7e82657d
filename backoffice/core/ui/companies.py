"""The companies of the house and the numbers of their documents, under Settings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.declared import COMPANIES
from backoffice.core.filters import CompanyFilter
from backoffice.core.models.companies import Company, NumberSeries
from backoffice.core.permissions import MANAGE_SETTINGS, VIEW_SETTINGS
from backoffice.core.selectors.timeline import events_of
from backoffice.core.services.number_series import change_pattern
from backoffice.core.ui.pages.address_field import AddressField
from backoffice.core.ui.pages.choices import country_field, currency_field, language_field, zone_field
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import Group, Input, Related, RowAction, Section


class PatternForm(forms.Form):
    """How the numbers of one series look."""

    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=60,
        help_text=_(
            "{number:06} is the running number with zeros, {year} the year. Numbers given before stay as they are."
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "dir": "ltr", "autofocus": True}),
    )


def _change_pattern(row: Company, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    change_pattern(company_id=row.pk, series_id=item, pattern=data["pattern"], actor=actor)


COMPANY_PAGES = ModelPages(
    master=COMPANIES,
    slug="companies",
    area="settings",
    area_title=_("Settings"),
    icon="building-office-2",
    lead=_("Legal entities: each has its own money, its own numbers, its own name on documents."),
    filterset=CompanyFilter,
    columns=(
        Column("name", link=True),
        Column("code"),
        Column("base_currency", kind="code"),
        Column("country"),
        Column("time_zone", is_wide_only=True),
        Column("legal_name", is_shown=False),
        Column("tax_number", is_shown=False),
        Column("email", is_shown=False),
        Column("updated_at", is_shown=False),
        Column("is_active"),
    ),
    default_sort="code",
    search=("name", "code", "legal_name"),
    is_short=True,
    form=(
        Group(
            _("Who it is"),
            (
                Input("name", span="half"),
                Input("code", span="half", help=_("Short, stands in numbers of documents, never changes.")),
                Input("legal_name", span="half", help=_("As the register has it; stands on invoices.")),
                Input("tax_number", span="half"),
            ),
        ),
        Group(
            _("Money, place and language"),
            (
                Input("base_currency", span="half", field=currency_field, help=_("Of its books; never changes.")),
                Input("country", span="half", field=country_field),
                Input("time_zone", span="half", field=zone_field, help=_("Its days begin and end by this.")),
                Input("language", span="half", field=language_field),
            ),
        ),
        Group(
            _("How to reach it"),
            (Input("address", field=AddressField), Input("email", span="half"), Input("phone", span="half")),
        ),
    ),
    detail=(
        Section(
            _("Company"), ("code", "legal_name", "tax_number", "base_currency", "country", "time_zone", "language")
        ),
        Section(_("Contact"), ("address", "email", "phone"), is_aside=True),
        Related(
            code="series",
            title=_("Number series"),
            model=NumberSeries,
            right=VIEW_SETTINGS,
            rows=lambda row, actor: NumberSeries.objects.filter(company=row).order_by("code"),
            columns=(
                Column("code", link=True, kind="text"),
                Column("pattern", kind="code"),
                Column("next_number"),
                Column("is_gapless"),
            ),
            item_actions=(
                RowAction(
                    code="change_pattern",
                    title=_("Change the pattern"),
                    done=_("New documents are numbered by the new pattern."),
                    right=MANAGE_SETTINGS,
                    form=PatternForm,
                    run=_change_pattern,
                ),
            ),
            empty=_("Numbers begin with the first document of each kind."),
        ),
    ),
    history=lambda row: events_of(NumberSeries, company_id=row.pk),
    empty_text=_("A company is the legal entity that orders, invoices and stock belong to. Begin with your own."),
)
