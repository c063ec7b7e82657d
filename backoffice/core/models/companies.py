"""The legal entities that documents belong to, and the numbers those documents get."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Editable, Row


@pghistory.track(append_only=True)
class Company(Editable):
    """A legal entity: its money, its zone, its name on documents."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=150)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=40, blank=True)
    base_currency = models.CharField(_("base currency"), max_length=3)
    country = models.CharField(_("country"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    address = models.JSONField(_("address"), default=dict, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(base_currency__regex=r"^[A-Z]{3}$"), name="company_currency_code"
            ),
            models.CheckConstraint(condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="company_country_code"),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(condition=pghistory.AnyChange("pattern", "is_gapless")),
    append_only=True,
)
class NumberSeries(Row):
    """How documents of one kind are numbered in one company. Written by `numbering` alone."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="series", verbose_name=_("company"))
    code = models.CharField(_("documents"), max_length=50)
    pattern = models.CharField(
        _("pattern"), max_length=60, help_text=_("{number:06} is the running number, {year} the year of the document.")
    )
    next_number = models.PositiveBigIntegerField(_("next number"), default=1)
    is_gapless = models.BooleanField(_("without gaps"), default=False)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="series_once_a_company")]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.code}"
