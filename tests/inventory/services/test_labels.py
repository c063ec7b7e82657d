"""Labels of places and SKUs: a job makes one file, in walking order, and every code on it scans back."""

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from backoffice.core.actors import Actor
from backoffice.core.documents.service import issue_document
from backoffice.core.errors import Invalid, Missing
from backoffice.core.files.storage import read_file
from backoffice.core.jobs import run_job
from backoffice.core.models.documents import DocumentLog, DocumentVersion
from backoffice.core.models.jobs import Job
from backoffice.core.refs import Ref
from inventory.drafts import BarcodeDraft
from inventory.kinds import PLACE_LIST
from inventory.permissions import VIEW_PLACES, WAREHOUSE_LIMIT
from inventory.services.barcodes import add_barcode
from inventory.services.labels import print_place_labels, print_sku_labels
from tests.factories.stock import World, a_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.FILES_ROOT = tmp_path
    return a_world()


def made(job: Job) -> bytes:
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error
    assert job.result_file is not None
    return read_file(job.result_file)


def scanned(pdf: bytes) -> list[str]:
    """What a scanner reads from each page, at the resolution of a label printer."""
    document = pypdfium2.PdfDocument(pdf)
    return [zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())[0].text for page in document]


def test_labels_of_a_warehouse_scan_back_in_walking_order(world: World, actor: Actor) -> None:
    for sequence, code in enumerate(("N3", "N1", "N2"), start=1):
        place = world.bins[code]
        place.pick_sequence = sequence
        place.save()
    job = print_place_labels(location_id=None, warehouse_id=world.north.pk, form="pdf", actor=actor)
    read = scanned(made(job))
    assert [code for code in read if code.startswith("N-N")] == ["N-N3", "N-N1", "N-N2"]


def test_zpl_holds_one_format_for_each_label(world: World, actor: Actor) -> None:
    job = print_place_labels(location_id=world.bins["S1"].pk, warehouse_id=None, form="zpl", actor=actor)
    content = made(job)
    assert (content.count(b"^XA"), content.count(b"^XZ")) == (1, 1)


def test_a_sku_prints_its_gtin_as_often_as_asked(world: World, actor: Actor) -> None:
    sku = world.sku("LAMP-1")
    add_barcode(sku_id=sku.pk, draft=BarcodeDraft(text="2012345678903"), actor=actor)
    assert scanned(made(print_sku_labels(sku_id=sku.pk, copies=3, form="pdf", actor=actor))) == ["2012345678903"] * 3


def test_a_sku_without_a_barcode_prints_its_code(world: World, actor: Actor) -> None:
    sku = world.sku("LAMP-2")
    assert scanned(made(print_sku_labels(sku_id=sku.pk, copies=1, form="pdf", actor=actor))) == ["LAMP-2"]


@pytest.mark.parametrize(("copies", "form"), [(0, "pdf"), (5_001, "pdf"), (1, "docx")])
def test_refuses_what_no_printer_can_do_and_starts_no_job(world: World, actor: Actor, copies: int, form: str) -> None:
    with pytest.raises(Invalid):
        print_sku_labels(sku_id=world.sku().pk, copies=copies, form=form, actor=actor)
    assert Job.objects.count() == 0


def test_a_place_out_of_reach_is_missing(world: World) -> None:
    clerk = Actor("user", None, "Clerk", frozenset({VIEW_PLACES}), {WAREHOUSE_LIMIT: frozenset({world.north.pk})})
    with pytest.raises(Missing):
        print_place_labels(location_id=world.bins["S1"].pk, warehouse_id=None, form="pdf", actor=clerk)
    with pytest.raises(Missing):
        print_place_labels(location_id=None, warehouse_id=world.south.pk, form="pdf", actor=clerk)
    assert Job.objects.count() == 0


def test_the_list_of_places_keeps_every_version_and_a_repeat_makes_none(world: World, actor: Actor) -> None:
    ref = Ref("inventory.warehouse", str(world.north.pk))
    first = issue_document(kind=PLACE_LIST, subject=ref, language="en", actor=actor)
    assert issue_document(kind=PLACE_LIST, subject=ref, language="en", actor=actor).pk == first.pk
    bin_one = world.bins["N1"]
    bin_one.pick_sequence = 99
    bin_one.save()
    second = issue_document(kind=PLACE_LIST, subject=ref, language="en", actor=actor)
    assert (first.version, second.version, DocumentVersion.objects.count()) == (1, 2, 2)
    assert read_file(first.file) != read_file(second.file)
    assert set(DocumentLog.objects.values_list("how", flat=True)) == {"created"}
