"""The folder's own Python environment: made, stamped, and brought up to date when a lock file changes."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

from backoffice.launch import processes
from backoffice.launch.home import Home, open_state
from backoffice.launch.texts import Step, Trouble, say

STAMP = "bo-stamp.json"
# Settings of a person's own pip that would put the packages somewhere else.
PIP_ELSEWHERE = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PYTHONHOME", "PYTHONPATH")


class Level(Enum):
    """How much is installed: what runs the back office, or that and what tests it."""

    RUNTIME = "runtime"
    TESTS = "tests"


@dataclass(frozen=True)
class Stamp:
    """What an environment was made from. An environment of another Python, place or lock is not ours to use."""

    python: str
    place: str
    runtime: str
    tests: str = ""

    @property
    def level(self) -> Level:
        return Level.TESTS if self.tests else Level.RUNTIME

    def serves(self, wanted: "Stamp") -> bool:
        """Whether the environment with this stamp can be used where `wanted` is asked for."""
        same = (self.python, self.place, self.runtime) == (wanted.python, wanted.place, wanted.runtime)
        return same and wanted.tests in ("", self.tests)

    def can_grow_into(self, wanted: "Stamp") -> bool:
        """Whether installing over it is enough, or it must be made anew."""
        return (self.python, self.place) == (wanted.python, wanted.place)


def wanted_stamp(home: Home, level: Level) -> Stamp:
    """The stamp that an environment of this level has when it is up to date."""
    return Stamp(
        python=f"{sys.implementation.name}-{sys.version_info[0]}.{sys.version_info[1]}",
        place=str(home.venv.resolve()),
        runtime=_digest(home.runtime_lock),
        tests=_digest(home.tests_lock) if level is Level.TESTS else "",
    )


def _digest(lock: Path) -> str:
    try:
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError as error:
        raise Trouble(
            f"{lock} cannot be read: {error.strerror}.", "It belongs to the checkout; fetch it again."
        ) from error


def read_stamp(venv: Path) -> Stamp | None:
    """The stamp of an environment that is complete; None for none, a half-made one, or one that somebody else made."""
    try:
        stamp = Stamp(**json.loads((venv / STAMP).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return stamp if (venv / "bin" / "python").exists() else None


def ensure(home: Home, level: Level = Level.RUNTIME) -> Path:
    """The environment's Python, after making or mending the environment when needed."""
    if (found := read_stamp(home.venv)) and found.serves(wanted_stamp(home, level)):
        return home.python
    open_state(home)
    with _alone(home):
        found = read_stamp(home.venv)
        wanted = wanted_stamp(home, level)
        if found and found.serves(wanted):
            return home.python
        if found and found.level is Level.TESTS and home.tests_lock.exists():
            wanted = wanted_stamp(home, Level.TESTS)  # `up` after `test` must not take the test tools away
        _install(home, found, wanted)
    return home.python


@contextlib.contextmanager
def _alone(home: Home) -> Iterator[None]:
    """One installer at a time; the others wait and then find the work done."""
    with (home.state / "venv.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another ./bo installs the Python packages; waiting for it.")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _install(home: Home, found: Stamp | None, wanted: Stamp) -> None:
    uv = shutil.which("uv")
    if uv is None:
        require_venv_module()
    step = Step("Python packages", hint="installing (some 80 MB to load, once)")
    (home.venv / STAMP).unlink(missing_ok=True)
    if found is None or not found.can_grow_into(wanted):
        shutil.rmtree(home.venv, ignore_errors=True)
    lock = home.tests_lock if wanted.tests else home.runtime_lock
    done = uv is not None and _with_uv(uv, home, lock, step)
    if not done:
        require_venv_module()
        _with_pip(home, lock, step)
    (home.venv / STAMP).write_text(json.dumps(asdict(wanted)))
    step.end(f"ready: {count_packages(lock)} in {home.venv.name}, by {'uv' if done else 'pip'}")


def require_venv_module() -> None:
    """Debian and others ship a Python without the parts that make an environment."""
    if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise Trouble(
        "This Python cannot make an environment: its venv module is not installed.",
        f"Debian, Ubuntu: apt-get install python{version}-venv (or python3-venv); then run the same command again.",
    )


def _with_uv(uv: str, home: Home, lock: Path, step: Step) -> bool:
    """Install with uv; False when uv cannot, for pip may know a mirror that uv does not."""
    make = [uv, "venv", "-q", "--python", sys.executable, str(home.venv)]
    fill = [uv, "pip", "sync", "-q", "--require-hashes", "--python", str(home.python), str(lock)]
    if not home.python.exists() and _run(make, home, step)[0] != 0:
        return False
    return _run(fill, home, step)[0] == 0


def _with_pip(home: Home, lock: Path, step: Step) -> None:
    if not (home.venv / "bin" / "pip").exists():
        shutil.rmtree(home.venv, ignore_errors=True)
        code, output = _run([sys.executable, "-m", "venv", str(home.venv)], home, step)
        if code != 0:
            raise Trouble("The Python environment could not be made.", _end_of(output))
    install = [str(home.python), "-m", "pip", "install", "-q", "--require-hashes", "--disable-pip-version-check"]
    code, output = _run([*install, "--no-input", "--no-compile", "-r", str(lock)], home, step)
    if code != 0:
        raise Trouble(
            f"The Python packages could not be installed (pip ended with code {code}).",
            f"{_end_of(output)}\n"
            "Is the package index reachable? There are packages for Linux with glibc 2.28 or newer and for macOS\n"
            "on Apple silicon; elsewhere (Alpine, Windows) use docker-compose.yml.",
        )


def _run(argv: list[str], home: Home, step: Step) -> tuple[int, str]:
    """Run an installer quietly, the seconds passing on the terminal; its code and what it said."""
    env = {name: value for name, value in os.environ.items() if name not in PIP_ELSEWHERE}
    with tempfile.TemporaryFile() as output:
        process = processes.spawn(argv, env=env, cwd=home.root, output=output, own_session=False)
        try:
            while process.poll() is None:
                step.tick()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.2)
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        output.seek(0)
        return process.returncode, output.read().decode("utf-8", "replace")


def _end_of(output: str) -> str:
    return "\n".join([line for line in output.splitlines() if line.strip()][-6:])


def count_packages(lock: Path) -> int:
    """How many packages a lock names."""
    return sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith((" ", "#")))
