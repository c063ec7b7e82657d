"""Ten thousand SKUs: statements by the batch and not by the row, memory that stays flat, no trace of the check."""

import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.core.actors import Actor
from backoffice.core.models.imports import ImportSession
from backoffice.core.models.outbox import OutboxEvent
from inventory.models import Sku
from tests.core.imports.sessions import applied, checked, counted, undone
from tests.factories.inventory import a_company, a_product

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 10_000
BATCHES = ROWS // 500


def test_takes_ten_thousand_skus_in_a_few_statements_a_batch(actor: Actor) -> None:
    a_company()
    for number in range(20):
        a_product(code=f"PR-{number}", skus=())
    lines = [
        f"SIZE-{place:05},PR-{place % 20},Variant {place},{place % 90}.99,EUR,{place + 1}" for place in range(ROWS)
    ]
    text = "\n".join(["sku,product,variant,price,currency,weight (g)", *lines, ""])
    tracemalloc.start()
    with CaptureQueriesContext(connection) as checking:
        session = checked("inventory.sku", text, actor)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert counted(session) == {"rows": ROWS, "create": ROWS, "waiting": ROWS}
    assert (Sku.objects.count(), OutboxEvent.objects.filter(name="inventory.sku_created").count()) == (0, 0)
    assert len(checking) <= 26 * BATCHES + 40
    assert peak < 80_000_000
    with CaptureQueriesContext(connection) as applying:
        session = applied(session, "reject_rows", actor)
    assert counted(session) == {"rows": ROWS, "create": ROWS, "done": ROWS}
    assert (session.state, Sku.objects.count()) == (ImportSession.State.DONE, ROWS)
    assert len(applying) <= 26 * BATCHES + 40
    session = undone(session, actor)
    assert (session.state, Sku.objects.count()) == (ImportSession.State.UNDONE, 0)
