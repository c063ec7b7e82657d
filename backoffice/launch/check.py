"""`./bo check`: everything about the tree that a machine can tell without running the tests."""

import argparse
import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from backoffice.launch import processes, venv
from backoffice.launch.environment import child_environment
from backoffice.launch.home import Home
from backoffice.launch.sessions import throw_away_session
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import say

AT_ONCE = 2


@dataclass
class Check:
    """One check: a program of the environment, its arguments, and what to do when it fails."""

    title: str
    argv: Sequence[str]
    remedy: str = ""
    output: IO[bytes] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    took: float = field(default=0.0)

    @property
    def passed(self) -> bool:
        return self.process is not None and self.process.returncode == 0


def checks(home: Home) -> list[Check]:
    """The list, the longest first: two run at a time."""
    python, programs = str(home.python), home.venv / "bin"
    manage = [python, "manage.py"]
    return [
        Check("types (mypy)", [python, "-m", "mypy"]),
        Check("rules (ruff)", [python, "-m", "ruff", "check", "."], "./bo check --fix mends much of it"),
        Check("form (ruff format)", [python, "-m", "ruff", "format", "--check", "."], "./bo check --fix mends it"),
        Check("import contracts", [python, str(programs / "lint-imports")]),
        Check("system checks", [*manage, "check"]),
        Check(
            "migrations are complete",
            [*manage, "makemigrations", "--check", "--dry-run"],
            "./bo manage makemigrations",
        ),
        Check("API description", [*manage, "check_openapi"], "./bo manage check_openapi --write"),
        Check("templates", [*manage, "check_templates"]),
    ]


def run(home: Home, arguments: list[str]) -> int:
    """Run all checks, a line for each; 1 when one failed, all failures named at the end."""
    parser = argparse.ArgumentParser(prog="./bo check", description="Check the tree without running the tests.")
    parser.add_argument("--fix", action="store_true", help="let ruff mend first what it can")
    wanted = parser.parse_args(arguments)
    python = str(venv.ensure(home, venv.Level.TESTS))
    with throw_away_session(home) as session:
        settings = {"DJANGO_SETTINGS_MODULE": "backoffice.settings.test"}
        env = child_environment(home, settings, session.addresses)
        if wanted.fix:
            for argv in (["check", "--fix", "--quiet", "."], ["format", "--quiet", "."]):
                session.supervisor.run_foreground([python, "-m", "ruff", *argv], env=env, cwd=home.root)
        done = run_checks(checks(home), session.supervisor, env=env, home=home)
    failed = [check for check in done if not check.passed]
    if not failed:
        say(f"All {len(done)} checks passed.")
        return 0
    say(f"{len(failed)} of {len(done)} checks failed: {', '.join(check.title for check in failed)}.")
    for check in failed:
        if check.remedy:
            say(f"    {check.title}: {check.remedy}")
    return 1


def run_checks(waiting: list[Check], supervisor: Supervisor, *, env: Mapping[str, str], home: Home) -> list[Check]:
    """Run the checks, a few at a time, and print each as it ends, its output only when it failed."""
    waiting, active, done = list(waiting), list[Check](), list[Check]()
    try:
        while waiting or active:
            while waiting and len(active) < AT_ONCE:
                check = waiting.pop(0)
                _begin(check, env, home)
                active.append(check)
            for check in [c for c in active if c.process is not None and c.process.poll() is not None]:
                active.remove(check)
                done.append(check)
                _report(check)
            supervisor.tick()
            supervisor.pause(0.05)
    finally:
        for check in active:
            if check.process is not None:
                processes.end(check.process, ())
    return done


def _begin(check: Check, env: Mapping[str, str], home: Home) -> None:
    check.output = tempfile.TemporaryFile()  # noqa: SIM115  (closed by _report)
    check.began = time.monotonic()
    check.process = processes.spawn(check.argv, env=env, cwd=home.root, output=check.output)


def _report(check: Check) -> None:
    check.took = time.monotonic() - check.began
    say(f"{'ok  ' if check.passed else 'FAIL'}  {check.title:<28}{check.took:6.1f} s")
    if check.output is None:
        return
    with contextlib.closing(check.output) as output:
        if not check.passed:
            output.seek(0, os.SEEK_SET)
            say("\n".join(f"      {line}" for line in output.read().decode("utf-8", "replace").splitlines()))
