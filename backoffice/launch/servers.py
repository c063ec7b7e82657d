"""Starting the servers that the environment does not name."""

import os
from collections.abc import Mapping
from pathlib import Path

from backoffice.launch import logs
from backoffice.launch.home import Home, make_folder
from backoffice.launch.place import prepare_place
from backoffice.launch.postgres import DURABLE, THROW_AWAY, Postgres
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import Step, Trouble, say
from backoffice.launch.valkey import BROKEN, Valkey


def is_named(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the environment names this server itself, by value or by a file that holds the value."""
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


def start_servers(
    home: Home, supervisor: Supervisor, state: Path, *, durable: bool, quiet: bool = False
) -> dict[str, str]:
    """Start the servers in `state` and wait for them; the addresses of those that we started.

    `durable` is for data that a person may want to keep; without it a power cut may cost everything.
    """
    wanted = [name for name in ("DATABASE_URL", "REDIS_URL") if not is_named(name)]
    _say_what_is_named(wanted)
    if not wanted:
        return {}
    step = Step("Servers")
    place = prepare_place(home, state)
    log_folder = make_folder(state / "log")
    addresses: dict[str, str] = {}
    made = False
    if "REDIS_URL" in wanted:
        valkey = Valkey(place, durable=durable)
        supervisor.start(valkey.service(log_folder / "valkey.log"))
        addresses["REDIS_URL"] = valkey.url
    if "DATABASE_URL" in wanted:
        postgres = Postgres(place, DURABLE if durable else THROW_AWAY)
        made = postgres.create()
        supervisor.start(postgres.service(log_folder / "postgres.log"))
        addresses["DATABASE_URL"] = postgres.url
    if "REDIS_URL" in wanted:
        _wait_for_valkey(supervisor, log_folder / "valkey.log")
    if "DATABASE_URL" in wanted:
        # After a crash the server first replays what it had promised.
        supervisor.wait_until_ready("postgres", patience=120.0, tick=step.tick)
    titles = " and ".join(supervisor.children[name].service.title for name in supervisor.children)
    if quiet:
        step.clear()
    else:
        step.end(f"{titles} started" + (", a new database made" if made else ""))
    return addresses


def _wait_for_valkey(supervisor: Supervisor, log: Path) -> None:
    try:
        supervisor.wait_until_ready("valkey", patience=60.0)
    except Trouble:
        if BROKEN not in logs.tail(log, 3):
            raise
        say("Valkey's file was damaged and is put aside; the work it announced is also in the database.")
        supervisor.start(supervisor.children["valkey"].service)
        supervisor.wait_until_ready("valkey", patience=60.0)


def _say_what_is_named(wanted: list[str]) -> None:
    for name, title in (("DATABASE_URL", "PostgreSQL"), ("REDIS_URL", "Redis or Valkey")):
        if name not in wanted:
            say(f"Using the {title} that {name} names.")
