"""`./bo lock`: the exact packages with their hashes, from what pyproject.toml asks for.

requirements.txt is what runs the back office, tests/requirements.txt that and what tests it, in the same versions.
Neither names a package index, so that everybody installs from the one his machine is set to.
"""

import re
import shutil
from pathlib import Path

from backoffice.launch import processes
from backoffice.launch.environment import child_environment
from backoffice.launch.home import Home
from backoffice.launch.texts import Step, Trouble

LEAST_PYTHON = "3.11"
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def run(home: Home, arguments: list[str]) -> int:
    """Write both lock files anew. Versions in them are kept unless `--upgrade` is given (any option of uv's goes)."""
    uv = shutil.which("uv")
    if uv is None:
        raise Trouble("./bo lock needs uv, which is not on the PATH.", "pip install uv")
    _compile(uv, home, home.runtime_lock, ["--extra", "embedded", *arguments])
    same = ["--constraint", str(home.runtime_lock.relative_to(home.root))]
    _compile(uv, home, home.tests_lock, ["--extra", "embedded", "--extra", "dev", *same, *arguments])
    return 0


def _compile(uv: str, home: Home, lock: Path, more: list[str]) -> None:
    step = Step(str(lock.relative_to(home.root)))
    quiet = ["--no-emit-index-url", "--no-header", "--quiet"]
    argv = [uv, "pip", "compile", "pyproject.toml", "--universal", "--python-version", LEAST_PYTHON]
    argv += ["--generate-hashes", *quiet, *more, "--output-file", str(lock.relative_to(home.root))]
    process = processes.spawn(argv, env=child_environment(home), cwd=home.root, own_session=False)
    if process.wait() != 0:
        raise Trouble(f"uv could not write {lock.name}.")
    check_no_address(lock)
    step.end("written")


def check_no_address(lock: Path) -> None:
    """A lock with the address of somebody's package index in it would send everybody there."""
    for number, line in enumerate(lock.read_text().splitlines(), 1):
        if ADDRESS.search(line):
            raise Trouble(f"{lock.name}, line {number} names an address: {line.strip()}", "Do not commit it.")
