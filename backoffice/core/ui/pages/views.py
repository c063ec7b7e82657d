"""Base of the pages of one declaration."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from backoffice.core.errors import Missing
from backoffice.core.ui.console import ConsolePage

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


class DeclaredPage(ConsolePage):
    """A page that knows its declaration (urls.py gives it one); it takes the right to see the rows."""

    pages: ClassVar["ModelPages"]

    @property
    def required_right(self) -> str:
        return self.pages.master.view

    def row(self, key: int, *columns: Any) -> Any:
        """One row that this actor may see, with what its page shows; Missing for any other."""
        row = self.pages.listed(self.actor, columns).filter(pk=key).first()
        if row is None:
            raise Missing("not_found", _("There is no such %(thing)s here.") % {"thing": self.pages.thing})
        return row

    def context(self, **more: Any) -> dict[str, Any]:
        """What every template of the declared pages knows."""
        may_edit = self.actor.may(self.pages.master.edit)
        return {"pages": self.pages, "list_url": self.pages.url("list"), "may_edit": may_edit, **more}


def back_to(request: HttpRequest, fallback: str) -> str:
    """Where a small form said it came from, if that is a place of ours; else the fallback."""
    wanted = request.POST.get("next", "")
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else fallback
