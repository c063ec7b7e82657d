"""Children are started again when they die, ended in order, and never outlive the one who looks after them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backoffice.launch import pidfiles, processes
from backoffice.launch.supervisor import DELAYS, Service, Stopped, Supervisor, delay_after
from backoffice.launch.texts import Trouble
from tests.launch.conftest import STANDIN, alive, eventually, noted

Standin = Callable[..., Service]
ROOT = Path(__file__).resolve().parents[2]

# Supervises one stand-in until it is killed; a process of its own, because its death is what is tested.
SUPERVISE = """
import os, sys, time
from pathlib import Path
from backoffice.launch.supervisor import Service, Supervisor
folder, standin, *modes = sys.argv[1:]
supervisor = Supervisor(Path(folder) / "pids")
note = Path(folder) / "one.note"
supervisor.start(Service(name="one", title="One", argv=[sys.executable, "-S", standin, str(note), *modes],
                         env=dict(os.environ), cwd=Path(folder), log=Path(folder) / "one.log",
                         ready=lambda pid: note.exists()))
supervisor.wait_until_ready("one")
print("ready", flush=True)
time.sleep(60)
"""


def run_ticks(supervisor: Supervisor, until: Callable[[], bool], within: float = 10.0) -> bool:
    """Let the supervisor work until something is true."""

    def step() -> bool:
        supervisor.tick()
        return until()

    return eventually(step, within)


def kill_leader(supervisor: Supervisor, name: str) -> int:
    pid = supervisor.children[name].process.pid
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_child_is_started_again_and_the_person_is_told(
    supervisor: Supervisor, standin: Standin, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    supervisor.start(standin("web"))
    supervisor.wait_until_ready("web")
    killed = kill_leader(supervisor, "web")
    assert run_ticks(supervisor, lambda: supervisor.restarts == 1 and supervisor.children["web"].down_since is None)
    assert supervisor.children["web"].process.pid != killed
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Web was killed (SIGKILL); starting it again in 0.3 s. Log: {folder / 'web.log'}"
    assert said[1].startswith("Web is back (")
    assert len(said) == 2


def test_the_children_of_a_killed_child_do_not_serve_on(supervisor: Supervisor, standin: Standin, folder: Path) -> None:
    supervisor.start(standin("web"))
    supervisor.wait_until_ready("web")
    _, grandchild = noted(folder / "web.note")
    kill_leader(supervisor, "web")
    assert run_ticks(supervisor, lambda: supervisor.restarts == 1)
    assert eventually(lambda: alive(grandchild) == [])


def test_a_child_that_dies_again_and_again_is_started_ever_more_slowly(
    supervisor: Supervisor, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr("backoffice.launch.supervisor.time.monotonic", lambda: moment[0])
    supervisor.start(standin("web", "brief"))
    for delay in (*DELAYS, DELAYS[-1]):
        child = supervisor.children["web"]
        child.process.wait(timeout=10)
        supervisor.tick()
        assert child.due == pytest.approx(moment[0] + delay)
        moment[0] += delay - 0.01
        supervisor.tick()
        assert child.due is not None
        moment[0] += 0.02
        supervisor.tick()
        assert child.due is None


def test_waits_longer_after_each_failure_and_never_longer_than_half_a_minute() -> None:
    assert [delay_after(n) for n in range(9)] == [0.0, 0.3, 1.0, 2.0, 5.0, 10.0, 30.0, 30.0, 30.0]


def test_a_child_that_does_not_start_is_told_with_the_end_of_its_log(supervisor: Supervisor, standin: Standin) -> None:
    supervisor.start(standin("web", "brief"))
    with pytest.raises(Trouble) as refused:
        supervisor.wait_until_ready("web")
    assert refused.value.what == "Web did not start: it ended with code 3."
    assert refused.value.todo.startswith("the reason why it ends\n")


def test_a_child_that_is_not_ready_in_time_is_a_trouble(supervisor: Supervisor, standin: Standin) -> None:
    service = standin("web")
    service.ready = lambda pid: False
    supervisor.start(service)
    with pytest.raises(Trouble, match="Web was not ready after 0 seconds"):
        supervisor.wait_until_ready("web", patience=0.2)


def test_all_end_in_the_reverse_order_of_their_start(
    supervisor: Supervisor, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("database", "web", "beat"):
        supervisor.start(standin(name))
    supervisor.wait_until_ready("database", "web", "beat")
    pids = {child.process.pid: name for name, child in supervisor.children.items()}
    ended: list[str] = []
    real = processes.end
    monkeypatch.setattr(
        processes, "end", lambda process, *rest, **more: (ended.append(pids[process.pid]), real(process, *rest, **more))
    )
    supervisor.stop()
    assert ended == ["beat", "web", "database"]
    assert alive(*pids) == []
    assert list(supervisor.pids.glob("*.json")) == []


def test_a_child_that_does_not_hear_is_ended_with_all_of_its_group(
    supervisor: Supervisor, standin: Standin, folder: Path
) -> None:
    service = standin("web", "stubborn")
    service.ladder = ((signal.SIGTERM, 0.3),)
    supervisor.start(service)
    supervisor.wait_until_ready("web")
    leader, grandchild = noted(folder / "web.note")
    supervisor.stop()
    assert eventually(lambda: alive(leader, grandchild) == [])


def test_a_second_wish_to_stop_does_not_wait(supervisor: Supervisor, standin: Standin) -> None:
    service = standin("web", "stubborn")
    service.ladder = ((signal.SIGTERM, 30.0),)
    supervisor.start(service)
    supervisor.wait_until_ready("web")
    began = time.monotonic()
    with supervisor.signals.caught():
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        try:
            supervisor.stop()
        finally:
            signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < 5


def test_a_wish_to_stop_ends_every_wait(supervisor: Supervisor, standin: Standin) -> None:
    service = standin("web")
    service.ready = lambda pid: False
    supervisor.start(service)
    with supervisor.signals.caught():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped):
            supervisor.wait_until_ready("web")
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_worker_that_lives_but_does_nothing_can_be_started_again(
    supervisor: Supervisor, standin: Standin, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor.start(standin("worker"))
    supervisor.wait_until_ready("worker")
    first = supervisor.children["worker"].process.pid
    supervisor.restart("worker", "has done nothing for 3 minutes")
    assert capsys.readouterr().out == "Worker has done nothing for 3 minutes; starting it again.\n"
    assert alive(first) == []
    assert alive(supervisor.children["worker"].process.pid) != []


def test_a_foreground_command_hands_its_code_on_while_the_children_are_looked_after(
    supervisor: Supervisor, standin: Standin, folder: Path
) -> None:
    supervisor.start(standin("database"))
    supervisor.wait_until_ready("database")
    kill_leader(supervisor, "database")
    program = "import sys, time; time.sleep(1.2); sys.exit(7)"
    code = supervisor.run_foreground([sys.executable, "-S", "-c", program], env=dict(os.environ), cwd=folder)
    assert code == 7
    assert supervisor.restarts == 1


def test_a_foreground_command_that_is_killed_gives_the_shells_code(supervisor: Supervisor, folder: Path) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    code = supervisor.run_foreground([sys.executable, "-S", "-c", program], env=dict(os.environ), cwd=folder)
    assert code == 128 + signal.SIGKILL


def start_supervisor(folder: Path, *modes: str) -> "subprocess.Popen[str]":
    (folder / "pids").mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", SUPERVISE, str(folder), str(STANDIN), *modes],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_killed_supervisor_leaves_no_orphan(folder: Path) -> None:
    with start_supervisor(folder) as process:
        leader, grandchild = noted(folder / "one.note")
        assert alive(leader, grandchild) == [leader, grandchild]
        process.kill()
    assert eventually(lambda: alive(leader, grandchild) == [], within=5)


def test_the_next_start_ends_a_leftover_that_did_not_hear(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_supervisor(folder, "stubborn") as process:
        leader, grandchild = noted(folder / "one.note")
        process.kill()
    assert alive(leader, grandchild) == [leader, grandchild]
    real = pidfiles.end_leftover
    monkeypatch.setattr(pidfiles, "end_leftover", lambda *args: real(*args, patience=0.2))
    Supervisor(folder / "pids").clean()
    assert alive(leader, grandchild) == []
    assert capsys.readouterr().out == f"Ending what an earlier run left behind: one (process {leader}).\n"
    assert list((folder / "pids").iterdir()) == []


def test_the_next_start_finds_the_children_of_a_leftover_that_is_gone(folder: Path) -> None:
    with start_supervisor(folder, "stubborn") as process:
        leader, grandchild = noted(folder / "one.note")
        process.kill()
    os.kill(leader, signal.SIGKILL)
    assert eventually(lambda: alive(leader) == [])
    assert alive(grandchild) == [grandchild]
    Supervisor(folder / "pids").clean()
    assert alive(grandchild) == []


def test_a_stranger_with_a_recorded_process_id_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pids = folder / "pids"
    pids.mkdir()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        try:
            recorded = {"pid": stranger.pid, "started": f"{pidfiles.started_at(stranger.pid)}0"}
            (pids / "web.json").write_text(json.dumps(recorded))
            (pids / "torn.json").write_text('{"pid": ')
            Supervisor(pids).clean()
            assert alive(stranger.pid) == [stranger.pid]
        finally:
            stranger.kill()
    assert capsys.readouterr().out == ""
    assert list(pids.iterdir()) == []


def test_children_are_refused_outside_of_the_main_thread(folder: Path) -> None:
    caught: list[BaseException] = []

    def attempt() -> None:
        try:
            processes.spawn(["true"], env={}, cwd=folder)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_the_pool_of_a_killed_worker_dies_with_it(folder: Path) -> None:
    """A program that forks as Celery does; its child hears nothing and would work on alone."""
    (folder / "forks.py").write_text(
        "import os, signal, sys, time\n"
        "child = os.fork()\n"
        "if not child:\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    time.sleep(60)\n"
        "    os._exit(0)\n"
        "print(*sys.argv, child, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-S", "-m", "backoffice.launch.kin", "forks", "worker"]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said[-2] == "worker"
        assert alive(int(said[-1])) == [int(said[-1])]
        process.kill()
    assert eventually(lambda: alive(int(said[-1])) == [], within=5)
