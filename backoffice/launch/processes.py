"""Starting children that never outlive us, and ending them.

A child is told by the kernel when its parent dies (Linux), however that happens. The kernel watches the parent's
*thread*, so children are only started from the main thread. Every child leads a session of its own: Ctrl+C at the
terminal reaches us alone and we end the children in order, and a signal to its group also reaches its own children.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
Ladder = Sequence[tuple[signal.Signals, float]]


@dataclass(frozen=True)
class ServerUser:
    """The ordinary user that root starts the servers as."""

    name: str
    uid: int
    gid: int


def spawn(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    output: IO[bytes] | None = None,
    user: ServerUser | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    pass_fds: Iterable[int] = (),
    own_session: bool = True,
) -> "subprocess.Popen[bytes]":
    """Start a child that gets `death_signal` when we die; without `output` it keeps our terminal."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Children are started from the main thread only: they die with the thread that made them.")
    return subprocess.Popen(
        argv,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL if output is not None else None,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        start_new_session=own_session,
        pass_fds=tuple(pass_fds),
        # Runs after the change of user, which would clear the wish again.
        preexec_fn=_die_with_parent(death_signal),
    )


def kernel() -> ctypes.CDLL | None:
    """Where the kernel of this machine can be asked to tell of a parent's death; None where it cannot."""
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent(death_signal: signal.Signals) -> Callable[[], None] | None:
    libc = kernel()
    if libc is None:
        return None
    parent = os.getpid()

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between the fork and the wish
            os._exit(1)

    return ask_kernel


def end(process: "subprocess.Popen[bytes]", ladder: Ladder, *, hurry: Callable[[], bool] = lambda: False) -> None:
    """Ask the child to end, each time more urgently; then end whatever is left of its group.

    The signals go to the child alone: gunicorn and Celery end their own children well. `hurry` skips the asking.
    """
    for number, patience in ladder:
        if process.poll() is not None or hurry():
            break
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        deadline = time.monotonic() + patience
        while process.poll() is None and time.monotonic() < deadline and not hurry():
            time.sleep(0.02)
    end_group(process.pid)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)


def end_group(leader: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal every process of the group that `leader` opened; nothing when the group is empty."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def how_it_ended(code: int) -> str:
    """A return code in words: `ended with code 1`, `was killed (SIGKILL)`."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed ({signal.Signals(-code).name})"
    except ValueError:
        return f"was killed (signal {-code})"
