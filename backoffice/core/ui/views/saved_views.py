"""What the menus of a list send: a new view, a changed one, other columns. The answer is the list again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from backoffice.core.errors import DomainError, Invalid, Missing
from backoffice.core.models.views import SavedView
from backoffice.core.services import saved_views as service
from backoffice.core.ui.pages.asked import read
from backoffice.core.ui.pages.views import DeclaredPage, back_to

MOST_QUERY = 4000


class SavedViewsView(DeclaredPage):
    """POST do=add, save, rename, back, forth or delete."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Back to the list with the view open; a refusal is said there and changes nothing."""
        try:
            view = self._carry_out(request)
        except DomainError as error:
            messages.error(request, str(error.message))
            key = request.POST.get("view", "")
            return HttpResponseRedirect(
                self._address(None, request.POST.get("query", ""), key if key.isdecimal() else "")
            )
        return HttpResponseRedirect(self._address(view, view.query if view else ""))

    def _carry_out(self, request: HttpRequest) -> SavedView | None:
        sent, actor = request.POST, self.actor
        is_shared = sent.get("is_shared") == "1"
        match sent.get("do"):
            case "add":
                view = service.add_view(
                    page=self.pages.code,
                    name=sent.get("name", ""),
                    query=self._query(sent),
                    columns=self._columns(sent),
                    is_shared=is_shared,
                    actor=actor,
                )
                messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
                return view
            case "save":
                view = service.change_view(view_id=_key(sent), query=self._query(sent), actor=actor)
                messages.success(request, _("The view “%(name)s” was changed.") % {"name": view.name})
                return view
            case "rename":
                name = sent.get("name", "")
                return service.change_view(view_id=_key(sent), name=name, is_shared=is_shared, actor=actor)
            case "back" | "forth" as way:
                service.move_view(view_id=_key(sent), step=-1 if way == "back" else 1, actor=actor)
                return service.views_of(self.pages.code, actor).filter(pk=_key(sent)).first()
            case "delete":
                service.delete_view(view_id=_key(sent), actor=actor)
                messages.success(request, _("The view was deleted."))
                return None
            case _:
                raise Invalid("unknown_command", _("This page sent something that the server does not know."))

    def _query(self, sent: QueryDict) -> str:
        """The filters to keep; only what the list understands today is kept."""
        query = sent.get("query", "")
        if len(query) > MOST_QUERY:
            raise Invalid("query_too_long", _("These filters are too long to be kept."))
        asked = read(self.pages, self.actor, QueryDict(query), self.request)
        if asked.problems:
            raise Invalid("bad_filter", asked.problems[0])
        return asked.saved_query

    def _columns(self, sent: QueryDict) -> list[str]:
        known = {column.name for column in self.pages.columns_for(self.actor)}
        return [name for name in dict.fromkeys(sent.getlist("columns")) if name in known]

    def _address(self, view: SavedView | None, query: str, key: str = "") -> str:
        known = QueryDict(query, mutable=True)
        if view is not None or key:
            known["view"] = str(view.pk if view is not None else key)
        path = self.pages.url("list")
        return f"{path}?{known.urlencode()}" if known else path


class ColumnsView(DeclaredPage):
    """POST the columns of a list in their order: of a view that is one's own, or of one's own list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Back to the list. Without any column, or with do=reset, those of the house."""
        known = {column.name for column in self.pages.columns_for(self.actor)}
        chosen = [name for name in dict.fromkeys(request.POST.getlist("columns")) if name in known]
        if request.POST.get("do") == "reset":
            chosen = []
        view_id = _key(request.POST) if request.POST.get("view") else None
        service.choose_columns(page=self.pages.code, view_id=view_id, columns=chosen, actor=self.actor)
        return HttpResponseRedirect(back_to(request, self.pages.url("list")))


def _key(sent: QueryDict) -> int:
    text = sent.get("view", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Missing("not_found", _("There is no such view."))
    return int(text)
