"""Two people changed one row: what each of them wrote, side by side, and a choice for each field that differs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Model
from django.http import QueryDict
from django.utils.translation import gettext as _

from backoffice.core.selectors.timeline import values_at_version
from backoffice.core.ui.pages.columns import bound, pairs_text
from backoffice.core.ui.pages.forms import RowForm, labels_of

CHOICE: Final = "choice."
THEIRS: Final = "theirs"
NOT_CARRIED: Final = frozenset({"csrfmiddlewaretoken", "command", "version"})

if TYPE_CHECKING:
    from backoffice.core.ui.pages.declaration import ModelPages


def kept_of(sent: QueryDict) -> frozenset[str]:
    """The fields for which the other version was chosen: they stay as they are."""
    return frozenset(name.removeprefix(CHOICE) for name in sent if name.startswith(CHOICE) and sent.get(name) == THEIRS)


def conflict_context(form: RowForm, sent: QueryDict, row: Any, seen_version: int | None) -> dict[str, Any]:
    """The fields in which the two versions differ, each with what was there before either; and all that was sent, carried on.

    Who alone changed a field has it chosen already; where both did, mine is chosen and marked.
    """
    before = values_at_version(row, seen_version) if seen_version else {}
    labels = labels_of(form)
    differing = []
    for name, mine in form.cleaned_data.items():
        theirs = getattr(row, name)
        if _plain(mine) == _plain(theirs):
            continue
        known = name in before
        base = before.get(name)
        theirs_moved = not known or _plain(theirs) != base
        mine_moved = not known or _plain(mine) != base
        differing.append(
            {
                "name": name,
                "label": labels[name],
                "before": words_of(form.pages, name, base) if known and not _is_key(row, name) else None,
                "theirs": words_of(form.pages, name, theirs),
                "mine": words_of(form.pages, name, mine),
                "takes_theirs": theirs_moved and not mine_moved,
                "both": theirs_moved and mine_moved,
            }
        )
    return {
        "fields": differing,
        "carried": [(name, value) for name, values in sent.lists() if name in form.fields for value in values],
        "version": row.version,
        "seen_version": seen_version,
    }


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def _is_key(row: Any, name: str) -> bool:
    return bool(row._meta.get_field(name).is_relation)


def words_of(pages: "ModelPages", name: str, value: Any) -> str:
    """A value of a field as a person reads it."""
    if value is None or value == "" or value == {}:
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return pairs_text(value)
    labels = bound(name, pages.master.model).labels
    return str(labels.get(value, value)) if labels else str(value)
