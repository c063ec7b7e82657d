"""Which model has which pages. Declarations add themselves; workers and links find them here."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages

_pages: dict[str, "ModelPages"] = {}


def add_pages(pages: "ModelPages") -> None:
    """Known from now on by the code of its master; a second declaration of one code is a mistake."""
    known = _pages.get(pages.code)
    if known is not None and known.master.model is not pages.master.model:
        raise ValueError(f"Two declarations of pages are called {pages.code}.")
    _pages[pages.code] = pages


def all_pages() -> Mapping[str, "ModelPages"]:
    """Every declaration by code. In a worker, where no address was resolved yet, the apps' pages are imported first."""
    autodiscover_modules("ui.pages")
    return _pages


def pages_named(code: str) -> "ModelPages":
    """The declaration of this code; Missing when this version has none."""
    pages = _pages.get(code) or all_pages().get(code)
    if pages is None:
        raise Missing("not_found", _("There is no list called %(code)s in this version.") % {"code": code})
    return pages


def pages_of(model: type[Model]) -> "ModelPages | None":
    """The declaration for a model, when it has one."""
    return next((pages for pages in _pages.values() if pages.master.model is model), None)


def link_to(row: Any, actor: Actor) -> str:
    """The address of a row's page, or nothing where it has none or this actor may not open it."""
    pages = pages_of(type(row))
    if pages is None or not pages.may_view(actor):
        return ""
    return pages.url("detail", row.pk)
