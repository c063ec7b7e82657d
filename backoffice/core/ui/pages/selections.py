"""Which rows a bulk action is about: those ticked, or everything that matches the filters of the list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Max
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Invalid
from backoffice.core.services.bulk import BATCH, Labels
from backoffice.core.ui.pages.asked import read
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.parts import Rows

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages

MOST_TICKED: Final = 4_000


@dataclass(frozen=True, slots=True)
class Selection:
    """`ids` for ticked rows; else `query`, up to the row that was the last one when the person looked."""

    pages: "ModelPages"
    actor: Actor
    ids: tuple[int, ...] | None
    query: str
    last_id: int

    @classmethod
    def sent(cls, pages: "ModelPages", actor: Actor, request: HttpRequest) -> "Selection":
        """What a list or a preview posted. Invalid when nothing was ticked, or the filters are not understood."""
        if request.POST.get("scope") == "filter":
            asked = read(pages, actor, request.GET, request)
            if asked.problems:
                raise Invalid("bad_filter", asked.problems[0], hint=_("Go back to the list and filter it anew."))
            rows = asked.rows()
            last = _number(request.POST.get("last_id", "")) or rows.aggregate(last=Max("pk"))["last"] or 0
            return cls(pages, actor, None, asked.query("view", "size", "sort"), last)
        texts = request.POST.getlist("ids")
        ids = tuple(sorted({number for text in texts if (number := _number(text))}))
        if not ids:
            raise Invalid(
                "nothing_chosen", _("No row is ticked."), hint=_("Tick the rows in the list, then choose the action.")
            )
        if len(ids) > MOST_TICKED:
            raise Invalid(
                "too_many_ticked", _("At most %(most)s rows can be ticked one by one.") % {"most": MOST_TICKED}
            )
        return cls(pages, actor, ids, "", ids[-1])

    def rows(self, columns: Sequence[Column] = ()) -> Rows:
        """The rows, as far as this actor sees them, unordered, with what these columns need."""
        if self.ids is not None:
            return self.pages.listed(self.actor, columns).filter(pk__in=self.ids)
        return read(self.pages, self.actor, QueryDict(self.query)).rows(columns).filter(pk__lte=self.last_id)

    def count(self) -> int:
        """How many there are now, exactly: this is what a person is asked to agree to."""
        return int(self.rows().order_by().count())

    def batches(self) -> Iterator[Labels]:
        """Keys and names, a batch at a time, by key; what an action changes about a row takes no other out of the run."""
        if self.ids is not None:
            keys = iter(self.ids)
            while some := list(islice(keys, BATCH)):
                ticked = self.pages.visible(self.actor).filter(pk__in=some).order_by("pk")
                yield {row.pk: str(row) for row in ticked}
            return
        last = 0
        while True:
            found = list(self.rows().filter(pk__gt=last).order_by("pk")[:BATCH])
            if not found:
                return
            yield {row.pk: str(row) for row in found}
            last = found[-1].pk


def sample(selection: Selection, columns: Sequence[Column], size: int) -> list[Any]:
    """The first of them, for the preview."""
    return list(selection.rows(columns).order_by("pk")[:size])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
