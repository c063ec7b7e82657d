"""The file of a backup proves itself before anything is done with it."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from backoffice.launch import archive
from backoffice.launch.archive import Archive, Manifest
from backoffice.launch.fingerprint import Content, differences
from backoffice.launch.texts import Trouble

DUMP = b"dump of the database " * 50
PICTURE = bytes(range(256)) * 20


def content_of(data: bytes) -> Content:
    return Content(len(data), hashlib.sha256(data).hexdigest())


def a_manifest(**members: Content) -> Manifest:
    return Manifest(
        made_at="2026-03-02T08:00:00+00:00",
        server="18.6",
        tables={"public.orders": Content(3, "a" * 64)},
        sequences={"public.orders_id_seq": 3},
        members=members,
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A whole archive with a dump and one stored file."""
    (tmp_path / "dump").write_bytes(DUMP)
    (tmp_path / "picture").write_bytes(PICTURE)
    manifest = a_manifest(**{"database.dump": content_of(DUMP), "files/a/ü picture.png": content_of(PICTURE)})
    sources = {"database.dump": tmp_path / "dump", "files/a/ü picture.png": tmp_path / "picture"}
    archive.write(tmp_path / "shop.backup", manifest, sources, lambda: None)
    return tmp_path / "shop.backup"


def test_what_was_written_is_read_back_byte_for_byte(written: Path, tmp_path: Path) -> None:
    found = Archive(written)
    found.verify()
    assert found.manifest.tables == {"public.orders": Content(3, "a" * 64)}
    assert found.manifest.sequences == {"public.orders_id_seq": 3}
    assert found.file_names() == ["files/a/ü picture.png"]
    found.extract("files/a/ü picture.png", tmp_path / "out" / "picture")
    assert (tmp_path / "out" / "picture").read_bytes() == PICTURE
    assert written.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dump", "out", "picture", "shop.backup"]


def test_one_changed_bit_anywhere_in_the_content_is_refused(written: Path) -> None:
    whole = written.read_bytes()
    for needle in (DUMP[:40], PICTURE[:200], b'"rows": 3', b'"server"', hashlib.sha256(PICTURE).hexdigest().encode()):
        position = whole.index(needle) + len(needle) // 2
        damaged = bytearray(whole)
        damaged[position] ^= 1
        written.write_bytes(damaged)
        with pytest.raises(Trouble, match="is not a whole backup"):
            Archive(written).verify()
    written.write_bytes(whole)
    Archive(written).verify()


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_file_that_was_cut_off_is_refused(written: Path, part: float) -> None:
    content = written.read_bytes().rstrip(b"\0")  # what follows is the padding of a tar
    written.write_bytes(content[: int((len(content) - 1) * part)])
    with pytest.raises(Trouble, match="is not a whole backup"):
        Archive(written).verify()


def rewrite(written: Path, **members: bytes) -> None:
    """An archive with these members, sealed as a whole one would be."""
    with tarfile.open(written, "w") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize(
    "name", ["files/../../outside", "/etc/outside", "files/a/../../../outside", "outside", "files//outside"]
)
def test_a_stored_file_outside_of_its_place_is_refused(written: Path, name: str) -> None:
    text = a_manifest(**{"database.dump": content_of(DUMP), name: content_of(b"x")}).as_json()
    seal = hashlib.sha256(text).hexdigest().encode()
    rewrite(written, **{"manifest.json": text, "manifest.sha256": seal, "database.dump": DUMP, name: b"x"})
    with pytest.raises(Trouble, match="outside of its place"):
        Archive(written).verify()


def test_a_member_that_the_manifest_does_not_name_is_refused(written: Path) -> None:
    text = a_manifest(**{"database.dump": content_of(DUMP)}).as_json()
    seal = hashlib.sha256(text).hexdigest().encode()
    rewrite(written, **{"manifest.json": text, "manifest.sha256": seal, "database.dump": DUMP, "files/more": b""})
    with pytest.raises(Trouble, match="does not hold what its manifest names"):
        Archive(written).verify()


def test_an_archive_of_a_later_format_is_refused(written: Path) -> None:
    content = json.loads(a_manifest().as_json())
    content["format"] = 2
    text = json.dumps(content).encode()
    rewrite(written, **{"manifest.json": text, "manifest.sha256": hashlib.sha256(text).hexdigest().encode()})
    with pytest.raises(Trouble, match="format 2 is not known here"):
        Archive(written)


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("select 1;\n" * 500)
    with pytest.raises(Trouble, match="is not a whole backup"):
        Archive(tmp_path / "x.sql")
    with pytest.raises(Trouble, match="There is no file"):
        Archive(tmp_path / "none")


def test_an_archive_that_cannot_be_written_leaves_no_file_and_the_old_one_as_it_was(
    written: Path, tmp_path: Path
) -> None:
    before = written.read_bytes()
    manifest = a_manifest(**{"database.dump": Content(5, "b" * 64)})
    with pytest.raises(Trouble, match="changed while it was read"):
        archive.write(written, manifest, {"database.dump": tmp_path / "dump"}, lambda: None)
    assert written.read_bytes() == before
    assert list(tmp_path.glob(".*.part")) == []


def test_links_among_the_stored_files_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "files"
    (root / "a").mkdir(parents=True)
    (root / "a" / "one").write_text("1")
    (root / "secret").symlink_to("/etc/passwd")
    (root / "all").symlink_to("/etc")
    assert [name for name, _ in archive.stored_files(root)] == ["files/a/one"]


def test_every_difference_is_named() -> None:
    wanted = {"a": Content(1, "x"), "b": Content(2, "y"), "c": Content(3, "z")}
    found = {"b": Content(1, "y"), "c": Content(3, "other"), "d": Content(0, "")}
    assert differences(wanted, found) == [
        "a is missing",
        "d was not in the backup",
        "b has 1 rows instead of 2",
        "c has other content",
    ]
    assert differences(wanted, dict(wanted)) == []
