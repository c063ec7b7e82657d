"""`./bo check` runs all, says all, and fails when one fails."""

import os
import sys
from pathlib import Path

import pytest

from backoffice.launch import check
from backoffice.launch.home import Home
from backoffice.launch.supervisor import Stopped, Supervisor
from tests.launch.conftest import alive


def program(text: str) -> list[str]:
    return [sys.executable, "-S", "-c", text]


def test_a_failure_stops_no_other_check_and_shows_what_it_said(
    home: Home, supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = [
        check.Check("bad", program("print('line 3 is wrong'); raise SystemExit(2)")),
        check.Check("good", program("print('nothing to see')")),
        check.Check("late", program("import time; time.sleep(0.3)")),
    ]
    done = check.run_checks(waiting, supervisor, env=dict(os.environ), home=home)
    assert {c.title: c.passed for c in done} == {"bad": False, "good": True, "late": True}
    said = capsys.readouterr().out
    assert "FAIL  bad " in said
    assert "      line 3 is wrong\n" in said
    assert "nothing to see" not in said
    assert [line.split()[0] for line in said.splitlines() if not line.startswith("      ")].count("ok") == 2


def test_a_wish_to_stop_ends_the_checks_that_run(home: Home, supervisor: Supervisor) -> None:
    waiting = [check.Check("endless", program("import time; time.sleep(60)"))]
    supervisor.signals.count = 1
    with pytest.raises(Stopped):
        check.run_checks(waiting, supervisor, env=dict(os.environ), home=home)
    assert waiting[0].process is not None
    assert alive(waiting[0].process.pid) == []


def test_every_check_runs_a_program_of_the_environment(home: Home) -> None:
    assert [c.title for c in check.checks(home)] == [
        "types (mypy)", "rules (ruff)", "form (ruff format)", "import contracts", "system checks",
        "migrations are complete", "API description", "templates",
    ]  # fmt: skip
    for c in check.checks(home):
        assert c.argv[0] == str(home.python)
        assert all(not Path(part).is_absolute() or Path(part).is_relative_to(home.venv) for part in c.argv)
