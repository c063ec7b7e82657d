"""Keeping a few children alive: start them, wait for them, start them again when they die, end them in order."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from backoffice.launch import logs, pidfiles, processes
from backoffice.launch.processes import Ladder, ServerUser
from backoffice.launch.texts import Trouble, say

DELAYS = (0.3, 1.0, 2.0, 5.0, 10.0, 30.0)
CALM = 60.0
TICK = 0.1


class Stopped(Exception):
    """The person asked us to stop."""


@dataclass(kw_only=True)
class Service:
    """One child: how it is started, how one sees that it is ready, how it is asked to end."""

    name: str
    title: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    ladder: Ladder = ((signal.SIGTERM, 10.0),)
    death_signal: signal.Signals = signal.SIGTERM
    user: ServerUser | None = None
    pass_fds: tuple[int, ...] = ()
    before: Callable[[], None] = lambda: None
    ready: Callable[[int], bool] = lambda pid: True


@dataclass
class Child:
    """A service and the process that runs it at this moment."""

    service: Service
    process: "subprocess.Popen[bytes]"
    began: float
    began_at: datetime
    failures: int = 0
    due: float | None = None
    down_since: float | None = None


class StopSignals:
    """Counts the wishes to stop: the first one ends all in order, the second one at once."""

    def __init__(self) -> None:
        self.count = 0
        self.last = 0

    def __call__(self, number: int, _frame: object) -> None:
        self.count += 1
        self.last = number

    @contextlib.contextmanager
    def caught(self) -> Iterator["StopSignals"]:
        """Catch SIGINT, SIGTERM and SIGHUP inside the block; what was ignored before (nohup) stays ignored."""
        before = {}
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, self)
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def delay_after(failures: int) -> float:
    """Seconds to wait before the next start after so many failures in a row."""
    return DELAYS[min(failures, len(DELAYS)) - 1] if failures else 0.0


@dataclass
class Supervisor:
    """The children of one `./bo`, in the order of their start."""

    pids: Path
    signals: StopSignals = field(default_factory=StopSignals)
    children: dict[str, Child] = field(default_factory=dict)
    restarts: int = 0

    def clean(self) -> None:
        """End what an earlier run left behind."""
        for left in pidfiles.leftovers(self.pids):
            say(f"Ending what an earlier run left behind: {left.name} (process {left.leader}).")
            pidfiles.end_leftover(self.pids, left)

    def start(self, service: Service) -> None:
        """Start a service; it is ready when `wait_until_ready` says so."""
        self.children[service.name] = Child(service, self._spawn(service), time.monotonic(), datetime.now(UTC))

    def _spawn(self, service: Service) -> "subprocess.Popen[bytes]":
        service.before()
        with logs.open_log(service.log) as log:
            process = processes.spawn(
                service.argv,
                env=service.env,
                cwd=service.cwd,
                output=log,
                user=service.user,
                death_signal=service.death_signal,
                pass_fds=service.pass_fds,
            )
        pidfiles.record(self.pids, service.name, process.pid)
        return process

    def wait_until_ready(self, *names: str, patience: float = 60.0, tick: Callable[[], None] = lambda: None) -> None:
        """Wait for these services. One that ends meanwhile is a trouble, told with the end of its log."""
        deadline = time.monotonic() + patience
        waiting = list(names)
        while waiting:
            child = self.children[waiting[0]]
            self.check_alive(waiting[0])
            if child.service.ready(child.process.pid):
                waiting.pop(0)
                continue
            if time.monotonic() > deadline:
                raise Trouble(
                    f"{child.service.title} was not ready after {patience:.0f} seconds.", quote(child.service.log)
                )
            tick()
            self.pause(0.03)

    def check_alive(self, *names: str) -> None:
        """A trouble when one of these has ended, told with the end of its log."""
        for child in (self.children[name] for name in names):
            code = child.process.poll()
            if code is not None:
                raise Trouble(
                    f"{child.service.title} did not start: it {processes.how_it_ended(code)}.", quote(child.service.log)
                )

    def pause(self, seconds: float) -> None:
        """Sleep; `Stopped` when the person asks us to stop."""
        deadline = time.monotonic() + seconds
        while not self.signals.count and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, TICK))
        if self.signals.count:
            raise Stopped

    def tick(self) -> None:
        """Notice the dead and start them again when their time has come."""
        now = time.monotonic()
        for child in self.children.values():
            if child.due is None:
                self._notice(child, now)
            elif now >= child.due:
                self._again(child)

    def _notice(self, child: Child, now: float) -> None:
        code = child.process.poll()
        title = child.service.title
        if code is None:
            if child.down_since is not None and child.service.ready(child.process.pid):
                say(f"{title} is back ({now - child.down_since:.1f} s).")
                child.down_since = None
            elif child.failures and child.down_since is None and now - child.began > CALM:
                child.failures = 0
            return
        processes.end_group(child.process.pid)  # gunicorn's and Celery's own children must not serve on
        child.failures += 1
        delay = delay_after(child.failures)
        child.due = now + delay
        if child.down_since is None:
            child.down_since = now
        say(f"{title} {processes.how_it_ended(code)}; starting it again in {delay:g} s. Log: {child.service.log}")

    def restart(self, name: str, why: str) -> None:
        """End a child that lives but does not work, and start it again."""
        child = self.children[name]
        if child.due is not None:
            return
        say(f"{child.service.title} {why}; starting it again.")
        processes.end(child.process, ((signal.SIGTERM, 3.0),), hurry=lambda: self.signals.count > 0)
        child.down_since = child.down_since or time.monotonic()
        self._again(child)

    def _again(self, child: Child) -> None:
        child.began, child.began_at, child.due = time.monotonic(), datetime.now(UTC), None
        child.process = self._spawn(child.service)
        self.restarts += 1

    def run_foreground(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> int:
        """Run a command on our terminal while the children are looked after; its return code."""
        process = processes.spawn(argv, env=env, cwd=cwd, own_session=False)
        passed_on = 0
        while process.poll() is None:
            if self.signals.count > passed_on:
                passed_on = self.signals.count
                if not (self.signals.last == signal.SIGINT and _terminal_tells_children()):
                    process.send_signal(self.signals.last)
            self.tick()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=TICK)
        return process.returncode if process.returncode >= 0 else 128 - process.returncode

    def stop(self) -> None:
        """End all children in the reverse order of their start; a second wish to stop ends them at once."""
        begun = self.signals.count
        for name, child in reversed(self.children.items()):
            processes.end(child.process, child.service.ladder, hurry=lambda: self.signals.count > begun)
            pidfiles.forget(self.pids, name)
        self.children.clear()


def quote(log: Path) -> str:
    """The end of a log, for a trouble's remedy."""
    lines = logs.tail(log)
    return f"{lines}\n(whole log: {log})" if lines else f"Its log is empty: {log}"


def _terminal_tells_children() -> bool:
    """Whether a Ctrl+C at the terminal reaches our foreground child by itself."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
