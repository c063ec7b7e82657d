"""`./bo doctor`: look at this machine, say what is missing and what to do about it."""

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backoffice.launch import pango, venv
from backoffice.launch.home import Home
from backoffice.launch.place import fits, server_user
from backoffice.launch.ports import FIRST
from backoffice.launch.programs import find_programs, postgres_major
from backoffice.launch.running import who_runs
from backoffice.launch.servers import is_named
from backoffice.launch.texts import Trouble, say

LEAST_DISK = 2 * 1024**3
LEAST_MEMORY = 1024**3


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well (None: well enough, with a remark), and what to do."""

    title: str
    well: bool | None
    said: str
    todo: str = ""


def run(home: Home, arguments: list[str]) -> int:
    """Print all findings; 1 when one of them stops the back office from starting."""
    if arguments:
        raise Trouble("./bo doctor takes no arguments.", code=2)
    worst = 0
    for look in (_python, _environment, _servers, _up, _port, _pdf, _disk, _memory):
        for finding in look(home):
            mark = {True: "ok  ", None: "note", False: "BAD "}[finding.well]
            say(f"{mark}  {finding.title:<16}{finding.said}")
            if finding.todo and finding.well is not True:
                say(f"      {'':<16}{finding.todo}")
            worst = max(worst, finding.well is False)
    return int(worst)


def _python(home: Home) -> Iterator[Finding]:
    version = sys.version.split()[0]
    can = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    if can or shutil.which("uv"):
        yield Finding(
            "Python", True, f"{version}, {sys.executable}" + (", uv is there too" if shutil.which("uv") else "")
        )
    else:
        yield Finding(
            "Python", False, f"{version} without its venv module", "apt-get install python3-venv, or install uv"
        )


def _environment(home: Home) -> Iterator[Finding]:
    stamp = venv.read_stamp(home.venv)
    if stamp is None:
        yield Finding("packages", None, "not installed yet", "./bo up installs them into .venv")
    elif not stamp.serves(venv.wanted_stamp(home, venv.Level.RUNTIME)):
        yield Finding("packages", None, "older than requirements.txt", "./bo up brings them up to date")
    else:
        more = " and what the tests need" if stamp.level is venv.Level.TESTS else ""
        yield Finding("packages", True, f"{venv.count_packages(home.runtime_lock)}{more}, in {home.venv}")


def _servers(home: Home) -> Iterator[Finding]:
    programs = find_programs(home.venv)
    for name, title in (("DATABASE_URL", "PostgreSQL"), ("REDIS_URL", "Valkey")):
        if is_named(name):
            yield Finding(title, True, f"{name} names one; nothing is started for it")
            continue
        yield _attempt(title, partial(_embedded, title, home))
    if not all(is_named(name) for name in ("DATABASE_URL", "REDIS_URL")):
        yield _attempt("server user", _user)
        if not fits(home.up / "servers" / "run"):
            yield Finding(
                "sockets", None, "the path of this folder is too long or unusual; they go to a temporary folder"
            )
    if programs.packages == () and venv.read_stamp(home.venv) is not None:
        yield Finding("embedded", None, "the server packages are not installed; the system's programs are used")


def _embedded(title: str, home: Home) -> str:
    programs = find_programs(home.venv)
    if venv.read_stamp(home.venv) is None and not (programs.postgres and programs.valkey):
        return "comes with the packages"
    if title == "Valkey":
        return f"embedded, {programs.valkey_server()}"
    path = programs.postgres_tool("postgres")
    return f"embedded, version {postgres_major(path)}, {path}"


def _user() -> str:
    user = server_user()
    return f"root starts the servers as {user.name}" if user else "the servers run as you"


def _attempt(title: str, ask: Callable[[], str]) -> Finding:
    try:
        return Finding(title, True, ask())
    except Trouble as trouble:
        return Finding(title, False, trouble.what, trouble.todo.replace("\n", " "))


def _up(home: Home) -> Iterator[Finding]:
    holder = who_runs(home)
    yield Finding("running", True, holder.sentence() if holder else "nothing runs in this folder")


def _port(home: Home) -> Iterator[Finding]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", FIRST))
        except OSError:
            yield Finding("port", None, f"{FIRST} is taken", "./bo up takes the next free one")
            return
    yield Finding("port", True, f"{FIRST} is free")


def _pdf(home: Home) -> Iterator[Finding]:
    if pango.is_there():
        yield Finding("PDF", True, "pango is there")
    else:
        yield Finding("PDF", None, "off: pango is missing; everything else works", pango.remedy())


def _disk(home: Home) -> Iterator[Finding]:
    free = shutil.disk_usage(home.root).free
    said = f"{free / 1024**3:.1f} GB free in {home.root}"
    yield Finding("disk", free >= LEAST_DISK, said, "the packages and a small shop need 2 GB")


def _memory(home: Home) -> Iterator[Finding]:
    found = available_memory()
    if found is None:
        return
    said = f"{found / 1024**3:.1f} GB available, {os.cpu_count()} processors"
    yield Finding("memory", True if found >= LEAST_MEMORY else None, said, "the back office needs about 1 GB")


def available_memory(meminfo: Path = Path("/proc/meminfo")) -> int | None:
    """Bytes that programs may still take; None where the system does not tell."""
    try:
        lines = meminfo.read_text().splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None
