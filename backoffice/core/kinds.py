"""How core's own rows are shown where something refers to them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice.core.models.people import ApiKey, Role, User
from backoffice.core.refs import Described, register_kind


def _by_page(model: type[Model], page: str) -> Callable[[list[str]], Mapping[str, Described]]:
    """Label each row by what it calls itself, and link it to its page."""

    def describe(ids: list[str]) -> Mapping[str, Described]:
        rows: dict[Any, Model] = model._default_manager.in_bulk([int(one) for one in ids if one.isdecimal()])
        return {str(key): Described(str(row), reverse(page, args=[key])) for key, row in rows.items()}

    return describe


register_kind("core.user", title=_("person"), describe=_by_page(User, "core_user_detail"))
register_kind("core.role", title=_("role"), describe=_by_page(Role, "core_role_detail"))
register_kind("core.api_key", title=_("API key"), describe=_by_page(ApiKey, "core_api_key_detail"))
