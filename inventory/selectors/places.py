"""Questions about warehouses and the places in them. Nobody sees more than it can reach."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.errors import Missing
from backoffice.core.models.companies import Company
from inventory.models import Location, Warehouse
from inventory.models.places import SEPARATOR, LocationRows
from inventory.permissions import VIEW_PLACES
from inventory.states import LocationKind


def warehouses(actor: Actor) -> QuerySet[Warehouse]:
    """Those in reach, by priority."""
    actor.require(VIEW_PLACES)
    return Warehouse.objects.in_reach(actor).select_related("company")


def locations(actor: Actor) -> LocationRows:
    """Places in reach, as the tree has them."""
    actor.require(VIEW_PLACES)
    return Location.objects.in_reach(actor).select_related("warehouse", "parent")


def warehouse_of(warehouse_id: int, actor: Actor) -> Warehouse:
    """One warehouse in reach, or Missing."""
    found = warehouses(actor).filter(pk=warehouse_id).first()
    if found is None:
        raise Missing("not_found", _("There is no such warehouse here."))
    return found


def standard_place(warehouse: Warehouse, kind: str) -> Location:
    """The place of this kind that a warehouse has from its first day: the oldest in use. Missing when all are switched off."""
    found = Location.objects.filter(warehouse=warehouse, kind=kind, is_active=True).order_by("pk").first()
    if found is None:
        raise Missing(
            "no_such_place",
            _("%(warehouse)s has no place of the kind “%(kind)s” in use.")
            % {"warehouse": warehouse.name, "kind": LocationKind(kind).label},
        )
    return found


def virtual_place(company: Company, kind: str) -> Location:
    """The other side of moves in and out of a company: its supplier, customer, scrap or adjustment place."""
    return Location.objects.get(company=company, kind=kind, warehouse=None)


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the tree of its warehouse. `inside` counts what lies in it, at any depth."""

    id: int
    kind: str
    code: str
    name: str
    path: str
    depth: int
    inside: int
    is_active: bool
    is_blocked: bool


def tree_of(warehouse_id: int, *, actor: Actor, kinds: tuple[str, ...] = ()) -> list[Branch]:
    """Every place of a warehouse, each followed by what lies in it; only some kinds when asked. Two queries."""
    warehouse = warehouse_of(warehouse_id, actor)
    rows = Location.objects.filter(warehouse=warehouse)
    inside: dict[str, int] = {}
    listed: list[Location] = []
    fields = ("kind", "code", "name", "path", "is_active", "is_pick_blocked", "is_putaway_blocked")
    for place in rows.only(*fields):
        for above in _above(place.path):
            inside[above] = inside.get(above, 0) + 1
        if not kinds or place.kind in kinds:
            listed.append(place)
    listed.sort(key=lambda place: place.path.split(SEPARATOR))
    return [_branch(place, inside.get(place.path, 0)) for place in listed]


def _above(path: str) -> Iterator[str]:
    at = path.rfind(SEPARATOR)
    while at > 0:
        yield path[:at]
        at = path.rfind(SEPARATOR, 0, at)


def _branch(place: Location, inside: int) -> Branch:
    return Branch(
        id=place.pk,
        kind=place.kind,
        code=place.code,
        name=place.name,
        path=place.path,
        depth=place.path.count(SEPARATOR),
        inside=inside,
        is_active=place.is_active,
        is_blocked=place.is_blocked,
    )


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """How many places of a warehouse can hold goods on shelves, and how many of those are shut."""

    bins: int
    pick_blocked: int
    putaway_blocked: int


def place_counts(warehouse: Warehouse) -> PlaceCounts:
    """For the page of a warehouse; one query. A bin in a blocked aisle counts as blocked."""
    shut = ("", "parent__", "parent__parent__")
    answer = Location.objects.filter(warehouse=warehouse, kind=LocationKind.BIN, is_active=True).aggregate(
        bins=Count("pk"),
        pick=Count("pk", filter=_any(f"{above}is_pick_blocked" for above in shut)),
        putaway=Count("pk", filter=_any(f"{above}is_putaway_blocked" for above in shut)),
    )
    return PlaceCounts(answer["bins"], answer["pick"], answer["putaway"])


def _any(flags: Iterator[str]) -> Q:
    found = Q()
    for flag in flags:
        found |= Q(**{flag: True})
    return found


@dataclass(frozen=True, slots=True)
class WalkEnd:
    """Where new bins go on: after the last turn of the walk, beside the last aisle."""

    pick_sequence: int
    x_mm: int | None


def walk_end(warehouse: Warehouse) -> WalkEnd:
    """The far end of the bins that are there."""
    answer = Location.objects.filter(warehouse=warehouse, kind=LocationKind.BIN).aggregate(
        last=Max("pick_sequence"), x=Max("x_mm")
    )
    return WalkEnd(answer["last"] or 0, answer["x"])


def search_places(query: str, *, actor: Actor, limit: int = 8) -> list[Location]:
    """The best few for a search box: codes that begin so first."""
    text = query.strip()
    if not text:
        return []
    rows = locations(actor).matching(text)
    begins = list(rows.filter(Q(code__istartswith=text) | Q(barcode__iexact=text)).order_by("code", "pk")[:limit])
    rest = rows.exclude(pk__in=[place.pk for place in begins]).order_by("code", "pk")[: limit - len(begins)]
    return begins + list(rest)


def search_warehouses(query: str, *, actor: Actor, limit: int = 8) -> list[Warehouse]:
    """By a piece of the name or the code."""
    text = query.strip()
    if not text:
        return []
    return list(warehouses(actor).filter(Q(name__icontains=text) | Q(code__icontains=text))[:limit])
