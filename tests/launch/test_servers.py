"""The real servers: made, killed, started again, and nothing that was promised is lost."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from backoffice.launch import pidfiles, sessions, valkey
from backoffice.launch.home import Home, make_folder
from backoffice.launch.place import Place, prepare_place
from backoffice.launch.postgres import DURABLE, THROW_AWAY, Postgres
from backoffice.launch.servers import start_servers
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import Trouble
from tests.launch.conftest import eventually, with_cluster

pytestmark = pytest.mark.processes


def ask(url: str, statement: str) -> list[tuple[object, ...]]:
    """The rows of an answer, on a connection of its own."""
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@pytest.fixture
def state(home: Home, cluster: Path) -> Path:
    return with_cluster(home, home.root / "state", cluster)


@pytest.fixture
def addresses(home: Home, supervisor: Supervisor, state: Path) -> Iterator[dict[str, str]]:
    """Running servers that keep what they promise."""
    yield start_servers(home, supervisor, state, durable=True, quiet=True)


def test_the_database_promises_what_the_back_office_needs(addresses: dict[str, str]) -> None:
    url = addresses["DATABASE_URL"]
    names = ("fsync", "synchronous_commit", "full_page_writes", "transaction_isolation", "timezone", "listen_addresses")
    assert [ask(url, f"SHOW {name}")[0][0] for name in names] == ["on", "on", "on", "read committed", "UTC", ""]
    assert ask(url, "SELECT current_user, current_database(), pg_encoding_to_char(encoding), datcollate "
                    "FROM pg_database WHERE datname = current_database()") == [("bo", "bo", "UTF8", "C.UTF-8")]  # fmt: skip
    ask(url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gist")


def test_the_broker_keeps_its_messages_and_refuses_rather_than_forgets(addresses: dict[str, str]) -> None:
    url = addresses["REDIS_URL"]
    assert "yes" in valkey.command(url, "CONFIG GET appendonly")
    assert "noeviction" in valkey.command(url, "CONFIG GET maxmemory-policy")


def test_nobody_else_can_open_the_sockets(addresses: dict[str, str], state: Path) -> None:
    run = state / "servers" / "run"
    assert run.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in run.iterdir()} == {".s.PGSQL.5432", ".s.PGSQL.5432.lock", "v.sock"}


def test_a_killed_database_comes_back_with_every_committed_row(
    addresses: dict[str, str], supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    url = addresses["DATABASE_URL"]
    ask(url, "CREATE TABLE kept AS SELECT generate_series(1, 500) AS n")
    open_connection = psycopg2.connect(url)
    open_connection.cursor().execute("INSERT INTO kept VALUES (-1)")  # never committed
    killed = supervisor.children["postgres"].process.pid
    os.kill(killed, signal.SIGKILL)

    def is_back() -> bool:
        supervisor.tick()
        return supervisor.restarts > 0 and supervisor.children["postgres"].down_since is None

    assert eventually(is_back, within=30)
    open_connection.close()
    assert ask(url, "SELECT count(*), sum(n) FROM kept") == [(500, 125_250)]
    assert supervisor.children["postgres"].process.pid != killed
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("PostgreSQL was killed (SIGKILL); starting it again in 0.3 s.")
    assert said[-1].startswith("PostgreSQL is back (")


def test_a_killed_broker_comes_back_with_what_it_had_written(addresses: dict[str, str], supervisor: Supervisor) -> None:
    url = addresses["REDIS_URL"]
    assert valkey.command(url, "RPUSH work a b c") == ":3\r\n"
    assert valkey.command(url, "WAITAOF 1 0 3000").startswith("*2\r\n:1\r\n")
    os.kill(supervisor.children["valkey"].process.pid, signal.SIGKILL)

    def is_back() -> bool:
        supervisor.tick()
        return supervisor.restarts > 0 and supervisor.children["valkey"].down_since is None

    assert eventually(is_back, within=20)
    assert valkey.command(url, "LLEN work") == ":3\r\n"


def test_a_broker_whose_file_is_damaged_starts_with_an_empty_one_and_keeps_the_old(
    home: Home, state: Path, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    start_servers(home, supervisor, state, durable=True, quiet=True)
    data = state / "servers" / "valkey" / "appendonlydir"
    supervisor.stop()
    (data / "appendonly.aof.1.incr.aof").write_bytes(b"*3\r\n$3\r\nSET\r\nnonsense\r\n*1\r\n$4\r\nPING\r\n")
    addresses = start_servers(home, supervisor, state, durable=True, quiet=True)
    assert valkey.command(addresses["REDIS_URL"], "DBSIZE") == ":0\r\n"
    assert "Valkey's file was damaged and is put aside" in capsys.readouterr().out
    assert len(list(data.parent.glob("appendonlydir.broken-*"))) == 1


def test_a_second_start_finds_the_rows_of_the_first(home: Home, state: Path, supervisor: Supervisor) -> None:
    url = start_servers(home, supervisor, state, durable=False, quiet=True)["DATABASE_URL"]
    ask(url, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
    supervisor.stop()
    assert start_servers(home, supervisor, state, durable=False, quiet=True)["DATABASE_URL"] == url
    assert ask(url, "SELECT n FROM kept") == [(7,)]


def test_a_lock_whose_process_id_belongs_to_another_program_by_now_does_not_stop_the_start(
    home: Home, state: Path, supervisor: Supervisor
) -> None:
    start_servers(home, supervisor, state, durable=False, quiet=True)
    supervisor.stop()
    lock = state / "servers" / "pg" / "postmaster.pid"
    user = prepare_place(home, state).user
    # A program of the same user: of another user's PostgreSQL knows by itself that it cannot be its own.
    with subprocess.Popen(["sleep", "60"], cwd="/", user=user.uid if user else None) as stranger:
        try:
            lock.write_text(f"{stranger.pid}\n{lock.parent}\n0\n5432\n\n\n\nready\n")
            url = start_servers(home, supervisor, state, durable=False, quiet=True)["DATABASE_URL"]
            assert ask(url, "SELECT 1") == [(1,)]
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_server_that_still_runs_on_the_data_is_ended_before_ours_starts(
    home: Home, state: Path, supervisor: Supervisor
) -> None:
    addresses = start_servers(home, supervisor, state, durable=False, quiet=True)
    orphan = supervisor.children.pop("postgres").process
    supervisor.stop()
    supervisor.start(Postgres(prepare_place(home, state), THROW_AWAY).service(home.root / "again.log"))
    supervisor.wait_until_ready("postgres")
    assert orphan.wait(timeout=5) is not None
    assert pidfiles.started_at(orphan.pid) is None
    assert ask(addresses["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_data_of_another_version_is_left_alone_and_the_way_out_is_told(place: Place) -> None:
    data = place.folder("pg")
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(Trouble) as refused:
        Postgres(place, DURABLE).create()
    assert refused.value.what.startswith("The data of this folder was made by PostgreSQL 13; the server here is ")
    assert "./bo backup FILE" in refused.value.todo
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_cluster_that_was_killed_while_it_was_made_is_made_again(place: Place) -> None:
    (place.folder("pg.new") / "PG_VERSION").write_text("18\n")
    assert Postgres(place, THROW_AWAY).create() is True
    assert (place.data / "pg" / "PG_VERSION").exists()
    assert not (place.data / "pg.new").exists()


def test_throw_away_servers_do_not_collide_and_leave_nothing(home: Home) -> None:
    with sessions.throw_away_session(home) as one, sessions.throw_away_session(home) as other:
        assert one.addresses["DATABASE_URL"] != other.addresses["DATABASE_URL"]
        ask(one.addresses["DATABASE_URL"], "CREATE TABLE only_here ()")
        assert ask(other.addresses["DATABASE_URL"], "SELECT to_regclass('only_here')") == [(None,)]
        assert ask(one.addresses["DATABASE_URL"], "SHOW fsync") == [("off",)]
    assert list(home.test.iterdir()) == []


def test_what_a_killed_test_run_has_left_is_swept_and_what_runs_is_not(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@nowhere/none")
    with sessions.throw_away_session(home) as living:
        dead = home.test / "run-dead"
        shutil.copytree(living.folder, dead, ignore=lambda *_: ["servers", "pids", "lock"])
        sessions.sweep(home.test)
        assert not dead.exists()
        assert living.folder.exists()


def test_commands_use_the_servers_of_the_one_who_runs(home: Home, cluster: Path) -> None:
    make_folder(home.state, 0o711)
    with_cluster(home, home.up, cluster)
    with (
        sessions.folder_session(home, "up") as first,
        sessions.folder_session(home, "manage shell") as second,
    ):
        assert second.addresses == first.addresses
        assert second.supervisor.children == {}
        assert ask(second.addresses["DATABASE_URL"], "SELECT 1") == [(1,)]
        with (
            pytest.raises(Trouble, match=r"\./bo up already runs"),
            sessions.folder_session(home, "restore", exclusive=True),
        ):
            raise AssertionError("a restore under a running back office")
        assert ask(first.addresses["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_a_server_that_answers_for_another_process_does_not_count_as_ready(place: Place) -> None:
    postgres = Postgres(place, THROW_AWAY)
    (place.folder("pg") / "postmaster.pid").write_text(f"4711\n{place.data}\n0\n5432\n\n\n\nready   \n")
    assert postgres.is_ready(4711)
    assert not postgres.is_ready(4712)
    (place.folder("pg") / "postmaster.pid").write_text(f"4711\n{place.data}\n0\n5432\n\n\n\nstarting\n")
    assert not postgres.is_ready(4711)
