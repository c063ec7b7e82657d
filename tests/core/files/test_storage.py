"""Stored files: bytes before rows, equal bytes once, and nothing handed out that a browser would run."""

import hashlib
import os
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, transaction
from PIL import Image

from backoffice.core.actors import Actor
from backoffice.core.clock import FrozenClock
from backoffice.core.errors import Invalid, Missing
from backoffice.core.files import rules, storage
from backoffice.core.files.storage import (
    by_token,
    chunks,
    content_path,
    copy_of,
    lost_contents,
    open_file,
    read_file,
    serve,
    store_file,
    store_image,
    store_upload,
    sweep_orphans,
)
from backoffice.core.files.types import CSV, PICTURES
from backoffice.core.models.files import StoredFile
from tests.core.files.test_images import picture

pytestmark = pytest.mark.django_db

TEXT = b"sku,name\nA-1,Anchor\n"


def contents(root: Path) -> list[Path]:
    """Every file on the disk."""
    return sorted(path for path in root.rglob("*") if path.is_file())


def keep(data: bytes, actor: Actor, name: str = "list.csv", kind: str = "tests.list") -> StoredFile:
    return store_file(data, name=name, kind=kind, content_type="text/csv", actor=actor)


def age(path: Path, clock: FrozenClock, **span: float) -> None:
    moment = (clock() - timedelta(**span)).timestamp()
    os.utime(path, (moment, moment))


def test_keeps_bytes_under_their_hash_and_says_who(actor: Actor, files_root: Path) -> None:
    file = keep(TEXT, actor)
    digest = hashlib.sha256(TEXT).hexdigest()
    assert (file.size, file.sha256, file.actor["name"]) == (len(TEXT), digest, "Tess Tester")
    assert contents(files_root) == [files_root / digest[:2] / digest[2:4] / digest]
    assert read_file(file) == TEXT
    assert b"".join(chunks(file)) == TEXT
    assert content_path(digest).stat().st_mode & 0o777 == 0o640


def test_equal_bytes_share_their_place(actor: Actor, files_root: Path) -> None:
    first, second = keep(TEXT, actor), keep(TEXT, actor, name="again.csv")
    assert first.sha256 == second.sha256
    assert first.token != second.token
    assert len(contents(files_root)) == 1


def test_a_row_that_is_rolled_back_leaves_bytes_that_are_swept_later(
    actor: Actor, files_root: Path, clock: FrozenClock
) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(TEXT, actor)
        raise RuntimeError
    assert StoredFile.objects.count() == 0
    path = contents(files_root)[0]
    age(path, clock, hours=1)
    assert sweep_orphans() == 0
    age(path, clock, days=2)
    assert sweep_orphans() == 1
    assert contents(files_root) == []


def test_the_sweeper_leaves_what_a_row_knows(actor: Actor, files_root: Path, clock: FrozenClock) -> None:
    file = keep(TEXT, actor)
    age(content_path(file.sha256), clock, days=900)
    assert sweep_orphans() == 0
    assert read_file(file) == TEXT


def test_storing_equal_bytes_again_keeps_the_sweeper_away(actor: Actor, files_root: Path, clock: FrozenClock) -> None:
    digest = hashlib.sha256(TEXT).hexdigest()
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(TEXT, actor)
        raise RuntimeError
    age(content_path(digest), clock, days=2)
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(TEXT, actor)  # not committed yet, and already safe
        os.utime(content_path(digest), (clock().timestamp(), clock().timestamp()))
        assert sweep_orphans() == 0
        raise RuntimeError
    assert content_path(digest).exists()


def test_a_write_that_fails_leaves_nothing(actor: Actor, files_root: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the line went dead")

    with pytest.raises(OSError, match="dead"):
        store_file(Broken(), name="a.csv", kind="tests.list", content_type="text/csv", actor=actor)
    assert contents(files_root) == []
    assert StoredFile.objects.count() == 0


def test_what_a_crash_left_aside_is_swept(files_root: Path, clock: FrozenClock) -> None:
    files_root.mkdir()
    leftover = files_root / "aside-x1"
    leftover.write_bytes(b"half")
    age(leftover, clock, days=2)
    assert sweep_orphans() == 1
    assert contents(files_root) == []


def test_many_at_once_store_the_same_bytes(files_root: Path) -> None:
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _round in range(20):
                storage._write(BytesIO(TEXT))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [path.read_bytes() for path in contents(files_root)] == [TEXT]


def test_the_row_of_a_file_never_changes(actor: Actor) -> None:
    file = keep(TEXT, actor)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        StoredFile.objects.filter(pk=file.pk).update(name="other.csv")
    file.refresh_from_db()
    assert file.name == "list.csv"


def test_the_database_refuses_a_hash_that_is_none(actor: Actor) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.create(
            name="a", kind="k", content_type="text/csv", size=1, sha256="../../etc/passwd", actor=actor.as_json()
        )


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ('a"\r\nX-Evil: 1.csv', "a_X-Evil_ 1.csv"),
        ("CON.csv", "_CON.csv"),
        ("x" * 300 + ".csv", "x" * 146 + ".csv"),
        ("ładny plik.csv", "ładny plik.csv"),
    ],
)
def test_52_the_name_of_a_file_can_do_no_harm(actor: Actor, name: str, kept: str) -> None:
    file = keep(TEXT, actor, name=name)
    assert file.name == kept
    header = serve(file, actor)["Content-Disposition"]
    assert header.startswith("attachment;")
    assert "\n" not in header
    assert "X-Evil:" not in header


def test_an_upload_is_checked_before_it_is_kept(actor: Actor, files_root: Path) -> None:
    with pytest.raises(Invalid) as caught:
        store_upload(BytesIO(b"%PDF-1.7"), name="a.csv", kind="tests.list", actor=actor, accept=frozenset({CSV}))
    assert caught.value.code == "file_type"
    assert contents(files_root) == []
    assert StoredFile.objects.count() == 0
    file = store_upload(BytesIO(TEXT), name="a.csv", kind="tests.list", actor=actor, accept=frozenset({CSV}))
    assert (file.content_type, read_file(file)) == ("text/csv", TEXT)


def test_a_picture_is_kept_with_its_smaller_copies(actor: Actor) -> None:
    file = store_upload(
        BytesIO(picture("JPEG", (1_000, 500))), name="anchor.jpeg", kind="tests.picture", actor=actor, accept=PICTURES
    )
    assert (file.name, file.content_type) == ("anchor.jpg", "image/jpeg")
    sizes = {}
    for side in (96, 480):
        with open_file(copy_of(file, side)) as content, Image.open(content) as image:
            sizes[side] = image.size
    assert sizes == {96: (96, 48), 480: (480, 240)}
    assert copy_of(file, 1_000) == file
    assert copy_of(file, 96).name == "anchor-96.jpg"


def test_a_broken_picture_leaves_nothing(actor: Actor, files_root: Path) -> None:
    with pytest.raises(Invalid):
        store_image(picture("PNG")[:-30], name="a.png", kind="tests.picture", actor=actor)
    assert StoredFile.objects.count() == 0
    assert contents(files_root) == []


def test_hands_a_file_out_so_that_no_browser_runs_it(actor: Actor) -> None:
    page = store_file(b"<script>1</script>", name="a.html", kind="tests.list", content_type="text/html", actor=actor)
    for disposition in ("attachment", "inline"):
        response = serve(page, actor, disposition)
        assert response["Content-Disposition"] == 'attachment; filename="a.html"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-store"
        assert b"".join(response.streaming_content) == b"<script>1</script>"


def test_only_pictures_of_ours_and_pdf_are_shown_in_place(actor: Actor) -> None:
    shown = store_image(picture("PNG"), name="a.png", kind="tests.picture", actor=actor)
    assert serve(shown, actor, "inline")["Content-Disposition"] == 'inline; filename="a.png"'
    assert serve(shown, actor)["Content-Disposition"] == 'attachment; filename="a.png"'
    assert serve(shown, actor)["Cache-Control"] == "private, max-age=604800, immutable"
    svg = store_file(b"<svg/>", name="a.svg", kind="tests.list", content_type="image/svg+xml", actor=actor)
    assert serve(svg, actor, "inline")["Content-Disposition"].startswith("attachment")


def test_a_file_without_a_rule_is_its_owners_alone() -> None:
    owner = Actor("user", 7, "Olga Owner", frozenset())
    stranger = Actor("user", 8, "Sam Stranger", frozenset({"core.view_documents"}))
    key_with_same_number = Actor("key", 7, "Key", frozenset())
    file = keep(TEXT, owner)
    assert serve(file, owner).status_code == 200
    for other in (stranger, key_with_same_number):
        with pytest.raises(Missing):
            serve(file, other)


def test_a_kind_may_have_a_rule_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "_rules", {})
    rules.register_file_kind("tests.shared", rules.readable_with("core.view_documents"))
    reader = Actor("user", 8, "Rita Reader", frozenset({"core.view_documents"}))
    stranger = Actor("user", 9, "Sam Stranger", frozenset())
    picture_of_all = store_image(picture("PNG"), name="a.png", kind="tests.shared", actor=Actor.system("demo"))
    assert serve(copy_of(picture_of_all, 96), reader).status_code == 200
    with pytest.raises(Missing):
        serve(copy_of(picture_of_all, 96), stranger)
    with pytest.raises(ValueError, match="two rules"):
        rules.register_file_kind("tests.shared", rules.readable_with("core.view_jobs"))


def test_a_file_is_found_by_its_token_and_by_nothing_else(actor: Actor) -> None:
    file = keep(TEXT, actor)
    assert len(file.token) == 22
    assert by_token(file.token) == file
    for guess in ("", str(file.pk), file.sha256, file.token[:-1], "../../etc/passwd"):
        with pytest.raises(Missing):
            by_token(guess)


def test_content_that_the_disk_has_lost_is_said_and_found(actor: Actor) -> None:
    kept, lost, cut = keep(TEXT, actor), keep(b"lost", actor), keep(b"cut off", actor)
    content_path(lost.sha256).unlink()
    content_path(cut.sha256).write_bytes(b"cut")
    with pytest.raises(Missing) as caught:
        read_file(lost)
    assert caught.value.code == "file_content_missing"
    assert lost_contents() == [lost, cut]
    assert read_file(kept) == TEXT
