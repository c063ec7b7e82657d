"""Servers for one command: those that already run in this folder, or our own for as long as the command lasts."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch import running
from backoffice.launch.home import Home, make_folder, open_state
from backoffice.launch.place import remove_elsewhere
from backoffice.launch.servers import is_named, start_servers
from backoffice.launch.supervisor import Stopped, Supervisor
from backoffice.launch.texts import Trouble, say

STARTING = 60.0


@dataclass(frozen=True)
class Session:
    """The servers' addresses (those that the environment does not name) and who looks after what we started."""

    addresses: dict[str, str]
    supervisor: Supervisor
    folder: Path


@contextlib.contextmanager
def folder_session(home: Home, command: str, *, exclusive: bool = False) -> Iterator[Session]:
    """The servers with the data of this folder.

    An `up` that runs lends us its servers, unless we want them `exclusive`ly; otherwise we start them and end them.
    """
    holder = running.who_runs(home)
    if holder is not None and not exclusive:
        yield Session(_lent(home, holder), _supervisor(home.up), home.up)
        return
    with running.Claim(home, command).held() as claim:
        supervisor = _supervisor(home.up)
        with _stopping(supervisor):
            supervisor.clean()
            addresses = start_servers(home, supervisor, home.up, durable=True, quiet=True)
            claim.publish(addresses=addresses)
            yield Session(addresses, supervisor, home.up)


def _lent(home: Home, holder: running.Running) -> dict[str, str]:
    """The addresses of the one who runs; it may need a moment until it has them."""
    waiting = Supervisor(home.up / "pids")
    left = STARTING
    needed = [name for name in ("DATABASE_URL", "REDIS_URL") if not is_named(name)]
    found: running.Running | None = holder
    while found is not None and any(name not in found.addresses for name in needed):
        if left <= 0:
            raise Trouble(found.sentence(), "Its servers are not up. Stop it, or look into .bo/up/log.")
        waiting.pause(0.2)
        left -= 0.2
        found = running.who_runs(home)
    if found is None:
        raise Trouble("The other ./bo that was just starting here has ended.", "Run the same command again.")
    return found.addresses


@contextlib.contextmanager
def throw_away_session(home: Home, *, durable: bool = False) -> Iterator[Session]:
    """Servers and data that vanish with the block; any number of them may run at once."""
    open_state(home)
    make_folder(home.test, 0o711 if os.geteuid() == 0 else 0o700)
    sweep(home.test)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=home.test))
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        supervisor = _supervisor(folder)
        try:
            with _stopping(supervisor):
                addresses = start_servers(home, supervisor, folder, durable=durable, quiet=True)
                yield Session(addresses, supervisor, folder)
        finally:
            remove_run(folder)


def sweep(folder: Path) -> None:
    """Remove what killed runs have left: a run that lives holds its lock."""
    for run in sorted(folder.glob("run-*")):
        with contextlib.suppress(OSError), (run / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            supervisor = _supervisor(run)
            supervisor.clean()
            remove_run(run)


def remove_run(run: Path) -> None:
    """Remove the folder of a run, and what of it had to live elsewhere."""
    remove_elsewhere(run)
    shutil.rmtree(run, ignore_errors=True)


def _supervisor(folder: Path) -> Supervisor:
    return Supervisor(make_folder(folder / "pids"))


@contextlib.contextmanager
def _stopping(supervisor: Supervisor) -> Iterator[None]:
    """Signals are caught inside, and our children ended behind."""
    with supervisor.signals.caught():
        try:
            yield
        except Stopped:
            say("Stopped.")
            raise KeyboardInterrupt from None
        finally:
            supervisor.stop()
