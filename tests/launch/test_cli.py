"""The command line: short, plain, and free of everything that must first be installed."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backoffice.launch import cli
from backoffice.launch.cli import COMMANDS
from backoffice.launch.home import Home

ROOT = Path(__file__).resolve().parents[2]


def bo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `./bo` by a Python without any packages."""
    command = [sys.executable, "-S", "-E", str(ROOT / "bo"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd="/")


def test_every_module_is_imported_without_any_installed_package() -> None:
    modules = [path.stem for path in (ROOT / "backoffice" / "launch").glob("*.py")]
    program = f"import sys, importlib; sys.path.insert(0, {str(ROOT)!r})\n" + "".join(
        f"importlib.import_module('backoffice.launch.{name}')\n" for name in sorted(modules)
    )
    program += "print(sorted({'django', 'celery', 'redis', 'psycopg2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-S", "-E", "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_help_names_every_command_once() -> None:
    done = bo("help")
    assert done.returncode == 0
    for command in COMMANDS:
        assert sum(line.startswith(f"  ./bo {command.name} ") for line in done.stdout.splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("-h",), ("--help",)])
def test_help_is_what_one_gets_without_a_command(arguments: tuple[str, ...]) -> None:
    assert bo(*arguments).stdout == bo("help").stdout


def test_every_command_has_its_module_in_this_package() -> None:
    for command in COMMANDS[:-1]:
        assert hasattr(__import__(f"backoffice.launch.{command.module}", fromlist=["run"]), "run")


def test_an_unknown_command_is_refused_with_those_there_are() -> None:
    done = bo("upp")
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "bo: There is no command `upp`."
    assert "up, test, check" in done.stderr


def test_an_old_python_looks_for_a_newer_one_and_says_so_when_there_is_none() -> None:
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'\n"
        f"sys.argv = ['bo', 'help']; runpy.run_path({str(ROOT / 'bo')!r}, run_name='__main__')"
    )
    command = [sys.executable, "-S", "-E", "-c", program]
    without = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/nowhere"})
    assert (without.returncode, without.stderr) == (1, "bo: Python 3.11 or newer is needed; this is 3.9.2.\n")


def test_an_old_python_hands_over_to_a_newer_one(tmp_path: Path) -> None:
    name = f"python3.{sys.version_info[1]}"
    (tmp_path / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tmp_path / name).chmod(0o755)
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2)\n"
        f"sys.argv = ['bo', 'help']; runpy.run_path({str(ROOT / 'bo')!r}, run_name='__main__')"
    )
    command = [sys.executable, "-S", "-E", "-c", program]
    environment = {**os.environ, "PATH": str(tmp_path)}
    with_newer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert with_newer.stdout == bo("help").stdout


def test_a_folder_that_cannot_be_written_is_a_sentence_and_no_traceback(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home.state.write_text("a file where a folder should be")
    monkeypatch.setattr(Home, "here", classmethod(lambda cls: home))
    assert cli.main(["up"]) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert str(home.state) in said.err


def test_reset_without_anybody_to_ask_removes_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = home.up / "servers" / "pg" / "row"
    kept.parent.mkdir(parents=True)
    kept.write_text("x")
    (home.state / "keys.json").write_text("{}")
    monkeypatch.setattr(Home, "here", classmethod(lambda cls: home))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert cli.main(["reset"]) == 1
    assert kept.read_text() == "x"
    assert "./bo reset --yes" in capsys.readouterr().err
    assert cli.main(["reset", "--yes"]) == 0
    assert not kept.exists()
    assert (home.state / "keys.json").exists()
