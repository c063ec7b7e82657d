"""Kinds of files and documents that this app keeps, and who may read them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.core.documents.kinds import Content, DocumentKind, register_document_kind
from backoffice.core.files.rules import readable_with, register_file_kind
from backoffice.core.refs import Ref
from inventory.models import Location, Warehouse
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES
from inventory.services import labels, pictures

PLACE_LIST = "inventory.place_list"

register_file_kind(pictures.FILE_KIND, readable_with(VIEW_CATALOG))
register_file_kind(labels.FILE_KIND, readable_with(VIEW_CATALOG))


def _place_list(subject: Ref, language: str) -> Content:
    """The places of a warehouse that hold stock, in walking order."""
    warehouse = Warehouse.objects.select_related("company").get(pk=int(subject.id))
    rows = Location.objects.filter(warehouse=warehouse, is_active=True).exclude(kind__in=["zone", "aisle"])
    places: list[dict[str, Any]] = [
        {
            "path": row.path,
            "kind": row.get_kind_display(),
            "barcode": row.barcode,
            "pick_sequence": row.pick_sequence,
            "blocked": row.block_reason,
        }
        for row in rows.order_by("pick_sequence", "path")[:5_000]
    ]
    values = {"warehouse": {"name": warehouse.name, "code": warehouse.code}, "places": places}
    return Content(company=warehouse.company, values=values)


register_document_kind(
    DocumentKind(
        code=PLACE_LIST,
        title=_("List of places"),
        template="inventory/print/place_list.html",
        content=_place_list,
        right_to_issue=VIEW_PLACES,
        right_to_open=VIEW_PLACES,
        number_series=None,
        file_name="places-{subject}-v{version}.pdf",
    )
)
