"""Django's admin shows every table of core to support and changes none: facts are written by services alone.

One signs in to it as everywhere, second factor and locks included. It is for accounts with support access.
"""

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from backoffice.core.models.sessions import Session

if TYPE_CHECKING:
    _Page = admin.ModelAdmin[models.Model]
else:
    _Page = admin.ModelAdmin

# What nobody needs to see to help somebody, and what would open a door if it were seen.
NOT_SHOWN = frozenset({"password", "secret_hash", "session_key", "session_data", "sealed"})


class LookOnly(_Page):
    """A list with the first columns of the table, and every row to read."""

    show_full_result_count = False
    list_per_page = 50
    list_select_related = True

    def __init__(self, model: type[models.Model], site: admin.AdminSite) -> None:
        shown = [field for field in model._meta.concrete_fields if field.name not in NOT_SHOWN]
        plain = [field for field in shown if not isinstance(field, models.JSONField | models.TextField)]
        self.list_display = [field.name for field in plain[:8]]
        super().__init__(model, site)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All columns but those that open doors."""
        return [field.name for field in self.model._meta.concrete_fields if field.name not in NOT_SHOWN]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: see above."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: see above."""
        return False


class SessionsLookOnly(LookOnly):
    """Who is signed in; the key of the row is the key to the door, so it stands in no link and no box."""

    list_display_links = None
    actions = None


admin.site.register(Session, SessionsLookOnly)
for model in apps.get_app_config("core").get_models(include_auto_created=True):
    if not admin.site.is_registered(model):
        admin.site.register(model, LookOnly)
# Otherwise the admin would have a door of its own, without second factor, locks and security log.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth asks for it
