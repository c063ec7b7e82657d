"""`./bo up`: everything on one machine, looked after until somebody stops it."""

import argparse
import json
import os
import signal
import time
from collections.abc import Mapping, Sequence
from typing import Any

from backoffice.launch import health, logs, pango, processes, venv
from backoffice.launch.environment import application_environment, files_root
from backoffice.launch.home import Home, make_folder
from backoffice.launch.ports import FIRST, open_door
from backoffice.launch.running import Claim
from backoffice.launch.servers import is_named, start_servers
from backoffice.launch.supervisor import Service, Stopped, Supervisor, quote
from backoffice.launch.texts import Step, Trouble, say, seconds

LOOK_EVERY = 15.0
START_PATIENCE = 120.0


def run(home: Home, arguments: list[str]) -> int:
    """Start all, print the address, and keep all alive until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="./bo up", description="Start the back office on this machine.")
    parser.add_argument("--port", type=int, default=FIRST, help=f"the first port to try (usually {FIRST})")
    demo = parser.add_mutually_exclusive_group()
    demo.add_argument("--demo", action="store_true", help="fill the demo shop in, also into a database of yours")
    demo.add_argument("--no-demo", action="store_true", help="start empty")
    wanted = parser.parse_args(arguments)
    if not 1 <= wanted.port <= 65_535:
        raise Trouble(f"There is no port {wanted.port}.", "Ports go from 1 to 65535.")
    began = time.monotonic()
    with Claim(home, "up").held() as claim:
        venv.ensure(home)
        supervisor = Supervisor(make_folder(home.up / "pids"))
        with supervisor.signals.caught():
            try:
                Up(home, claim, supervisor, port=wanted.port).go(
                    demo=wanted.demo or not (wanted.no_demo or is_named("DATABASE_URL")), began=began
                )
            except Stopped:
                say("\nStopping. Once more Ctrl+C stops at once.")
            finally:
                supervisor.stop()
    say("Stopped.")
    return 0


class Up:
    """One run of the back office."""

    def __init__(self, home: Home, claim: Claim, supervisor: Supervisor, *, port: int) -> None:
        self.home = home
        self.claim = claim
        self.supervisor = supervisor
        self.wanted_port = port
        self.port = 0
        self.log_folder = make_folder(home.up / "log")

    def go(self, *, demo: bool, began: float) -> None:
        """From nothing to a served page, then watch until stopped."""
        self.supervisor.clean()
        addresses = start_servers(self.home, self.supervisor, self.home.up, durable=True)
        with open_door(self.wanted_port) as door:
            self.port = door.getsockname()[1]
            if self.port != self.wanted_port:
                say(f"Port {self.wanted_port} is taken; using {self.port}.")
            url = f"http://localhost:{self.port}"
            self.claim.publish(addresses=addresses, url=url)
            make_folder(files_root(self.home))
            env = application_environment(self.home, addresses, url=url)
            prepared = self._prepare(env, demo=demo)
            self._start_application(env, door.fileno(), queues=prepared["queues"])
            self._welcome(url, prepared["logins"], began)
            self._watch()

    def _prepare(self, env: Mapping[str, str], *, demo: bool) -> dict[str, Any]:
        """Migrate and fill; what prepare.py found out."""
        step = Step("Database")
        result = self.home.up / "prepared.json"
        log_path = self.log_folder / "prepare.log"
        argv = [self.home.python, "-m", "backoffice.launch.prepare", "--result", result, *(["--demo"] if demo else [])]
        with logs.open_log(log_path) as log:
            process = processes.spawn([str(part) for part in argv], env=env, cwd=self.home.root, output=log)
        try:
            while process.poll() is None:
                step.tick()
                self.supervisor.tick()
                self.supervisor.pause(0.05)
        finally:
            processes.end(process, ((signal.SIGTERM, 5.0),))
        if process.returncode != 0:
            step.clear()
            raise Trouble("The database could not be prepared.", quote(log_path))
        found: dict[str, Any] = json.loads(result.read_text())
        step.end("migrated" + (", demo shop filled in" if found["demo"] else ""))
        return found

    def _start_application(self, env: Mapping[str, str], door: int, *, queues: Sequence[str]) -> None:
        step = Step("Web, worker, beat")
        services = self._services(env, door, queues)
        names = [service.name for service in services]
        for service in services:
            self.supervisor.start(service)
        deadline = time.monotonic() + START_PATIENCE
        answer: dict[str, Any] = {}
        while not (health.is_ok(answer) and self._worker_answered(answer)):
            self.supervisor.check_alive(*names)
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The back office does not say that it is well: {json.dumps(answer) if answer else 'no answer'}.",
                    quote(self.log_folder / "web.log") + "\n" + quote(self.log_folder / "worker.log"),
                )
            step.tick()
            answer = health.ask(self.port, timeout=2.0)
            self.supervisor.pause(0.1)
        step.end("answering, a task went round")

    def _worker_answered(self, answer: dict[str, Any]) -> bool:
        return health.worker_answered_since(answer, self.supervisor.children["worker"].began_at)

    def _services(self, env: Mapping[str, str], door: int, queues: Sequence[str]) -> list[Service]:
        python = str(self.home.python)
        celery = [python, "-m", "backoffice.launch.kin", "celery", "--app", "backoffice.celery"]
        beat = make_folder(self.home.up / "beat")
        workers = str(min(4, max(2, os.cpu_count() or 2)))

        common: dict[str, Any] = {"env": env, "cwd": self.home.root}
        return [
            Service(
                name="web",
                title="Web",
                argv=[
                    *(python, "-m", "gunicorn", "backoffice.wsgi:application", "--bind", f"fd://{door}"),
                    *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
                    *("--graceful-timeout", "8", "--timeout", "60", "--no-control-socket", "--log-level", "warning"),
                ],
                log=self.log_folder / "web.log",
                pass_fds=(door,),
                ready=lambda pid: bool(health.ask(self.port, timeout=1.0)),
                **common,
            ),
            Service(
                name="worker",
                title="Worker",
                argv=[
                    *(*celery, "worker", "--queues", ",".join(queues), "--concurrency", workers),
                    *("--hostname", "bo@%h", "--without-gossip", "--without-mingle", "--loglevel", "INFO"),
                ],
                log=self.log_folder / "worker.log",
                # TERM waits for every task to end, however long it takes; QUIT gives what still runs back.
                ladder=((signal.SIGTERM, 3.0), (signal.SIGQUIT, 13.0)),
                # When we are killed the broker goes too, and giving back would wait for it; the rows know what is due.
                death_signal=signal.SIGKILL,
                ready=lambda pid: self._worker_answered(health.ask(self.port, timeout=1.0)),
                **common,
            ),
            Service(
                name="beat",
                title="Beat",
                argv=[*celery, "beat", "--schedule", str(beat / "schedule"), "--pidfile", ""],
                log=self.log_folder / "beat.log",
                **common,
            ),
        ]

    def _welcome(self, url: str, logins: str, began: float) -> None:
        say(f"\n  {url}   up in {seconds(began)}\n")
        if logins.strip():
            say(logins.rstrip() + "\n")
        if not pango.is_there():
            say(f"PDF is off: pango is missing ({pango.remedy()}). Everything else works.")
        say(f"Logs: {self.log_folder}   Stop: Ctrl+C")

    def _watch(self) -> None:
        """Look after the children until somebody stops us."""
        watch = health.Watch()
        looked = time.monotonic()
        while True:
            self.supervisor.pause(0.2)
            self.supervisor.tick()
            if time.monotonic() - looked < LOOK_EVERY:
                continue
            looked = time.monotonic()
            for child in self.supervisor.children.values():
                logs.trim(child.service.log)
            if watch.should_restart_worker(health.ask(self.port), looked):
                self.supervisor.restart("worker", f"has done nothing for {watch.patience / 60:.0f} minutes")
