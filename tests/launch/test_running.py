"""One `up` a folder, and everybody can see which."""

import subprocess
import sys
from pathlib import Path

import pytest

from backoffice.launch import running
from backoffice.launch.home import Home
from backoffice.launch.running import Claim, who_runs
from backoffice.launch.texts import Trouble

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from backoffice.launch.home import Home
from backoffice.launch.running import Claim
with Claim(Home(Path(sys.argv[1])), "up").held() as claim:
    claim.publish(url="http://localhost:8003", addresses={"REDIS_URL": "redis+socket:///x"})
    print("held", flush=True)
    time.sleep(60)
"""


def hold(folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-S", "-c", HOLD, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_one_is_refused_and_told_where_the_first_one_is(home: Home) -> None:
    with hold(home.root) as process:
        with pytest.raises(Trouble) as refused, Claim(home, "up").held():
            raise AssertionError("both hold the folder")
        process.kill()
    assert refused.value.what.startswith(
        f"./bo up already runs in this folder at http://localhost:8003 (process {process.pid}, since 20"
    )
    assert refused.value.todo == f"Stop it with Ctrl+C where it runs, or: kill {process.pid}."


def test_another_command_sees_the_addresses_of_the_one_who_runs(home: Home) -> None:
    assert who_runs(home) is None
    with hold(home.root) as process:
        holder = who_runs(home)
        process.kill()
    assert holder is not None
    assert (holder.pid, holder.command) == (process.pid, "up")
    assert holder.addresses == {"REDIS_URL": "redis+socket:///x"}


def test_what_a_killed_one_has_written_does_not_count(home: Home) -> None:
    with hold(home.root) as process:
        process.kill()
    assert (home.up / "running.json").exists()
    assert who_runs(home) is None
    with Claim(home, "up").held():
        assert running.read(home.up / "running.json") is not None
    assert not (home.up / "running.json").exists()


def test_what_is_written_is_nobody_elses_business(home: Home) -> None:
    with Claim(home, "up").held():
        assert (home.up / "running.json").stat().st_mode & 0o777 == 0o600
