"""Warehouses and their places: setting them up, moving them in the tree, blocking and freeing them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor, current_actor
from backoffice.core.errors import DomainError, Invalid, Missing, NotPermitted, Refused
from backoffice.core.events import Event, publish
from backoffice.core.masters import all_masters
from backoffice.core.models.companies import Company
from backoffice.core.services.master_rules import broken_rules, field_problems
from backoffice.core.services.masters import create_row
from backoffice.core.texts import clean_line
from inventory.events import LocationMoved, LocationsBlocked, LocationsFreed
from inventory.locks import close_stock_of, lock_location, lock_locations, lock_warehouse
from inventory.models import Location, Warehouse
from inventory.models.places import SEPARATOR
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES, WAREHOUSE_LIMIT
from inventory.selectors.scans import taken_scans
from inventory.services.levels import change_use_of_stock
from inventory.services.refusals import refuse, said_as_conflict
from inventory.states import STANDARD_PLACES, VIRTUAL_KINDS

MOST_AT_ONCE = 20_000


def create_warehouse(
    *,
    company: Company,
    code: str,
    name: str,
    time_zone: str,
    actor: Actor,
    address: dict[str, Any] | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    cutoff: time | None = None,
    priority: int = 100,
    reason: str = "",
) -> Warehouse:
    """A warehouse with its standard places (dock, pack bench, dispatch, quarantine, damaged, missing, in transit).

    The same as the form and the API do. Invalid names each wrong field.
    """
    values = {
        "company": company,
        "code": code,
        "name": name,
        "time_zone": time_zone,
        "address": address or {},
        "latitude": latitude,
        "longitude": longitude,
        "cutoff": cutoff,
        "priority": priority,
    }
    master = all_masters()["inventory.warehouse"]
    warehouse: Warehouse = create_row(master=master, values=values, actor=actor, reason=reason)
    return warehouse


def add_standard_places(warehouse: Warehouse) -> None:
    """What a new warehouse cannot be without, and the virtual places of its company if this is its first.

    NotPermitted for an actor that is limited to some warehouses: the new one would be out of its reach.
    """
    actor = current_actor()
    if actor is not None and actor.limit(WAREHOUSE_LIMIT) is not None:
        raise NotPermitted("out_of_reach", _("You are limited to some warehouses, so you cannot add another one."))
    places = [Location(warehouse=warehouse, kind=kind, code=code) for kind, code in STANDARD_PLACES]
    for place in places:
        place.complete()
    with said_as_conflict(Location):
        Location.objects.bulk_create(places)
    virtual = [
        Location(company_id=warehouse.company_id, kind=kind, code=kind.upper(), path=kind.upper())
        for kind in VIRTUAL_KINDS
    ]
    Location.objects.bulk_create(virtual, ignore_conflicts=True)


def check_locations(rows: Sequence[Location]) -> Mapping[int, DomainError]:
    """Before places are saved by themselves: a label must not be a barcode of goods or the code of a SKU. By place in `rows`."""
    taken = taken_scans({row.barcode for row in rows if row.barcode}, by=("barcode", "sku"))
    return {
        at: Invalid(
            "barcode_taken",
            _("The barcode %(text)s belongs to %(owner)s.") % {"text": row.barcode, "owner": taken[row.barcode].words},
            field="barcode",
        )
        for at, row in enumerate(rows)
        if row.barcode in taken
    }


def add_place(
    *,
    warehouse_id: int,
    kind: str,
    code: str,
    actor: Actor,
    parent_id: int | None = None,
    reason: str = "",
    **values: Any,
) -> Location:
    """One place. `values` are any other columns that the form has. The same as the form and the API do."""
    actor.require(EDIT_PLACES)
    with acting(actor, reason):
        warehouse = lock_warehouse(warehouse_id, actor)
        parent = None if parent_id is None else lock_location(parent_id, actor)
        sent = {**values, "warehouse": warehouse, "parent": parent, "kind": kind, "code": code}
        place: Location = create_row(master=all_masters()["inventory.location"], values=sent, actor=actor)
    return place


def move_location(
    *, location_id: int, parent_id: int | None, actor: Actor, code: str | None = None, reason: str = ""
) -> Location:
    """Hang a place, with all that lies in it, elsewhere in its warehouse (`parent_id` None: directly in it), or rename it.

    One statement moves what lies below, however much it is. Invalid: codes of the model, path_too_long; Missing for a place
    out of reach. A move to where it stands already changes nothing.
    """
    actor.require(EDIT_PLACES)
    with acting(actor, reason):
        known = Location.objects.in_reach(actor).filter(pk=location_id).values_list("warehouse_id", flat=True).first()
        if known is None:
            raise Missing("not_found", _("There is no such place in a warehouse here."))
        lock_warehouse(known, actor)
        close_stock_of([known])
        place = lock_location(location_id, actor)
        old_path = place.path
        place.parent = None if parent_id is None else lock_location(parent_id, actor)
        place.code = place.code if code is None else code
        refuse(field_problems(place) or broken_rules([place]).get(0, []))
        if place.path == old_path:
            return place
        moved = Location.objects.filter(warehouse_id=known, path__startswith=old_path + SEPARATOR)
        _check_depth(place, old_path, list(moved.values_list("path", flat=True)))
        with said_as_conflict(Location):
            place.save()
            moved.update(
                path=Concat(
                    Value(place.path), Substr("path", len(old_path) + 1), output_field=CharField(max_length=200)
                ),
                version=F("version") + 1,
                updated_at=clock.now(),
            )
        # Above it may now stand a place that is shut, or none where one was.
        change_use_of_stock(location_ids=[place.pk])
        publish(LocationMoved(location_id=place.pk, warehouse_id=known, old_path=old_path, new_path=place.path))
    return place


def _check_depth(place: Location, old_path: str, below: list[str]) -> None:
    longest = max((len(path) for path in below), default=0) - len(old_path) + len(place.path)
    if max(longest, len(place.path)) > 200:
        raise Invalid("path_too_long", _("The codes on the way to what lies below become too long."), field="code")


def block_locations(
    *,
    location_ids: Iterable[int],
    reason: str,
    actor: Actor,
    picking: bool = True,
    putaway: bool = True,
) -> list[Location]:
    """Stop picking from, or put-away into, these places and whatever lies in them, until they are freed.

    Flags are set, never taken away: a place blocked for picking that is now blocked for put-away is blocked for both. All or
    nothing. Missing when one is out of reach; Refused for virtual places. A repeat changes nothing.
    """
    words = clean_line(reason, field="reason", max_length=200)
    if not picking and not putaway:
        raise Invalid("nothing_to_block", _("Choose picking, put-away or both."), field="picking")
    actor.require(BLOCK_PLACES)
    with acting(actor, words):
        changed = []
        for place in _shut_off(location_ids, actor):
            wanted = (place.is_pick_blocked or picking, place.is_putaway_blocked or putaway, words)
            if wanted != (place.is_pick_blocked, place.is_putaway_blocked, place.block_reason):
                place.is_pick_blocked, place.is_putaway_blocked, place.block_reason = wanted
                changed.append(place)
        _write(changed, ["is_pick_blocked", "is_putaway_blocked", "block_reason"])
        change_use_of_stock(location_ids=[place.pk for place in changed])
        events: list[Event] = [
            LocationsBlocked(
                warehouse_id=warehouse_id, location_ids=ids, picking=picking, putaway=putaway, reason=words
            )
            for warehouse_id, ids in _by_warehouse(changed)
        ]
        publish(*events)
    return changed


def free_locations(*, location_ids: Iterable[int], actor: Actor, reason: str = "") -> list[Location]:
    """Open these places again. A place inside a blocked one stays shut with it. A repeat changes nothing."""
    actor.require(BLOCK_PLACES)
    with acting(actor, reason):
        changed = [place for place in _shut_off(location_ids, actor) if place.is_blocked]
        for place in changed:
            place.is_pick_blocked, place.is_putaway_blocked, place.block_reason = False, False, ""
        _write(changed, ["is_pick_blocked", "is_putaway_blocked", "block_reason"])
        change_use_of_stock(location_ids=[place.pk for place in changed])
        publish(
            *[LocationsFreed(warehouse_id=warehouse, location_ids=ids) for warehouse, ids in _by_warehouse(changed)]
        )
    return changed


def _shut_off(location_ids: Iterable[int], actor: Actor) -> list[Location]:
    """The places, locked, with nobody else moving or promising stock of their warehouses meanwhile."""
    places = _locked(location_ids, actor)
    close_stock_of({place.warehouse_id for place in places if place.warehouse_id is not None})
    return places


def _locked(location_ids: Iterable[int], actor: Actor) -> list[Location]:
    wanted = set(location_ids)
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid("too_many", _("At most %(most)s places at once.") % {"most": MOST_AT_ONCE}, field="location_ids")
    found = lock_locations(wanted, actor)
    gone = sorted(wanted - found.keys())
    if gone:
        raise Missing("not_found", _("There is no place %(id)s here.") % {"id": gone[0]}, ids=gone)
    for place in found.values():
        if place.warehouse_id is None:
            raise Refused("virtual_place", _("%(code)s is no place that can be blocked.") % {"code": place.code})
    return list(found.values())


def _write(places: list[Location], fields: list[str]) -> None:
    now = clock.now()
    for place in places:
        place.version, place.updated_at = place.version + 1, now
    Location.objects.bulk_update(places, [*fields, "version", "updated_at"])


def _by_warehouse(places: list[Location]) -> list[tuple[int, tuple[int, ...]]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for place in places:
        groups[place.warehouse_id or 0].append(place.pk)
    return [(warehouse, tuple(ids)) for warehouse, ids in groups.items()]
