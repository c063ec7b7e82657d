"""A record of every child on disk, so that the next start finds what a crash left behind.

On Linux the kernel ends our children with us; a record is the second net (and the only one on macOS). A record
holds the start time beside the process id, because ids are used again.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch.processes import end_group

PROC = Path("/proc")


@dataclass(frozen=True)
class Leftover:
    """Processes of an earlier run that are still there: the child, or only members of its group."""

    name: str
    leader: int
    members: tuple[int, ...]


def started_at(pid: int) -> str | None:
    """What tells this process from a later one with the same id; None when it is gone (a zombie is gone)."""
    if PROC.is_dir():
        fields = _stat(pid)
        return None if fields is None or fields[0] in "ZX" else f"{_boot()} {fields[19]}"
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def group_members(leader: int) -> tuple[int, ...]:
    """The living processes of the group that `leader` opened."""
    if PROC.is_dir():
        ids = [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()]
        return tuple(pid for pid in ids if (f := _stat(pid)) and f[0] not in "ZX" and f[2] == str(leader))
    shown = subprocess.run(["ps", "-axo", "pid=,pgid="], capture_output=True, text=True, check=False)
    pairs = [line.split() for line in shown.stdout.splitlines()]
    return tuple(int(pair[0]) for pair in pairs if len(pair) == 2 and pair[1] == str(leader))


def command_of(pid: int) -> str:
    """The command line of a process, or an empty text."""
    if PROC.is_dir():
        with contextlib.suppress(OSError):
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name (which may hold spaces and brackets): state, parent, group, …"""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _boot() -> str:
    with contextlib.suppress(OSError):
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    return "unknown"


def record(folder: Path, name: str, pid: int) -> None:
    """Remember a child. A reader sees the whole record or none."""
    path = folder / f"{name}.json"
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps({"pid": pid, "started": started_at(pid)}))
    os.replace(aside, path)


def forget(folder: Path, name: str) -> None:
    """Drop the record of a child that has ended."""
    (folder / f"{name}.json").unlink(missing_ok=True)


def leftovers(folder: Path) -> list[Leftover]:
    """What of the recorded children still runs. A process that only inherited the id is not ours and not named."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            content = json.loads(path.read_text())
            pid, started = int(content["pid"]), content["started"]
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            continue
        now = started_at(pid)
        same_boot = isinstance(started, str) and started.split()[:1] == _boot().split()[:1]
        ours = now == started if now is not None else same_boot or not PROC.is_dir()
        members = group_members(pid) if ours and started is not None else ()
        if members:
            found.append(Leftover(path.stem, pid, members))
        else:
            path.unlink(missing_ok=True)
    return found


def end_leftover(folder: Path, left: Leftover, *, patience: float = 5.0) -> None:
    """Ask the leftover to end, then end it."""
    asked = signal.SIGINT if left.name == "postgres" else signal.SIGTERM
    end_group(left.leader, asked)
    deadline = time.monotonic() + patience
    while group_members(left.leader) and time.monotonic() < deadline:
        time.sleep(0.05)
    end_group(left.leader)
    while group_members(left.leader) and time.monotonic() < deadline + 5:
        time.sleep(0.05)
    forget(folder, left.name)
