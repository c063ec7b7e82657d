"""Grounds for servers and stand-ins: short folders that the servers' user can reach, emptied afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backoffice.launch import pidfiles
from backoffice.launch.home import Home, make_folder
from backoffice.launch.place import Place, prepare_place, remove_elsewhere
from backoffice.launch.postgres import THROW_AWAY, Postgres
from backoffice.launch.supervisor import Service, Supervisor

STANDIN = Path(__file__).with_name("standin.py")


@pytest.fixture(autouse=True)
def no_servers_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite itself runs with addresses in its environment; the launcher under test must not use those."""
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE", "BACKOFFICE_FILES_ROOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a short path that every user can walk through."""
    made = Path(tempfile.mkdtemp(prefix="bo-t-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    remove_elsewhere(made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Home:
    """A checkout that borrows the environment of this one."""
    real = Home.here()
    for name in (".venv", "requirements.txt"):
        (folder / name).symlink_to(real.root / name)
    return Home(folder)


@pytest.fixture
def place(home: Home) -> Place:
    """Ground for servers."""
    return prepare_place(home, make_folder(home.root / "state", 0o711))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """A new cluster, made once; every test gets a copy, for making one takes most of a second."""
    made = Path(tempfile.mkdtemp(prefix="bo-t-", dir="/tmp"))
    made.chmod(0o711)
    (made / ".venv").symlink_to(Home.here().venv)
    postgres = Postgres(prepare_place(Home(made), make_folder(made / "state", 0o711)), THROW_AWAY)
    assert postgres.create() is True
    assert postgres.create() is False
    yield postgres.data
    remove_elsewhere(made / "state")
    shutil.rmtree(made)


def with_cluster(home: Home, state: Path, cluster: Path) -> Path:
    """Give the servers of `state` a copy of the cluster."""
    place = prepare_place(home, make_folder(state, 0o711))
    subprocess.run(["cp", "-a", str(cluster), str(place.data / "pg")], check=True)
    return state


@pytest.fixture
def supervisor(folder: Path) -> Iterator[Supervisor]:
    """A supervisor whose children are ended after the test."""
    pids = folder / "pids"
    pids.mkdir()
    made = Supervisor(pids)
    yield made
    made.stop()
    made.clean()


@pytest.fixture
def standin(folder: Path) -> Callable[..., Service]:
    """A service that runs the stand-in program; its process ids are in the file `NAME.note`."""

    def make(name: str, *modes: str) -> Service:
        note = folder / f"{name}.note"
        return Service(
            name=name,
            title=name.title(),
            argv=[sys.executable, "-S", str(STANDIN), str(note), *modes],
            env=dict(os.environ),
            cwd=folder,
            log=folder / f"{name}.log",
            ladder=(),
            ready=lambda pid: note.exists() and note.read_text().startswith(f"{pid} "),
        )

    return make


def eventually(condition: Callable[[], bool], within: float = 10.0) -> bool:
    """Whether the condition becomes true in this time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def alive(*pids: int) -> list[int]:
    """Those of the processes that still run."""
    return [pid for pid in pids if pidfiles.started_at(pid) is not None]


def noted(path: Path) -> tuple[int, int]:
    """The stand-in and its child."""
    leader, child = path.read_text().split()
    return int(leader), int(child)
