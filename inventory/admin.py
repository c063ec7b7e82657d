"""Django's admin shows every table of the inventory to support and changes none: facts are written by services alone."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

if TYPE_CHECKING:
    _Page = admin.ModelAdmin[models.Model]
else:
    _Page = admin.ModelAdmin


class LookOnly(_Page):
    """A list with the first columns of the table, and every row to read."""

    show_full_result_count = False
    list_per_page = 50
    list_select_related = True

    def __init__(self, model: type[models.Model], site: admin.AdminSite) -> None:
        plain = [
            field for field in model._meta.concrete_fields if not isinstance(field, models.JSONField | models.TextField)
        ]
        self.list_display = [field.name for field in plain[:8]]
        super().__init__(model, site)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: see above."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False


for model in apps.get_app_config("inventory").get_models(include_auto_created=True):
    if not admin.site.is_registered(model):
        admin.site.register(model, LookOnly)
