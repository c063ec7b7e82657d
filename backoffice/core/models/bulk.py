"""What was done to many rows at once, row by row, so that people can read it and take it back."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


class BulkRun(Row):
    """One action on a selection of rows or on everything that matches a filter. Written by `services.bulk` alone."""

    page = models.CharField(_("list"), max_length=100)
    action = models.CharField(_("action"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    actor = models.JSONField(_("started by"))
    data = models.JSONField(_("what was filled in"), default=dict)
    query = models.TextField(_("filter"), blank=True)
    ids = ArrayField(models.BigIntegerField(), verbose_name=_("rows chosen"), null=True)
    last_id = models.BigIntegerField(_("last row when it began"), default=0)
    expected = models.PositiveBigIntegerField(_("rows expected"), default=0)
    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    undo_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", verbose_name=_("takes back")
    )
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("bulk action")
        verbose_name_plural = _("bulk actions")
        indexes = [models.Index(fields=["owner", "-id"], name="bulkrun_by_owner")]

    def __str__(self) -> str:
        return f"{self.title} ({self.pk})"


class BulkOutcome(models.Model):
    """What became of one row. `before` is what the inverse needs to take it back."""

    class Result(models.TextChoices):
        DONE = "done", _("done")
        UNCHANGED = "unchanged", _("was so already")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="outcomes", verbose_name=_("bulk action"))
    row_id = models.BigIntegerField(_("row"))
    label = models.CharField(_("name"), max_length=200)
    result = models.CharField(_("result"), max_length=10, choices=Result)
    code = models.CharField(_("code"), max_length=60, blank=True)
    message = models.TextField(_("why"), blank=True)
    before = models.JSONField(_("before"), null=True)

    class Meta:
        verbose_name = _("outcome of a bulk action")
        verbose_name_plural = _("outcomes of bulk actions")
        constraints = [models.UniqueConstraint(fields=["run", "row_id"], name="bulkoutcome_once_a_row")]
        indexes = [models.Index(fields=["run", "result", "id"], name="bulkoutcome_by_result")]

    def __str__(self) -> str:
        return f"{self.label}: {self.result}"
