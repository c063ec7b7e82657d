"""Addresses: what the environment names, what the children get, what PostgreSQL's programs are told."""

import json
import stat
from pathlib import Path

import pytest

from backoffice.launch import environment, servers
from backoffice.launch.home import Home
from backoffice.launch.place import Place
from backoffice.launch.postgres import DURABLE, Postgres
from backoffice.launch.psql import connection_variables, named_database
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import Trouble
from backoffice.launch.valkey import Valkey


@pytest.mark.parametrize(
    ("environment", "answer"),
    [({}, False), ({"X": ""}, False), ({"X": "redis://h"}, True), ({"X_FILE": "/run/x"}, True)],
)
def test_a_server_is_named_by_value_or_by_file(environment: dict[str, str], answer: bool) -> None:
    assert servers.is_named("X", environment) is answer


def test_nothing_is_started_where_the_environment_names_both(
    home: Home, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/n")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis")
    assert servers.start_servers(home, supervisor, home.up, durable=True) == {}
    assert supervisor.children == {}
    assert not home.up.exists()
    assert capsys.readouterr().out.splitlines() == [
        "Using the PostgreSQL that DATABASE_URL names.",
        "Using the Redis or Valkey that REDIS_URL names.",
    ]


def test_the_embedded_addresses_are_those_of_the_sockets(place: Place) -> None:
    postgres = Postgres(place, DURABLE)
    run = postgres.place.sockets
    assert postgres.url == f"postgres://bo@/bo?host={run}&port=5432"
    assert Valkey(postgres.place, durable=True).url == f"redis+socket://{run}/v.sock"


def test_an_address_becomes_variables_with_everything_unquoted() -> None:
    url = "postgresql://us%40er:p%2Fw%20d@db.example:6543/shop%20one?sslmode=require&conn_max_age=60"
    assert connection_variables(url) == {
        "PGUSER": "us@er",
        "PGPASSWORD": "p/w d",
        "PGHOST": "db.example",
        "PGPORT": "6543",
        "PGDATABASE": "shop one",
        "PGSSLMODE": "require",
    }


def test_a_socket_in_the_address_is_understood() -> None:
    assert connection_variables("postgres://bo@/bo?host=/a/run&port=5432") == {
        "PGUSER": "bo",
        "PGDATABASE": "bo",
        "PGHOST": "/a/run",
        "PGPORT": "5432",
    }


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(Trouble, match="must begin with postgres://"):
        connection_variables("mysql://h/n")


def test_the_database_may_be_named_by_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgres://h/n\n")
    assert named_database({"DATABASE_URL_FILE": str(secret)}) == "postgres://h/n"
    assert named_database({}) is None
    with pytest.raises(Trouble, match="which cannot be read"):
        named_database({"DATABASE_URL_FILE": str(tmp_path / "none")})


def test_keys_are_made_once_and_are_nobody_elses_business(home: Home) -> None:
    home.state.mkdir()
    first = environment.keys(home)
    assert environment.keys(home) == first
    assert sorted(first) == ["SECRET_KEY", "SECRET_KEY_RING"]
    assert len(first["SECRET_KEY"]) >= 50
    assert stat.S_IMODE((home.state / "keys.json").stat().st_mode) == 0o600


def test_damaged_keys_are_never_replaced_in_silence(home: Home) -> None:
    home.state.mkdir()
    (home.state / "keys.json").write_text("{")
    with pytest.raises(Trouble, match="keys of this folder cannot be read"):
        environment.keys(home)
    assert (home.state / "keys.json").read_text() == "{"


def test_what_the_environment_names_is_left_to_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.state.mkdir()
    for name in ("SECRET_KEY", "PUBLIC_URL", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/key")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "backoffice.settings.prod")
    env = environment.application_environment(home, {"DATABASE_URL": "postgres://x/y"}, url="http://localhost:8000")
    assert "SECRET_KEY" not in env
    assert env["DJANGO_SETTINGS_MODULE"] == "backoffice.settings.prod"
    assert env["DATABASE_URL"] == "postgres://x/y"
    assert env["PUBLIC_URL"] == "http://localhost:8000"
    assert env["SECRET_KEY_RING"] == json.loads((home.state / "keys.json").read_text())["SECRET_KEY_RING"]
    assert env["PATH"].startswith(f"{home.venv}/bin:")
