"""Search and scan over the catalog and the places."""

import pytest

from inventory.drafts import BarcodeDraft
from inventory.permissions import VIEW_CATALOG, VIEW_PLACES, WAREHOUSE_LIMIT
from tests.factories.inventory import a_location, a_sku, a_warehouse
from tests.support.console import HTMX, signed_in, text_of

pytestmark = pytest.mark.django_db
EAN = "4006381333931"


def test_a_scan_of_a_barcode_goes_straight_to_its_sku() -> None:
    sku = a_sku("KET-1", barcodes=(BarcodeDraft(text=EAN),))
    client = signed_in(VIEW_CATALOG)
    response = client.get("/search/", {"q": EAN, "scan": "1"})
    assert (response.status_code, response["Location"]) == (302, f"/skus/{sku.pk}/")
    part = client.get("/search/", {"q": EAN, "scan": "1"}, headers=HTMX).content.decode()
    assert part.count("data-exact") == 1


def test_a_scan_of_a_label_goes_to_its_place_and_only_within_reach() -> None:
    mine, theirs = a_warehouse("MINE"), a_warehouse("THEIRS")
    here, there = a_location(mine, code="A-01"), a_location(theirs, code="A-01")
    client = signed_in(VIEW_PLACES, limits={WAREHOUSE_LIMIT: [mine.pk]})
    assert client.get("/search/", {"q": here.barcode, "scan": "1"})["Location"] == f"/locations/{here.pk}/"
    nothing = client.get("/search/", {"q": there.barcode, "scan": "1"})
    assert nothing.status_code == 200
    assert f"/locations/{there.pk}/" not in nothing.content.decode()


def test_who_may_not_see_the_catalog_finds_nothing_of_it() -> None:
    a_sku("KET-1", barcodes=(BarcodeDraft(text=EAN),))
    client = signed_in(VIEW_PLACES)
    for query in ("KET-1", EAN, "Product"):
        assert "/skus/" not in client.get("/search/", {"q": query}, headers=HTMX).content.decode()


@pytest.mark.parametrize("query", ["KET-1", "ket-1", "ket", "et-1", "kettle", "opper", EAN, EAN[3:9]])
def test_any_part_finds_the_sku_in_the_first_three_hits(query: str) -> None:
    for number in range(12):
        a_sku(f"XX-{number}", product={"name": f"Pan {number}"})
    sku = a_sku("KET-1", name="copper", product={"name": "Kettle"}, barcodes=(BarcodeDraft(text=EAN),))
    response = signed_in(VIEW_CATALOG).get("/search/", {"q": query}, headers=HTMX)
    hits = [hit["url"] for group in response.context["groups"] for hit in group["hits"]]
    assert f"/skus/{sku.pk}/" in hits[:3], (query, hits, text_of(response))
