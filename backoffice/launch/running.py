"""Who uses the servers of this folder: one `up` (or one other command) at a time, and the others can see it."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backoffice.launch.home import Home, make_folder, open_state
from backoffice.launch.texts import Trouble


@dataclass(frozen=True)
class Running:
    """What the holder of the folder says about itself."""

    pid: int
    command: str
    began: str
    url: str
    addresses: dict[str, str]

    def sentence(self) -> str:
        """Who runs, and where."""
        where = f" at {self.url}" if self.url else ""
        return f"./bo {self.command} already runs in this folder{where} (process {self.pid}, since {self.began})."


class Claim:
    """The folder is ours while the block lasts. The lock goes with the process, however that ends."""

    def __init__(self, home: Home, command: str) -> None:
        open_state(home)
        make_folder(home.up, 0o711 if os.geteuid() == 0 else 0o700)
        self.path = home.up / "running.json"
        self.lock = home.up / "lock"
        self.content: dict[str, Any] = {
            "pid": os.getpid(),
            "command": command,
            "began": time.strftime("%Y-%m-%d %H:%M:%S"),
            "url": "",
            "addresses": {},
        }

    @contextlib.contextmanager
    def held(self) -> Iterator["Claim"]:
        """Take the folder, or tell who has it."""
        with self.lock.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                holder = read(self.path)
                raise Trouble(
                    holder.sentence() if holder else "Another ./bo is just starting in this folder.",
                    "Stop it with Ctrl+C where it runs" + (f", or: kill {holder.pid}" if holder else "") + ".",
                ) from None
            self.publish()
            try:
                yield self
            finally:
                self.path.unlink(missing_ok=True)

    def publish(self, **facts: Any) -> None:
        """Say more about us: the address of the console, the addresses of the servers we started."""
        self.content.update(facts)
        aside = self.path.with_suffix(".new")
        aside.write_text(json.dumps(self.content))
        aside.chmod(0o600)
        os.replace(aside, self.path)


def read(path: Path) -> Running | None:
    """What a holder has written, or None."""
    try:
        content = json.loads(path.read_text())
        return Running(
            pid=int(content["pid"]),
            command=str(content["command"]),
            began=str(content["began"]),
            url=str(content["url"]),
            addresses=dict(content["addresses"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def who_runs(home: Home) -> Running | None:
    """Who holds this folder now; None when nobody does, whatever a crash has left written."""
    try:
        with (home.up / "lock").open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:
        return read(home.up / "running.json") or Running(0, "up", "just now", "", {})
    return None
