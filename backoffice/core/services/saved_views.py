"""Saved views of lists: made, changed, shared, moved and deleted by the people who use them."""

from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, NotPermitted, Refused
from backoffice.core.locks import lock_in_order, lock_one
from backoffice.core.models.views import SavedView
from backoffice.core.permissions import SHARE_VIEWS
from backoffice.core.texts import clean_line

MOST_VIEWS: Final = 50


def views_of(page: str, actor: Actor) -> QuerySet[SavedView]:
    """The views of a list that this person sees: the shared ones and their own, the nameless one among them."""
    return (
        SavedView.objects.filter(page=page)
        .filter(Q(is_shared=True) | Q(owner_id=actor.id if actor.kind == "user" else 0))
        .select_related("owner")
        .order_by("-is_shared", "position", "id")
    )


def may_change(view: SavedView, actor: Actor) -> bool:
    """The owner may; a shared view also whoever may share views, so that it can outlive its maker."""
    return (actor.kind == "user" and view.owner_id == actor.id) or (view.is_shared and actor.may(SHARE_VIEWS))


def add_view(*, page: str, name: str, query: str, columns: Sequence[str], is_shared: bool, actor: Actor) -> SavedView:
    """A new tab. Conflict when one has this name already, Refused beyond 50, NotPermitted to share without the right."""
    name = clean_line(name, field="name", max_length=60)
    owner_id = _person(actor)
    if is_shared:
        actor.require(SHARE_VIEWS)
    with acting(actor):
        mine = SavedView.objects.filter(page=page, owner_id=owner_id).exclude(name="")
        if mine.count() >= MOST_VIEWS:
            raise Refused("too_many_views", _("One list has at most %(most)s views of yours.") % {"most": MOST_VIEWS})
        last = mine.aggregate(last=Max("position"))["last"]
        view = SavedView(
            page=page,
            name=name,
            owner_id=owner_id,
            is_shared=is_shared,
            query=query,
            columns=list(columns),
            position=0 if last is None else last + 1,
        )
        _save(view)
    return view


def change_view(
    *,
    view_id: int,
    actor: Actor,
    name: str | None = None,
    query: str | None = None,
    columns: Sequence[str] | None = None,
    is_shared: bool | None = None,
) -> SavedView:
    """Rename a view, give it other filters or columns, share it or take it back. What is None stays."""
    with acting(actor):
        view = _lock_own(view_id, actor)
        if name is not None:
            view.name = clean_line(name, field="name", max_length=60)
        if query is not None:
            view.query = query
        if columns is not None:
            view.columns = list(columns)
        if is_shared is not None and is_shared != view.is_shared:
            actor.require(SHARE_VIEWS)
            view.is_shared = is_shared
        _save(view)
    return view


def delete_view(*, view_id: int, actor: Actor) -> None:
    """Take the tab away; the rows it showed are not touched."""
    with acting(actor):
        _lock_own(view_id, actor).delete()


def move_view(*, view_id: int, step: int, actor: Actor) -> None:
    """One place towards the beginning (-1) or the end (1) among its neighbours; nothing at the edge."""
    with acting(actor):
        view = _lock_own(view_id, actor)
        group = lock_in_order(
            views_of(view.page, actor).select_related(None).filter(is_shared=view.is_shared).exclude(name="")
        )
        group.sort(key=lambda one: (one.position, one.pk))
        keys = [one.pk for one in group]
        place = keys.index(view.pk)
        other = place + (1 if step > 0 else -1)
        if 0 <= other < len(group):
            group[place], group[other] = group[other], group[place]
        for position, one in enumerate(group):
            one.position = position
        SavedView.objects.bulk_update(group, ["position"])


def choose_columns(*, page: str, view_id: int | None, columns: Sequence[str], actor: Actor) -> SavedView:
    """Which columns the list shows: for one view, or without one for this person. None at all: those of the house."""
    if view_id is not None:
        return change_view(view_id=view_id, columns=columns, actor=actor)
    owner_id = _person(actor)
    with acting(actor):
        view, _made = SavedView.objects.update_or_create(
            page=page, owner_id=owner_id, name="", defaults={"columns": list(columns)}
        )
    return view


def _person(actor: Actor) -> int:
    if actor.kind != "user" or actor.id is None:
        raise NotPermitted("not_a_person", _("Only people have views of their own."))
    return actor.id


def _lock_own(view_id: int, actor: Actor) -> SavedView:
    reachable = SavedView.objects.filter(Q(is_shared=True) | Q(owner_id=actor.id or 0)).exclude(name="")
    view = lock_one(reachable, view_id)
    if not may_change(view, actor):
        raise NotPermitted(
            "not_yours",
            _("The view “%(name)s” is not yours to change.") % {"name": view.name},
            hint=_("Save a copy of your own."),
        )
    return view


def _save(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise Conflict(
            "view_name_taken",
            _("There is a view called “%(name)s” already.") % {"name": view.name},
            field="name",
            hint=_("Choose another name."),
        ) from error
