"""Lists as people like to see them: their filters, order and columns under a name."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.base import Row


class SavedView(Row):
    """One tab of a list. The row without a name holds what its owner changed about the list itself. Written by
    `services.saved_views` alone."""

    page = models.CharField(_("list"), max_length=100)
    name = models.CharField(_("name"), max_length=60, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="views", verbose_name=_("owner")
    )
    is_shared = models.BooleanField(_("shared with everybody"), default=False)
    query = models.TextField(_("filters and order"), max_length=4000, blank=True)
    columns = ArrayField(models.CharField(max_length=60), verbose_name=_("columns"), default=list, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["page", "owner", "name"], name="savedview_name_once_a_person"),
            models.CheckConstraint(condition=~models.Q(name="", is_shared=True), name="savedview_own_list_is_private"),
        ]
        indexes = [models.Index(fields=["page"], name="savedview_shared", condition=models.Q(is_shared=True))]

    def __str__(self) -> str:
        return self.name or self.page
