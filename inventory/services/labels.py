"""Labels of places and SKUs as one file, PDF or ZPL, made by a job so that a thousand of them keep nobody waiting."""

from typing import Any, Literal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backoffice.core.actors import Actor
from backoffice.core.documents.labels import Label
from backoffice.core.documents.pdf_labels import render_labels
from backoffice.core.documents.zpl import render_zpl
from backoffice.core.errors import Invalid, Missing, Refused
from backoffice.core.files.storage import store_file
from backoffice.core.jobs import JobRun, job, start_job
from backoffice.core.models.jobs import Job
from inventory.models import Barcode, Location, Sku
from inventory.models.places import SEPARATOR
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.states import KINDS, Symbology
from inventory.strategies.label_layouts import PlaceFacts, SkuFacts, copies_of, place_label, sku_label

Format = Literal["pdf", "zpl"]
FORMATS: dict[str, str] = {"pdf": "application/pdf", "zpl": "application/octet-stream"}
FILE_KIND = "inventory.labels"
PLACE_JOB = "inventory.place_labels"
SKU_JOB = "inventory.sku_labels"
MOST_LABELS = 5_000


def print_place_labels(*, location_id: int | None, warehouse_id: int | None, form: str, actor: Actor) -> Job:
    """Start a job for the labels of a place and all that lies in it, or of a whole warehouse, in walking order.

    Missing when it is out of reach; Refused when nothing is there to label, or more than 5,000 labels would be.
    """
    actor.require(VIEW_PLACES)
    _check_format(form)
    rows = _places(actor, location_id, warehouse_id)
    count = rows.count()
    if not count:
        raise Missing("nothing_to_label", _("There is no place to label here."))
    if count > MOST_LABELS:
        raise Refused(
            "too_many_labels",
            _("These are %(count)s labels; print at most %(most)s at once.") % {"count": count, "most": MOST_LABELS},
            hint=_("Print one zone or aisle after the other."),
        )
    params = {"location_id": location_id, "warehouse_id": warehouse_id, "form": form}
    return start_job(PLACE_JOB, actor=actor, params=params, title=_("Labels of %(count)s places") % {"count": count})


def print_sku_labels(*, sku_id: int, copies: int, form: str, actor: Actor) -> Job:
    """Start a job for labels of one SKU. Invalid for fewer than 1 or more than 5,000 copies."""
    actor.require(VIEW_CATALOG)
    _check_format(form)
    if not 1 <= copies <= MOST_LABELS:
        raise Invalid("bad_copies", _("Print 1 to %(most)s labels.") % {"most": MOST_LABELS}, field="copies")
    sku = Sku.objects.filter(pk=sku_id).first()
    if sku is None:
        raise Missing("not_found", _("There is no such SKU."))
    params = {"sku_id": sku_id, "copies": copies, "form": form}
    return start_job(SKU_JOB, actor=actor, params=params, title=_("Labels of %(sku)s") % {"sku": sku.code})


def _check_format(form: str) -> None:
    if form not in FORMATS:
        raise Invalid("unknown_format", _("Labels are made as PDF or ZPL."), field="form")


def _places(actor: Actor, location_id: int | None, warehouse_id: int | None) -> Any:
    rows = Location.objects.in_reach(actor).filter(warehouse__isnull=False)
    if location_id is None:
        labelled = [kind for kind, facts in KINDS.items() if facts.holds_stock]
        return rows.filter(warehouse_id=warehouse_id or 0, kind__in=labelled)
    place = rows.filter(pk=location_id).first()
    if place is None:
        raise Missing("not_found", _("There is no such place."))
    inside = Q(path__startswith=place.path + SEPARATOR)
    return rows.filter(Q(pk=place.pk) | inside, warehouse=place.warehouse)


@job(PLACE_JOB, title=_("Labels of places"))
def make_place_labels(run: JobRun, location_id: int | None, warehouse_id: int | None, form: str) -> dict[str, Any]:
    """The labels in walking order."""
    rows = _places(run.actor, location_id, warehouse_id).select_related("warehouse").order_by("pick_sequence", "path")
    labels = [
        place_label(PlaceFacts(code=row.code, path=row.path, warehouse=row.warehouse.name, barcode=row.barcode))
        for row in rows
    ]
    return _file(run, labels, form, "places")


@job(SKU_JOB, title=_("Labels of a SKU"))
def make_sku_labels(run: JobRun, sku_id: int, copies: int, form: str) -> dict[str, Any]:
    """One label, so many times."""
    sku = Sku.objects.select_related("product").get(pk=sku_id)
    code = Barcode.objects.filter(sku=sku, pack=None).order_by("-is_primary", "pk").first()
    facts = SkuFacts(
        code=sku.code,
        product=sku.product.name,
        variant=sku.name,
        barcode=code.printed if code else sku.code,
        is_gtin=code is not None and code.symbology == Symbology.GTIN,
    )
    return _file(run, copies_of([sku_label(facts)], copies), form, sku.code)


def _file(run: JobRun, labels: list[Label], form: str, name: str) -> dict[str, Any]:
    run.progress(0, len(labels))
    content = render_labels(labels) if form == "pdf" else render_zpl(labels)
    file = store_file(
        content, name=f"labels-{name}.{form}", kind=FILE_KIND, content_type=FORMATS[form], actor=run.actor
    )
    run.progress(len(labels), len(labels))
    return {"labels": len(labels), "file": file}
