"""An embedded PostgreSQL: one cluster in one folder, reached through a socket that only its owner can open."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch import pidfiles
from backoffice.launch.place import Place
from backoffice.launch.programs import postgres_major
from backoffice.launch.supervisor import Service
from backoffice.launch.texts import Trouble

USER = "bo"
DATABASE = "bo"
PORT = 5432

# What every embedded server gets. Trust is right here: the socket's folder is the lock.
ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "max_locks_per_transaction": "256",
}
# What a person's data gets: all that makes a commit survive a power cut (they are the server's defaults, said aloud).
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# What a test run gets, whose data nobody wants to see again.
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
}


@dataclass(frozen=True)
class Postgres:
    """The cluster of one place."""

    place: Place
    settings: Mapping[str, str]

    @property
    def data(self) -> Path:
        return self.place.data / "pg"

    @property
    def url(self) -> str:
        """The address as DATABASE_URL has it."""
        return f"postgres://{USER}@/{DATABASE}?host={self.place.sockets}&port={PORT}"

    def create(self) -> bool:
        """Make the cluster and its database when there is none; False when there is one.

        A cluster appears under its name only when it is complete, so a kill in the middle leaves none.
        """
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return False
        making = self.data.with_name("pg.new")
        shutil.rmtree(making, ignore_errors=True)
        self.place.folder("pg.new")
        locale = ["--locale=C.UTF-8"]
        if postgres_major(self.place.programs.postgres_tool("postgres")) >= 17:
            locale.insert(0, "--locale-provider=builtin")
        self._run(
            ["initdb", "-D", str(making), "-U", USER, "-E", "UTF8", *locale, "-A", "trust"],
            quick=["--no-sync"] if self.settings.get("fsync") == "off" else [],
        )
        # The single-user mode needs no running server and no client program.
        self._run(["postgres", "--single", "-D", str(making), "postgres"], text=f'CREATE DATABASE "{DATABASE}"\n')
        if self.data.exists():
            shutil.rmtree(self.data)
        making.rename(self.data)
        return True

    def _check_version(self) -> None:
        made = (self.data / "PG_VERSION").read_text().strip()
        here = postgres_major(self.place.programs.postgres_tool("postgres"))
        if made.isdigit() and int(made) != here:
            raise Trouble(
                f"The data of this folder was made by PostgreSQL {made}; the server here is {here} and cannot read it.",
                "Go back to the packages that made it and run `./bo backup FILE`; then come here again,\n"
                "run `./bo reset` and `./bo restore FILE`. Without anything worth keeping, `./bo reset` is enough.",
            )

    def _run(self, argv: list[str], *, quick: list[str] | None = None, text: str = "") -> None:
        program = self.place.programs.postgres_tool(argv[0])
        user = self.place.user
        done = subprocess.run(
            [program, *argv[1:], *(quick or [])],
            input=text,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=server_environment(),
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
            check=False,
        )
        if done.returncode != 0:
            raise Trouble(
                f"PostgreSQL's {argv[0]} ended with code {done.returncode}.", "\n".join(done.stdout.splitlines()[-8:])
            )

    def service(self, log: Path) -> Service:
        """The server as a child to be looked after."""
        settings = [f"{name}={value}" for name, value in {**ALWAYS, **self.settings}.items()]
        return Service(
            name="postgres",
            title="PostgreSQL",
            argv=[
                self.place.programs.postgres_tool("postgres"),
                *("-D", str(self.data), "-k", str(self.place.sockets), "-p", str(PORT)),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            env=server_environment(),
            cwd=Path("/"),
            log=log,
            # Smart would wait for every client to leave by itself; fast ends them; immediate is a crash that heals.
            ladder=((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0)),
            death_signal=signal.SIGINT,
            user=self.place.user,
            before=self.clear_stale_lock,
            ready=self.is_ready,
        )

    def is_ready(self, pid: int) -> bool:
        """Whether the server with this process id takes connections; another server of the folder does not count."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"

    def clear_stale_lock(self) -> None:
        """Take away the lock of a server that is no more, and end one that still is.

        PostgreSQL clears its own stale lock, but not when the process id in it belongs to another program by now,
        which is common after a restart of a small machine or container.
        """
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        if not self._is_our_server(pid):
            lock.unlink(missing_ok=True)
            return
        for number, patience in ((0, 3.0), (signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            deadline = time.monotonic() + patience
            while pidfiles.started_at(pid) is not None and time.monotonic() < deadline:
                time.sleep(0.05)
            if pidfiles.started_at(pid) is None:
                return

    def _is_our_server(self, pid: int) -> bool:
        command = pidfiles.command_of(pid)
        return "postgres" in command and str(self.data) in command


def server_environment() -> dict[str, str]:
    """The servers get nothing of ours: no secrets, no PGDATA, no locale that initdb does not know."""
    kept = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"LC_ALL": "C", "TZ": "UTC"}
