"""The search box: a fragment for the palette, a page of its own, and straight to the thing for a scan."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.search import EXACT, Group, Hit, SearchKind, kinds, rank_of, scanned, search
from backoffice.core.ui.console import ConsolePage, is_fragment
from backoffice.core.ui.navigation import areas_for
from backoffice.core.ui.pages.pickers import best_matches
from backoffice.core.ui.pages.registry import all_pages

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages

IN_PALETTE = 5
ON_PAGE = 20


class SearchView(ConsolePage):
    """GET ?q=…; with scan=1 the text was read by a scanner and means one thing."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Never an error, whatever was typed: at worst nothing is found."""
        text = request.GET.get("q", "").strip().replace("\x00", "")
        is_scan = request.GET.get("scan") == "1"
        is_part = is_fragment(request)
        exact = scanned(text, self.actor) if text else []
        if is_scan and len(exact) == 1 and not is_part:
            return HttpResponseRedirect(exact[0].url)
        groups = search(text, self.actor, limit=IN_PALETTE if is_part else ON_PAGE, extra=_declared())
        context = {"groups": _shown(_with_exact(groups, exact, is_scan), text), "query": text}
        if is_part:
            return render(request, "core/components/results.html", context)
        context["places"] = _places(request, self.actor, text)
        return render(request, "core/search.html", context)


def _with_exact(groups: list[Group], exact: Sequence[Hit], is_scan: bool) -> list[Group]:
    """What a code means stands first and only once; of a scan nothing else counts as the very thing."""
    if not exact:
        return groups
    known = {hit.url for hit in exact}
    rest = [Group(group.title, [hit for hit in group.hits if hit.url not in known]) for group in groups]
    return [Group(_("Scanned") if is_scan else _("This code"), list(exact)), *(group for group in rest if group.hits)]


def _shown(groups: Sequence[Group], text: str) -> list[dict[str, Any]]:
    """As components/results.html wants them, with what was typed marked."""
    return [
        {
            "title": group.title,
            "hits": [
                {
                    "url": hit.url,
                    "icon": hit.icon,
                    "title": marked(hit.title, text),
                    "note": hit.note,
                    "pill": hit.pill,
                    "tone": hit.tone,
                    "exact": hit.exact,
                }
                for hit in group.hits
            ],
        }
        for group in groups
    ]


def marked(title: str, text: str) -> SafeString | str:
    """The title with the first place that was typed in a <mark>; everything is escaped."""
    lower, wanted = title.lower(), text.lower()
    at = lower.find(wanted) if wanted and len(lower) == len(title) else -1
    if at < 0:
        return title
    end = at + len(wanted)
    return format_html("{}<mark>{}</mark>{}", title[:at], title[at:end], title[end:])


def _declared() -> list[SearchKind]:
    """Declared pages whose app registered no kind of its own for them."""
    return [
        SearchKind(code=code, title=pages.title, right=pages.master.view, find=_finder(pages), order=500)
        for code, pages in all_pages().items()
        if pages.in_search and pages.search and code not in kinds()
    ]


def _finder(pages: "ModelPages") -> Callable[[str, Actor, int], list[Hit]]:
    def find(text: str, actor: Actor, limit: int) -> list[Hit]:
        found = []
        for row in best_matches(pages, pages.listed(actor), text)[:limit]:
            names = [str(getattr(row, name, "") or "") for name in pages.search]
            note = next((name for name in names if name and name != str(row)), "")
            # The very row of a scan is found by its code alone, so that a page never jumps because of a name.
            rank = max(rank_of(text, str(row), *names), EXACT + 1)
            found.append(Hit(title=str(row), url=pages.url("detail", row.pk), note=note, icon=pages.icon, rank=rank))
        return found

    return find


def _places(request: HttpRequest, actor: Actor, text: str) -> list[dict[str, Any]]:
    """Pages of the menu whose words hold the text."""
    wanted = text.casefold()
    if not wanted:
        return []
    found: list[dict[str, Any]] = []
    for area in areas_for(actor, request.path):
        entries: Any = area["entries"]
        found += [
            {"title": marked(str(one["title"]), text), "url": one["url"], "area": area["title"], "icon": area["icon"]}
            for one in entries
            if wanted in str(one["title"]).casefold()
        ]
    return found
