"""Warehouses and the places in them in the console."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from backoffice.core.acting import acting
from backoffice.core.actors import Actor
from backoffice.core.bulk import BulkAnswer
from backoffice.core.errors import DomainError, Refused, Words
from backoffice.core.refs import Ref
from backoffice.core.templatetags.ui import state_pill
from backoffice.core.ui.documents import documents_panel, issue_action
from backoffice.core.ui.pages.address_field import AddressField
from backoffice.core.ui.pages.choices import zone_field
from backoffice.core.ui.pages.columns import Column
from backoffice.core.ui.pages.declaration import ModelPages
from backoffice.core.ui.pages.parts import BulkAction, Group, Input, Panel, Related, RowAction, Section
from inventory.filters import LocationFilter, WarehouseFilter
from inventory.kinds import PLACE_LIST
from inventory.masters import LOCATIONS, WAREHOUSES
from inventory.models import Location, Warehouse
from inventory.permissions import BLOCK_PLACES, EDIT_PLACES, VIEW_PLACES
from inventory.selectors.places import place_counts, tree_of
from inventory.services.places import block_locations, free_locations, move_location
from inventory.states import KINDS
from inventory.ui.forms.places import BlockForm, MoveForm
from inventory.ui.label_actions import PRINT_LOCATION, PRINT_WAREHOUSE

# Places that others lie in; bins by the thousand are a matter of the list.
BRANCHES = tuple(kind for kind, facts in KINDS.items() if not facts.is_virtual and kind != "bin")


# --- blocking -------------------------------------------------------------------------------------------------------
def _block(ids: Sequence[int], actor: Actor, data: Mapping[str, Any]) -> BulkAnswer:
    with acting(actor):
        before = {
            place.pk: [place.is_pick_blocked, place.is_putaway_blocked, place.block_reason]
            for place in Location.objects.in_reach(actor).filter(pk__in=ids)
        }
        changed = block_locations(
            location_ids=ids, reason=data["reason"], picking=data["picking"], putaway=data["putaway"], actor=actor
        )
    return BulkAnswer({place.pk: before.get(place.pk) for place in changed})


def _unblock(kept: Mapping[int, Any], actor: Actor) -> BulkAnswer:
    """Frees what was free before; what was blocked in another way before stays as it is now."""
    blocked = {key for key, before in kept.items() if before and (before[0] or before[1])}
    refused: dict[int, DomainError] = {
        key: Refused("blocked_before", _("It was blocked before, too. Free it by hand if nothing speaks against it."))
        for key in blocked
    }
    freed = free_locations(location_ids=[key for key in kept if key not in blocked], actor=actor)
    return BulkAnswer(dict.fromkeys(place.pk for place in freed), refused)


def _free(ids: Sequence[int], actor: Actor, data: Mapping[str, Any]) -> BulkAnswer:
    with acting(actor):
        before = {
            place.pk: [place.is_pick_blocked, place.is_putaway_blocked, place.block_reason]
            for place in Location.objects.in_reach(actor).filter(pk__in=ids)
        }
        freed = free_locations(location_ids=ids, actor=actor)
    return BulkAnswer({place.pk: before.get(place.pk) for place in freed})


def _block_again(kept: Mapping[int, Any], actor: Actor) -> BulkAnswer:
    """One call for each way of having been blocked."""
    ways: dict[tuple[bool, bool, str], list[int]] = {}
    for key, (picking, putaway, reason) in kept.items():
        ways.setdefault((picking, putaway, reason), []).append(key)
    changed: list[int] = []
    with acting(actor):
        for (picking, putaway, reason), keys in ways.items():
            places = block_locations(location_ids=keys, reason=reason, picking=picking, putaway=putaway, actor=actor)
            changed += [place.pk for place in places]
    return BulkAnswer.of(changed)


def _cannot_block(rows: Sequence[Location], actor: Actor) -> dict[int, Words]:
    return {
        row.pk: _now("This is no place in a building; it cannot be blocked.")
        for row in rows
        if row.warehouse_id is None
    }


# --- what is shown ----------------------------------------------------------------------------------------------------
def _block_cell(row: Location) -> SafeString | str:
    if not row.is_blocked:
        return "–"
    if row.is_pick_blocked and row.is_putaway_blocked:
        words = _now("blocked")
    else:
        words = _now("no picking") if row.is_pick_blocked else _now("no put-away")
    return format_html('<span title="{}">{}</span>', row.block_reason, state_pill("blocked", words))


def _where(row: Location) -> Words:
    return f"{row.warehouse} · {row.path}" if row.warehouse is not None else str(row.get_kind_display())


def _tree(row: Warehouse, actor: Actor) -> Mapping[str, Any]:
    """What the page of a warehouse says about its places."""
    branches = [
        {"branch": branch, "url": reverse("inventory_location_detail", args=[branch.id])}
        for branch in tree_of(row.pk, actor=actor, kinds=BRANCHES)
    ]
    locations = reverse("inventory_location_list")
    return {
        "counts": place_counts(row),
        "branches": branches,
        "bins_url": f"{locations}?warehouse={row.pk}&kind=bin",
        "blocked_url": f"{locations}?warehouse={row.pk}&is_blocked=true",
        "locations_url": f"{locations}?warehouse={row.pk}",
    }


def _subject(row: Warehouse) -> Ref:
    return Ref("inventory.warehouse", str(row.pk))


def _make_bins(row: Warehouse, actor: Actor, data: Mapping[str, Any], item: int) -> str:
    return reverse("inventory_warehouse_make_bins", args=[row.pk])


def _move(row: Location, actor: Actor, data: Mapping[str, Any], item: int) -> None:
    parent = data["parent"]
    move_location(location_id=row.pk, parent_id=parent.pk if parent else None, code=data["code"], actor=actor)


WAREHOUSE_PAGES = ModelPages(
    master=WAREHOUSES,
    slug="warehouses",
    area="places",
    area_title=_("Places"),
    icon="building-storefront",
    filterset=WarehouseFilter,
    columns=(
        Column("name", link=True),
        Column("code"),
        Column("company"),
        Column("time_zone"),
        Column("cutoff", kind="time"),
        Column("priority"),
        Column("latitude", is_shown=False),
        Column("longitude", is_shown=False),
        Column("updated_at", is_shown=False),
        Column("is_active"),
    ),
    default_sort="priority",
    search=("name", "code"),
    is_short=True,
    form=(
        Group(
            _("What it is"),
            (
                Input("name", span="half"),
                Input("code", span="half", help=_("Short; stands on the labels of its places.")),
                Input("company", span="half"),
                Input("time_zone", span="half", field=zone_field),
                Input("cutoff", span="half"),
                Input("priority", span="half"),
            ),
        ),
        Group(
            _("Where it is"),
            (Input("address", field=AddressField), Input("latitude", span="half"), Input("longitude", span="half")),
        ),
    ),
    detail=(
        Section(_("Warehouse"), ("code", "company", "time_zone", Column("cutoff", kind="time"), "priority")),
        Panel("inventory/warehouse_tree.html", _tree, right=VIEW_PLACES),
        documents_panel(PLACE_LIST, _subject),
        Section(_("Address"), ("address", "latitude", "longitude"), is_aside=True),
    ),
    row_actions=(
        RowAction(
            code="make_bins",
            title=_("Make bins"),
            right=EDIT_PLACES,
            icon="squares-plus",
            run=_make_bins,
        ),
        PRINT_WAREHOUSE,
        issue_action(PLACE_LIST, _("Make list of places"), _subject, VIEW_PLACES),
    ),
    empty_text=_(
        "A building that stock lies in and parcels leave from. It comes with a dock, a pack bench and the like."
    ),
)

LOCATION_PAGES = ModelPages(
    master=LOCATIONS,
    slug="locations",
    area="places",
    area_title=_("Places"),
    icon="map-pin",
    filterset=LocationFilter,
    columns=(
        Column("path", link=True, kind="code"),
        Column("kind"),
        Column("warehouse"),
        Column("name", is_wide_only=True),
        Column("barcode"),
        Column("pick_sequence"),
        Column("blocked", title=_("Blocked"), cell=_block_cell, value=lambda row: row.block_reason or None),
        Column("storage_class"),
        Column("max_weight_g", kind="quantity", unit="g", title=_("Carries"), is_shown=False),
        Column("max_units", kind="quantity", title=_("Holds units"), is_shown=False),
        Column("max_volume_ml", kind="quantity", unit="ml", title=_("Volume"), is_shown=False),
        Column("x_mm", is_shown=False),
        Column("y_mm", is_shown=False),
        Column("z_mm", is_shown=False),
        Column("updated_at", is_shown=False),
        Column("is_active", is_shown=False),
    ),
    default_sort="path",
    search=("code", "name"),
    search_words=_("Code, name or barcode"),
    subtitle=_where,
    form=(
        Group(
            _("What it is"),
            (
                Input("warehouse", span="half"),
                Input("parent", span="half", by=("warehouse",), help=_("Empty: directly in the warehouse.")),
                Input("kind", span="half"),
                Input("code", span="half"),
                Input("name", span="half"),
                Input("barcode", span="half"),
            ),
        ),
        Group(
            _("Where pickers find it"),
            (
                Input("pick_sequence", span="quarter"),
                Input("x_mm", unit="mm", span="quarter", label="x"),
                Input("y_mm", unit="mm", span="quarter", label="y"),
                Input("z_mm", unit="mm", span="quarter", label="z"),
            ),
        ),
        Group(
            _("What fits"),
            (
                Input("max_weight_g", unit="g", span="quarter", label=_("Carries")),
                Input("max_units", unit=_("units"), span="quarter", label=_("Holds")),
                Input("max_volume_ml", unit="ml", span="quarter", label=_("Volume")),
                Input("storage_class", span="quarter"),
            ),
        ),
    ),
    detail=(
        Section(
            _("Place"),
            (
                Column("path", kind="code"),
                "kind",
                "warehouse",
                "parent",
                "name",
                "barcode",
                "pick_sequence",
                Column("blocked", title=_("Blocked"), cell=_block_cell, value=lambda row: row.block_reason),
                "block_reason",
            ),
        ),
        Section(
            _("What fits"),
            (
                Column("max_weight_g", kind="quantity", unit="g", title=_("Carries")),
                Column("max_units", kind="quantity", title=_("Holds units")),
                Column("max_volume_ml", kind="quantity", unit="ml", title=_("Volume")),
                "storage_class",
                Column("x_mm", kind="quantity", unit="mm", title="x"),
                Column("y_mm", kind="quantity", unit="mm", title="y"),
                Column("z_mm", kind="quantity", unit="mm", title="z"),
            ),
        ),
        Related(
            code="inside",
            title=_("What lies in it"),
            model=Location,
            rows=lambda row, actor: Location.objects.in_reach(actor).filter(parent=row).order_by("path"),
            columns=(Column("code", link=True, kind="code"), Column("kind"), Column("name"), Column("barcode")),
            more=lambda row: f"{reverse('inventory_location_list')}?inside={row.pk}",
            add_url=lambda row: (
                f"{reverse('inventory_location_add')}?warehouse={row.warehouse_id or ''}&parent={row.pk}"
            ),
            empty=_("No place lies in this one."),
        ),
    ),
    actions=(
        BulkAction(
            code="block",
            title=_("Block"),
            icon="lock-closed",
            help=_("Picking, put-away or both stop there, and in all that lies in it, until it is freed."),
            right=BLOCK_PLACES,
            form=BlockForm,
            check=_cannot_block,
            run=_block,
            undo=_unblock,
        ),
        BulkAction(
            code="free",
            title=_("Free"),
            icon="lock-open",
            help=_("Picking and put-away go on there. A place inside a blocked one stays shut with it."),
            right=BLOCK_PLACES,
            check=_cannot_block,
            run=_free,
            undo=_block_again,
            fits=lambda row: row.is_blocked,
        ),
    ),
    row_actions=(
        RowAction(
            code="move",
            title=_("Move or rename"),
            done=_("The place, and all that lies in it, is moved."),
            right=EDIT_PLACES,
            icon="arrows-right-left",
            form=MoveForm,
            needs_row=True,
            run=_move,
            fits=lambda row: row.warehouse_id is not None,
        ),
        PRINT_LOCATION,
    ),
    empty_text=_("Zones, aisles and bins. Many bins at once are made on the page of their warehouse."),
)
