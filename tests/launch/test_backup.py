"""A backup comes back as it was, or nothing is touched."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import pytest

from backoffice.launch import backup, fingerprint
from backoffice.launch.archive import Archive
from backoffice.launch.home import Home, make_folder
from backoffice.launch.place import prepare_place, remove_elsewhere
from backoffice.launch.postgres import THROW_AWAY, Postgres
from backoffice.launch.psql import Conversation, Refused, connection_variables
from backoffice.launch.restore import restore_backup
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import Trouble
from tests.launch.conftest import with_cluster

pytestmark = pytest.mark.processes

# Everything that is awkward in a shop's tables: bytes, NULL against empty, blanks and tabs, several schemas, a table
# without a key, a foreign key circle, triggers that refuse changes, a partition, generated columns, a sequence apart.
SHOP = r"""
CREATE EXTENSION pg_trgm;
CREATE SCHEMA other;
CREATE TABLE product (id bigserial PRIMARY KEY, name text, price numeric(12,2), picture bytea, at timestamptz, tags text[],
                      gross numeric GENERATED ALWAYS AS (price * 2) STORED, cheapest bigint);
CREATE TABLE other.note (said text, n double precision);
CREATE TABLE move (id bigint NOT NULL, at date NOT NULL, product bigint REFERENCES product, PRIMARY KEY (id, at))
    PARTITION BY RANGE (at);
CREATE TABLE move_2026 PARTITION OF move FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE invoice_number;
INSERT INTO product (name, price, picture, at, tags)
    SELECT 'Größe ' || n || E'\t\\N\n|', n * 1.10, decode(lpad(to_hex(n), 8, '0'), 'hex'), '2026-03-02 08:00+00',
           ARRAY['a,b', NULL]
    FROM generate_series(1, 2000) n;
INSERT INTO product (name, price) VALUES ('', 'NaN'), (NULL, NULL);
INSERT INTO other.note VALUES ('one', 0.1), ('one', 0.1), (NULL, 'Infinity');
INSERT INTO move SELECT n, '2026-03-02', n FROM generate_series(1, 50) n;
SELECT setval('invoice_number', 4711);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''never changes''; END';
CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON move FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE INDEX product_name ON product USING gin (name gin_trgm_ops);
ALTER TABLE product ADD FOREIGN KEY (cheapest) REFERENCES product DEFERRABLE INITIALLY DEFERRED;
"""


@dataclass(frozen=True)
class Shop:
    """A server, its programs, and where files are stored."""

    server: Postgres
    files: Path

    def url(self, database: str) -> str:
        return self.server.url.replace("/bo?", f"/{database}?")

    def tool(self, name: str) -> str:
        return self.server.place.programs.postgres_tool(name)

    def run(self, database: str, statement: str) -> list[tuple[object, ...]]:
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def figures(self, database: str) -> dict[str, fingerprint.Content]:
        with Conversation(self.tool("psql"), connection_variables(self.url(database))) as talk:
            talk.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
            return fingerprint.of_tables(talk)

    def back_up(self, target: Path, database: str = "full") -> None:
        backup.write_backup(
            target,
            url=self.url(database),
            psql=self.tool("psql"),
            pg_dump=self.tool("pg_dump"),
            files=self.files,
            progress=lambda: None,
        )

    def restore(self, source: Archive, database: str, files: Path, *, replacing: bool = False) -> None:
        restore_backup(
            source,
            url=self.url(database),
            psql=self.tool("psql"),
            pg_restore=self.tool("pg_restore"),
            files=files,
            replace=replacing,
            progress=lambda: None,
        )

    def empty(self, name: str) -> str:
        self.run("postgres", f'CREATE DATABASE "{name}"')
        return name


@pytest.fixture(scope="module")
def server(cluster: Path) -> Iterator[Postgres]:
    """One server for all tests of this file."""
    made = Path(tempfile.mkdtemp(prefix="bo-t-", dir="/tmp"))
    made.chmod(0o711)
    (made / ".venv").symlink_to(Home.here().venv)
    home = Home(made)
    postgres = Postgres(prepare_place(home, with_cluster(home, made / "state", cluster)), THROW_AWAY)
    supervisor = Supervisor(make_folder(made / "pids"))
    supervisor.start(postgres.service(made / "postgres.log"))
    supervisor.wait_until_ready("postgres")
    yield postgres
    supervisor.stop()
    remove_elsewhere(made / "state")
    shutil.rmtree(made)


@pytest.fixture
def shop(server: Postgres, folder: Path) -> Iterator[Shop]:
    files = make_folder(folder / "files")
    (files / "2026").mkdir()
    (files / "2026" / "größe 1.pdf").write_bytes(os.urandom(50_000))
    (files / "empty").write_bytes(b"")
    made = Shop(server, files)
    made.run(made.empty("full"), SHOP)
    yield made
    for name in ("full", "again", "busy"):
        made.run("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def stored(files: Path) -> dict[str, bytes]:
    return {str(path.relative_to(files)): path.read_bytes() for path in sorted(files.rglob("*")) if path.is_file()}


def test_a_restored_shop_equals_the_one_that_was_backed_up(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    source = Archive(folder / "shop.backup")
    source.verify()
    before = shop.figures("full")
    assert {name: content.rows for name, content in before.items()} == {
        "other.note": 3,
        "public.move_2026": 50,
        "public.product": 2002,
    }
    assert source.manifest.tables == before

    shop.restore(source, shop.empty("again"), folder / "files.again")

    assert shop.figures("again") == before
    assert stored(folder / "files.again") == stored(shop.files)
    assert shop.run("again", "SELECT nextval('invoice_number'), nextval('product_id_seq')") == [(4712, 2003)]
    with pytest.raises(psycopg2.errors.RaiseException, match="never changes"):
        shop.run("again", "DELETE FROM move")
    # Nothing stays behind: neither beside the file nor beside the stored files.
    assert sorted(path.name for path in folder.iterdir()) == ["files", "files.again", "shop.backup"]


def test_the_backup_is_of_one_moment_while_others_write(shop: Shop, folder: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        connection = psycopg2.connect(shop.url("full"))
        with connection, connection.cursor() as cursor:
            while not stop.is_set():
                # Two tables that always change together: a backup of two moments would show them apart.
                cursor.execute("INSERT INTO product (name) VALUES ('x'); INSERT INTO other.note VALUES ('x', 1)")
                connection.commit()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        shop.back_up(folder / "shop.backup")
    finally:
        stop.set()
        writer.join()
    source = Archive(folder / "shop.backup")
    rows = {name: content.rows for name, content in source.manifest.tables.items()}
    assert rows["public.product"] - 2002 == rows["other.note"] - 3
    shop.restore(source, shop.empty("again"), folder / "files.again")
    assert shop.figures("again") == source.manifest.tables


def test_a_database_that_holds_something_is_refused_and_stays_as_it_is(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    shop.run(shop.empty("busy"), "CREATE TABLE mine (n int); INSERT INTO mine VALUES (1)")
    before = shop.figures("busy")
    with pytest.raises(Trouble, match="The database is not empty: it holds 1 tables"):
        shop.restore(Archive(folder / "shop.backup"), "busy", folder / "files.again")
    assert shop.figures("busy") == before
    assert not (folder / "files.again").exists()


def test_stored_files_that_are_there_already_are_refused_and_stay(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    before = stored(shop.files)
    with pytest.raises(Trouble, match="There are stored files"):
        shop.restore(Archive(folder / "shop.backup"), shop.empty("again"), shop.files)
    assert shop.figures("again") == {}
    assert stored(shop.files) == before


def test_what_was_there_is_replaced_when_that_is_asked_for(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    shop.run(shop.empty("busy"), "CREATE SCHEMA mine; CREATE TABLE mine.t (n int); CREATE TABLE product (n int)")
    old = make_folder(folder / "old")
    (old / "mine.txt").write_text("mine")
    shop.restore(Archive(folder / "shop.backup"), "busy", old, replacing=True)
    assert shop.figures("busy") == shop.figures("full")
    assert stored(old) == stored(shop.files)


def test_a_difference_after_loading_rolls_everything_back(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    source = Archive(folder / "shop.backup")
    tables = {**source.manifest.tables, "other.note": fingerprint.Content(3, "0" * 64)}
    source.manifest = replace(source.manifest, tables=tables, sequences={"public.invoice_number": 9999})
    shop.run(shop.empty("busy"), "CREATE TABLE mine (n int); INSERT INTO mine VALUES (1)")
    before = shop.figures("busy")
    old = make_folder(folder / "old")
    (old / "mine.txt").write_text("mine")
    with pytest.raises(Trouble) as refused:
        shop.restore(source, "busy", old, replacing=True)
    assert refused.value.todo.splitlines() == [
        "other.note has other content",
        "public.invoice_number would give out numbers again",
    ]
    assert shop.figures("busy") == before
    assert stored(old) == {"mine.txt": b"mine"}


def test_nobody_may_be_connected_while_it_is_replaced(shop: Shop, folder: Path) -> None:
    shop.back_up(folder / "shop.backup")
    connection = psycopg2.connect(shop.url(shop.empty("again")), application_name="a worker")
    try:
        with pytest.raises(Trouble, match=r"1 other programs are connected to the database: \d+\|a worker"):
            shop.restore(Archive(folder / "shop.backup"), "again", folder / "files.again", replacing=True)
    finally:
        connection.close()
    assert shop.figures("again") == {}


def test_the_figures_tell_apart_what_looks_alike(shop: Shop) -> None:
    before = shop.figures("full")["public.product"]
    for change in (
        "UPDATE product SET name = NULL WHERE name = ''",
        "UPDATE product SET picture = decode('00000002', 'hex') WHERE id = 1",
        "UPDATE product SET price = price + 0.01 WHERE id = 1000",
        "DELETE FROM product WHERE id = 2000",
    ):
        shop.run("full", change)
        after = shop.figures("full")["public.product"]
        assert after != before
        before = after


def test_a_refusal_is_told_in_the_words_of_the_database(shop: Shop) -> None:
    with Conversation(shop.tool("psql"), connection_variables(shop.url("full"))) as talk:
        with pytest.raises(Refused, match="division by zero"):
            talk.ask("SELECT 1/0;")
        with pytest.raises(Refused):
            talk.ask("SELECT 1;")
    with (
        Conversation(shop.tool("psql"), connection_variables(shop.url("nowhere"))) as talk,
        pytest.raises(Refused, match='database "nowhere" does not exist'),
    ):
        talk.ask("SELECT 1;")
