"""What most rows have."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock


class Row(models.Model):
    """A row that remembers when it was made."""

    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        abstract = True


class Editable(Row):
    """Master data that people edit. `version` goes up with each change, so a second editor of an old copy is noticed."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=clock.now, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Stamp the change. Bulk updates stamp for themselves."""
        if self.pk is not None and not self._state.adding:
            self.version += 1
            self.updated_at = clock.now()
            if options.get("update_fields") is not None:
                options["update_fields"] = {*options["update_fields"], "version", "updated_at"}
        super().save(*args, **options)
