"""Changing how the numbers of a company's documents look. What was numbered before keeps its number."""

from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Missing
from backoffice.core.locks import lock_one
from backoffice.core.models.companies import NumberSeries
from backoffice.core.numbering import checked_pattern
from backoffice.core.permissions import MANAGE_SETTINGS


def change_pattern(*, company_id: int, series_id: int, pattern: str, actor: Actor, reason: str = "") -> NumberSeries:
    """Give a series another pattern. Invalid as `numbering.checked_pattern`; Missing for a series of another company."""
    actor.require(MANAGE_SETTINGS)
    with acting(actor, reason):
        series = lock_one(NumberSeries.objects.all(), series_id)
        if series.company_id != company_id:
            raise Missing("not_found", _("There is no such number series in this company."))
        series.pattern = checked_pattern(pattern)
        series.save(update_fields=["pattern"])
    return series
