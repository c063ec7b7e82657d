"""Taking the rows: the three policies, killed and resumed, the same file twice, and files in the ways of other countries."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db.models import Sum

from backoffice.core import imports
from backoffice.core.actors import Actor
from backoffice.core.documents.tables import write_xlsx
from backoffice.core.errors import Refused
from backoffice.core.imports import ImportKind
from backoffice.core.jobs import cancel_job, retry_job, run_job
from backoffice.core.models.imports import ImportRow, ImportSession
from backoffice.core.models.jobs import Job
from backoffice.core.selectors.timeline import history_of
from backoffice.core.services.imports import apply_import, map_and_check
from inventory.models import Barcode, Brand, Category, Location, Pack, Product, Sku
from tests.core.imports.sessions import again, applied, begun, checked, counted, problems, worked
from tests.factories.inventory import a_company, a_product, a_sku, a_warehouse

pytestmark = pytest.mark.django_db(transaction=True)


def brands(count: int, bad: tuple[int, ...] = ()) -> str:
    """A file of so many brands; those at these places have a code that cannot be."""
    lines = [f"{'no good!' if place in bad else 'B'}{place},Brand {place}" for place in range(count)]
    return "\n".join(["code,name", *lines, ""])


@pytest.mark.parametrize(
    ("policy", "taken", "counts"),
    [
        ("reject_rows", 993, {"done": 993, "refused": 7}),
        ("hold_rows", 993, {"done": 993, "held": 7}),
    ],
)
def test_treats_seven_bad_rows_of_a_thousand_by_the_policy(
    actor: Actor, policy: str, taken: int, counts: dict[str, int]
) -> None:
    bad = (0, 7, 499, 500, 501, 777, 999)
    session = checked("inventory.brand", brands(1000, bad), actor)
    assert counted(session) == {"rows": 1000, "create": 993, "error": 7, "waiting": 1000}
    assert [line for line, _column, _code in problems(session)] == [place + 2 for place in bad]
    session = applied(session, policy, actor)
    assert (session.state, Brand.objects.count()) == ("done", taken)
    assert counted(session) == {"rows": 1000, "create": 993, "error": 7, **counts}


def test_takes_nothing_when_one_bad_row_rejects_all(actor: Actor) -> None:
    session = checked("inventory.brand", brands(1000, (0, 7, 499, 500, 501, 777, 999)), actor)
    with pytest.raises(Refused) as refusal:
        apply_import(session_id=session.pk, policy="reject_all", actor=actor)
    assert refusal.value.code == "cannot_be_applied"
    assert (Brand.objects.count(), again(session).state, Job.objects.count()) == (0, "checked", 1)


def test_takes_nothing_when_a_row_goes_bad_between_check_and_apply(actor: Actor) -> None:
    session = checked("inventory.sku", _skus(700), actor)
    Product.objects.filter(code="PARENT").update(code="RENAMED")
    session = applied(session, "reject_all", actor)
    assert (session.state, Sku.objects.count()) == ("failed", 0)
    assert session.job is not None and session.job.error.startswith("Line 2 would not do any more")
    assert counted(session) == {"rows": 700, "create": 700, "waiting": 700}


def _skus(count: int) -> str:
    a_company()
    a_product(code="PARENT", skus=())
    lines = [f"K-{place},PARENT,{place + 1}" for place in range(count)]
    return "\n".join(["sku,product,reorder point", *lines, ""])


@pytest.mark.parametrize("policy", ["reject_all", "hold_rows"])
def test_loses_and_doubles_nothing_when_the_worker_dies_at_any_row(
    actor: Actor, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = checked("inventory.sku", _skus(2_300), actor)
    session = apply_import(session_id=session.pk, policy=policy, actor=actor)
    assert session.job is not None
    real, seen = imports.import_named("inventory.sku"), 0
    deaths = {3, 700, 1_400, 2_299}

    def dying(rows: Any, reading: Any, who: Actor) -> Any:
        nonlocal seen
        results = real.apply(rows, reading, who)
        for _row in rows:
            seen += 1
            if seen in deaths:
                raise SystemExit(f"killed at row {seen}")
        return results

    monkeypatch.setitem(imports._kinds, real.code, _with(real, dying))
    for _death in deaths:
        with pytest.raises(SystemExit):
            run_job(session.job.pk)
        assert Sku.objects.count() == ImportRow.objects.filter(state="done").count()
        Job.objects.filter(pk=session.job.pk).update(lease_until="2020-01-01T00:00Z")
        seen = max(seen, min(deaths))
        deaths = {death for death in deaths if death > seen} or {seen + 1}
        if len(deaths) == 1 and min(deaths) > 2_299:
            break
    monkeypatch.setitem(imports._kinds, real.code, real)
    run_job(session.job.pk)
    session = again(session)
    assert counted(session) == {"rows": 2300, "create": 2300, "done": 2300}
    assert (session.state, Sku.objects.count()) == ("done", 2_300)
    assert Sku.objects.aggregate(total=Sum("reorder_point"))["total"] == 2_300 * 2_301 // 2


def _with(kind: ImportKind, apply: Callable[..., Any]) -> ImportKind:
    names = ("code", "title", "right", "fields", "undo", "keys", "parents", "url", "help")
    return ImportKind(apply=apply, **{name: getattr(kind, name) for name in names})


def test_changes_nothing_when_the_same_file_comes_again(actor: Actor) -> None:
    text = "code,name\nA,Alpha\nB,Beta\n"
    applied(checked("inventory.brand", text, actor), "reject_all", actor)
    before = list(Brand.objects.order_by("pk").values())
    session = checked("inventory.brand", text, actor)
    assert counted(session) == {"rows": 2, "same": 2, "waiting": 2}
    assert counted(applied(session, "reject_all", actor)) == {"rows": 2, "same": 2, "done": 2}
    assert list(Brand.objects.order_by("pk").values()) == before


def test_goes_on_where_it_was_cancelled(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    session = checked("inventory.brand", brands(1_200), actor)
    session = apply_import(session_id=session.pk, policy="reject_rows", actor=actor)
    assert session.job is not None
    real = imports.import_named("inventory.brand")

    def cancelling(rows: Any, reading: Any, who: Actor) -> Any:
        Job.objects.filter(pk=session.job_id).update(cancel_requested=True)
        return real.apply(rows, reading, who)

    monkeypatch.setitem(imports._kinds, real.code, _with(real, cancelling))
    run_job(session.job.pk)
    session = again(session)
    assert (session.state, session.job.state, Brand.objects.count()) == ("cancelled", "cancelled", 500)
    monkeypatch.setitem(imports._kinds, real.code, real)
    with pytest.raises(Refused):
        cancel_job(job_id=session.job.pk, actor=actor)
    session = applied(session, "reject_all", actor)
    assert (session.state, session.policy, Brand.objects.count()) == ("done", "reject_rows", 1_200)


def test_a_failed_job_can_be_run_again_from_its_own_page(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    session = checked("inventory.brand", brands(3), actor)
    session = apply_import(session_id=session.pk, policy="reject_rows", actor=actor)
    real = imports.import_named("inventory.brand")

    def broken(rows: Any, reading: Any, who: Actor) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(imports._kinds, real.code, _with(real, broken))
    assert (worked(session).state, Brand.objects.count()) == ("failed", 0)
    monkeypatch.setitem(imports._kinds, real.code, real)
    retry_job(job_id=session.job_id or 0, actor=actor)
    assert (worked(session).state, Brand.objects.count()) == ("done", 3)


def test_leaves_alone_what_the_file_does_not_say_and_empties_only_when_told(actor: Actor) -> None:
    sku = a_sku("E-1", name="blue")
    row = {"sku": "E-1", "variant": "", "weight (g)": "12"}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    applied(checked("inventory.sku", text, actor), "reject_all", actor)
    sku.refresh_from_db()
    assert (sku.name, sku.weight_g, sku.version) == ("blue", 12, 2)
    applied(checked("inventory.sku", text, actor, clears=True), "reject_all", actor)
    sku.refresh_from_db()
    assert (sku.name, sku.weight_g, sku.version) == ("", 12, 3)


def test_reads_a_workbook_with_numbers_as_they_are(actor: Actor) -> None:
    a_company()
    a_product(code="1001", skus=())
    file = BytesIO()
    write_xlsx(file, ["SKU", "Product", "Price", "Currency", "Weight (g)"], [[7001, 1001, Decimal("12.5"), "EUR", 40]])
    session = checked("inventory.sku", file.getvalue(), actor, file_name="list.xlsx", decimal_mark=",")
    assert problems(session) == []
    applied(session, "reject_all", actor)
    sku = Sku.objects.get()
    assert (sku.code, str(sku.price), sku.weight_g, sku.product.code) == ("7001", "12.500", 40, "1001")


def test_takes_trees_packs_barcodes_and_places(actor: Actor) -> None:
    text = "code,name,inside of\nLEAF,Leaf,MID\nMID,Middle,ROOT\nROOT,Root,\n"
    applied(checked("inventory.category", text, actor), "reject_all", actor)
    assert dict(Category.objects.values_list("code", "parent__code")) == {"LEAF": "MID", "MID": "ROOT", "ROOT": None}
    a_sku("P-1")
    a_sku("P-2")
    packs = checked("inventory.pack", "sku,code,name,holds\np-1,C12,Carton,12\nP-2,C12,Carton,6\n", actor)
    applied(packs, "reject_all", actor)
    assert list(Pack.objects.order_by("sku__code").values_list("sku__code", "units")) == [("P-1", 12), ("P-2", 6)]
    codes = "SKU;EAN;Pack\nP-1;4006381333931;\nP-1;4006381333924;c12\nP-2;4006381333930;\nP-2;OWN-7;\nP-9;1;\n"
    session = checked("inventory.barcode", codes, actor)
    assert problems(session) == [(4, "EAN", "bad_check_digit"), (6, "SKU", "not_found")]
    applied(session, "reject_rows", actor)
    assert sorted(Barcode.objects.values_list("printed", "pack__units", "is_primary")) == sorted(
        [("4006381333931", None, True), ("4006381333924", 12, True), ("OWN-7", None, True)]
    )
    again_same = checked("inventory.barcode", codes, actor)
    assert counted(again_same)["same"] == 3
    house = a_warehouse("HUB")
    before = Location.objects.filter(warehouse=house).count()
    places = "warehouse,code,kind,lies in\nHUB,A-1,bin,A\nHUB,A,zone,\nhub,A-2,Bin,a\n"
    applied(checked("inventory.location", places, actor), "reject_all", actor)
    assert Location.objects.filter(warehouse=house).count() == before + 3
    assert Location.objects.get(code="A-1").path == "A/A-1"


def test_writes_in_the_name_of_whoever_began_it(actor: Actor) -> None:
    applied(checked("inventory.brand", "code,name\nA,Alpha\n", actor), "reject_all", actor)
    [entry] = history_of(Brand.objects.get(), most=5)
    assert entry.actor == "Tess Tester"


def test_a_job_that_was_overtaken_does_nothing_when_it_is_run_again(actor: Actor) -> None:
    session = begun("inventory.brand", "code,name\nA,Alpha\n", actor)
    first = map_and_check(session_id=session.pk, columns=session.columns, actor=actor)
    cancel_job(job_id=first.job_id or 0, actor=actor)
    ImportSession.objects.update(state="cancelled")
    session = applied(
        worked(map_and_check(session_id=session.pk, columns=session.columns, actor=actor)), "reject_all", actor
    )
    retry_job(job_id=first.job_id or 0, actor=actor)
    run_job(first.job_id)
    assert Job.objects.get(pk=first.job_id).state == "failed"
    assert (again(session).state, list(session.rows.values_list("state", flat=True))) == ("done", ["done"])


def test_refuses_to_take_what_was_not_checked_to_its_end(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    session = begun("inventory.brand", brands(3), actor)
    real = imports.import_named("inventory.brand")

    def broken(rows: Any, reading: Any, who: Actor) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(imports._kinds, real.code, _with(real, broken))
    session = worked(map_and_check(session_id=session.pk, columns=session.columns, actor=actor))
    assert (session.state, session.counts["rows"]) == ("failed", 3)
    with pytest.raises(Refused):
        apply_import(session_id=session.pk, policy="reject_rows", actor=actor)
    assert Brand.objects.count() == 0
