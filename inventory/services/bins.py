"""Bins by the thousand, from a pattern: look first, then make them all in a handful of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.errors import Conflict, Invalid, Missing, Problem, Words
from backoffice.core.events import publish
from backoffice.core.services.master_rules import field_problems
from inventory.events import LocationsAdded
from inventory.locks import lock_warehouse
from inventory.models import Location, Warehouse
from inventory.permissions import EDIT_PLACES, VIEW_PLACES
from inventory.selectors.places import WalkEnd, walk_end, warehouse_of
from inventory.selectors.scans import taken_scans
from inventory.services.refusals import refuse, said_as_conflict
from inventory.states import LocationKind
from inventory.strategies.bin_pattern import BinPattern, BinSpot, parse_pattern

SHOWN = 20
TURN = 10  # between two neighbours on the walk, so that a bin can be put in between later


@dataclass(frozen=True, slots=True, kw_only=True)
class BinLayout:
    """How the bins stand: millimetres from aisle to aisle, bay to bay and level to level, and what each of them holds.

    None for `x_mm`: beside the last aisle that is there.
    """

    aisle_mm: int = 3_000
    bay_mm: int = 1_200
    level_mm: int = 450
    x_mm: int | None = None
    y_mm: int = 0
    max_weight_g: int | None = None
    max_units: int | None = None
    max_volume_ml: int | None = None
    storage_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BinPlan:
    """What a pattern would make. `taken` are codes that are there already: with one of them nothing is made."""

    count: int
    first: tuple[str, ...]
    last: str
    new_zones: tuple[str, ...]
    new_aisles: tuple[str, ...]
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeBins:
    """What was made."""

    zones: int
    aisles: int
    bins: int
    first: str
    last: str


def preview_bins(
    *, warehouse_id: int, pattern: str, actor: Actor, parent_id: int | None = None, layout: BinLayout | None = None
) -> BinPlan:
    """What make_bins would do now, without doing it. Raises Invalid and Missing as make_bins does."""
    actor.require(VIEW_PLACES)
    warehouse = warehouse_of(warehouse_id, actor)
    return _Work(warehouse, pattern, _parent(parent_id, warehouse, actor), layout or BinLayout()).plan()


def make_bins(
    *,
    warehouse_id: int,
    pattern: str,
    actor: Actor,
    parent_id: int | None = None,
    layout: BinLayout | None = None,
    reason: str = "",
) -> MadeBins:
    """Make every bin of the pattern (strategies/bin_pattern.py) with the zones and aisles it names, up to 20,000 at once.

    Zones and aisles that are there already are used. The walk goes on after the last bin. All or nothing: Conflict names the
    codes that are taken; Invalid (field `pattern`, `parent_id` or one of the layout) says what cannot be understood.
    """
    actor.require(EDIT_PLACES)
    with acting(actor, reason):
        warehouse = lock_warehouse(warehouse_id, actor)
        made = _Work(warehouse, pattern, _parent(parent_id, warehouse, actor), layout or BinLayout()).make()
        publish(LocationsAdded(warehouse_id=warehouse.pk, count=made.bins, first=made.first, last=made.last))
    return made


_INSERT = """
INSERT INTO inventory_location (
    created_at, updated_at, version, is_active, warehouse_id, parent_id, kind, code, name, path, barcode, pick_sequence,
    x_mm, y_mm, z_mm, is_pick_blocked, is_putaway_blocked, block_reason, max_weight_g, max_units, max_volume_ml, storage_class
)
SELECT
    %(now)s, %(now)s, 1, true, %(warehouse)s, bin.parent_id, 'bin', bin.code, '',
    concat(parent.path || '/', bin.code), bin.label, bin.turn, bin.x, bin.y, bin.z,
    false, false, '', %(max_weight_g)s, %(max_units)s, %(max_volume_ml)s, %(storage_class)s
FROM unnest(
    %(parents)s::bigint[], %(codes)s::text[], %(labels)s::text[], %(turns)s::int[], %(x)s::int[], %(y)s::int[], %(z)s::int[]
) WITH ORDINALITY AS bin (parent_id, code, label, turn, x, y, z, place)
LEFT JOIN inventory_location AS parent ON parent.id = bin.parent_id
ORDER BY bin.place
"""


class _Work:
    """One pattern in one warehouse: what there is, what would be made, and making it."""

    def __init__(self, warehouse: Warehouse, text: str, parent: Location | None, layout: BinLayout) -> None:
        pattern = parse_pattern(text)
        _check_parent(parent, pattern)
        self.warehouse = warehouse
        self.parent = parent
        self.layout = layout
        self.spots = pattern.spots
        self.zones = list(dict.fromkeys(spot.zone for spot in self.spots if spot.zone))
        self.aisles = {spot.aisle: spot.zone for spot in self.spots if spot.aisle}
        here = Location.objects.filter(warehouse=warehouse).annotate(in_capitals=Upper("code"))
        self.holders = {
            place.code.upper(): place
            for place in here.filter(in_capitals__in=[code.upper() for code in (*self.zones, *self.aisles)])
        }
        self.taken = list(
            here.filter(in_capitals__in=[spot.code.upper() for spot in self.spots])
            .order_by("path")
            .values_list("code", flat=True)
        )

    def plan(self) -> BinPlan:
        return BinPlan(
            count=len(self.spots),
            first=tuple(spot.code for spot in self.spots[:SHOWN]),
            last=self.spots[-1].code,
            new_zones=tuple(self._missing(self.zones)),
            new_aisles=tuple(self._missing(self.aisles)),
            taken=tuple(self.taken[:SHOWN]),
        )

    def make(self) -> MadeBins:
        """Three inserts: zones, aisles, bins, each with the keys of the one before."""
        if self.taken:
            raise self._conflict(
                "codes_taken",
                _("%(count)s of these places are there already: %(codes)s."),
                codes=self.taken,
            )
        new_zones, new_aisles = self._missing(self.zones), self._missing(self.aisles)
        zones = self._with_new(LocationKind.ZONE, self.zones, dict.fromkeys(self.zones, self.parent))
        under = {aisle: zones.get(zone, self.parent) for aisle, zone in self.aisles.items()}
        aisles = self._with_new(LocationKind.AISLE, self.aisles, under)
        end = walk_end(self.warehouse)
        parents = [aisles.get(spot.aisle) or zones.get(spot.zone) or self.parent for spot in self.spots]
        places = [self._place(spot, end) for spot in self.spots]
        self._check_outermost(parents, places)
        self._refuse_labels([self._label(spot.code) for spot in self.spots])
        self._insert(parents, places, end)
        return MadeBins(len(new_zones), len(new_aisles), len(self.spots), self.spots[0].code, self.spots[-1].code)

    def _missing(self, codes: Iterable[str]) -> list[str]:
        return [code for code in codes if code.upper() not in self.holders]

    def _with_new(self, kind: str, codes: Iterable[str], under: Mapping[str, Location | None]) -> dict[str, Location]:
        """The zones or aisles of these codes; those that are not there are made. Conflict for one that is something else."""
        found: dict[str, Location] = {}
        new: list[Location] = []
        for code in codes:
            place = self.holders.get(code.upper())
            parent = under[code]
            if place is None:
                place = Location(warehouse=self.warehouse, parent=parent, kind=kind, code=code)
                place.complete()
                new.append(place)
            elif place.kind != kind or place.parent_id != (parent.pk if parent else None):
                raise self._conflict(
                    "something_else", _("%(codes)s is there already, as something else."), codes=[place.path]
                )
            found[code] = place
        self._refuse_labels([place.barcode for place in new])
        with said_as_conflict(Location):
            Location.objects.bulk_create(new)
        return found

    def _place(self, spot: BinSpot, end: WalkEnd) -> tuple[int, int, int]:
        """Where a bin stands: x, y and z in millimetres."""
        layout = self.layout
        start = layout.x_mm if layout.x_mm is not None else (0 if end.x_mm is None else end.x_mm + layout.aisle_mm)
        within = spot.position * layout.bay_mm // spot.positions
        x, y = start + spot.aisle_index * layout.aisle_mm, layout.y_mm + spot.bay * layout.bay_mm + within
        return x, y, spot.level * layout.level_mm

    def _check_outermost(self, parents: Sequence[Location | None], places: Sequence[tuple[int, int, int]]) -> None:
        """What is wrong with the layout. The outermost bins tell, as all others stand between them."""
        sides = [[place[axis] for place in places] for axis in range(3)]
        outermost = {side.index(choose(side)) for side in sides for choose in (min, max)}
        found: dict[tuple[str, str | None], Problem] = {}
        for at in sorted(outermost):
            x_mm, y_mm, z_mm = places[at]
            place = Location(
                warehouse=self.warehouse,
                parent=parents[at],
                kind=LocationKind.BIN,
                code=self.spots[at].code,
                x_mm=x_mm,
                y_mm=y_mm,
                z_mm=z_mm,
                **self._capacity(),
            )
            for problem in field_problems(place):
                found.setdefault((problem.code, problem.field), problem)
        refuse(list(found.values()))

    def _capacity(self) -> dict[str, Any]:
        layout = self.layout
        return {
            "max_weight_g": layout.max_weight_g,
            "max_units": layout.max_units,
            "max_volume_ml": layout.max_volume_ml,
            "storage_class": layout.storage_class,
        }

    def _label(self, code: str) -> str:
        return f"{self.warehouse.code}-{code}"

    def _insert(self, parents: Sequence[Location | None], places: Sequence[tuple[int, int, int]], end: WalkEnd) -> None:
        """All bins in one statement of a few arrays: sending twenty thousand rows of values would take three times as long."""
        parameters = {
            "now": clock.now(),
            "warehouse": self.warehouse.pk,
            "parents": [None if parent is None else parent.pk for parent in parents],
            "codes": [spot.code for spot in self.spots],
            "labels": [self._label(spot.code) for spot in self.spots],
            "turns": [end.pick_sequence + spot.turn * TURN for spot in self.spots],
            "x": [place[0] for place in places],
            "y": [place[1] for place in places],
            "z": [place[2] for place in places],
            **self._capacity(),
        }
        with said_as_conflict(Location), connection.cursor() as cursor:
            cursor.execute(_INSERT, parameters)

    def _refuse_labels(self, labels: list[str]) -> None:
        taken = taken_scans(labels) if labels else {}
        if taken:
            text = min(taken)
            raise Conflict(
                "barcode_taken",
                _("The label %(text)s belongs to %(owner)s.") % {"text": text, "owner": taken[text].words},
                field="pattern",
            )

    def _conflict(self, code: str, message: Words, codes: Sequence[str]) -> Conflict:
        shown = ", ".join(codes[:SHOWN]) + (", …" if len(codes) > SHOWN else "")
        return Conflict(
            code, message % {"count": len(codes), "codes": shown}, field="pattern", codes=list(codes[:SHOWN])
        )


def _check_parent(parent: Location | None, pattern: BinPattern) -> None:
    """Where the bins hang: a zone takes aisles and bins, an aisle takes bins, and zones lie directly in the warehouse."""
    if parent is None:
        return
    parts = pattern.parts
    if parent.kind not in (LocationKind.ZONE, LocationKind.AISLE):
        message = _("Bins lie in a zone or an aisle; %(code)s is neither.") % {"code": parent.code}
        raise Invalid("cannot_lie_there", message, field="parent_id")
    if "zone" in parts or ("aisle" in parts and parent.kind != LocationKind.ZONE):
        message = _("The pattern makes zones or aisles that cannot lie in %(code)s.") % {"code": parent.code}
        raise Invalid("cannot_lie_there", message, field="pattern")


def _parent(parent_id: int | None, warehouse: Warehouse, actor: Actor) -> Location | None:
    if parent_id is None:
        return None
    parent = Location.objects.in_reach(actor).filter(pk=parent_id, warehouse=warehouse).first()
    if parent is None:
        raise Missing("not_found", _("There is no such place in this warehouse."), field="parent_id")
    return parent
