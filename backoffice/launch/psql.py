"""One conversation with PostgreSQL through its own `psql`, so that no driver is needed before packages are there.

All statements go to one connection, so a transaction, and the snapshot it exports, stays open between them.
"""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import parse_qsl, unquote, urlsplit

from backoffice.launch import processes
from backoffice.launch.programs import NO_POSTGRES, Programs, system_postgres
from backoffice.launch.texts import Trouble

# What an address may ask of the connection, and the variable by which PostgreSQL's programs are told.
OPTIONS = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


def connection_variables(url: str) -> dict[str, str]:
    """The PG… variables for an address. Not on the command line: everybody on the machine could read it there."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Trouble("DATABASE_URL must begin with postgres://.")
    found = {
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGHOST": unquote(parts.hostname or ""),
        "PGPORT": str(parts.port or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
    }
    found |= {OPTIONS[name]: value for name, value in parse_qsl(parts.query) if name in OPTIONS}
    return {name: value for name, value in found.items() if value}


def named_database(environment: Mapping[str, str] = os.environ) -> str | None:
    """The address in DATABASE_URL, or in the file that DATABASE_URL_FILE names."""
    if environment.get("DATABASE_URL"):
        return environment["DATABASE_URL"]
    file = environment.get("DATABASE_URL_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Trouble(f"DATABASE_URL_FILE names {file}, which cannot be read: {error.strerror}.") from error


def tool(name: str, programs: Programs, *, external: bool) -> str:
    """A PostgreSQL program. For a database of yours the system's comes first: ours speaks no TLS."""
    if external:
        system = system_postgres()
        for found in (shutil.which(name), str(system / name) if system else None):
            if found and os.access(found, os.X_OK):
                return found
    path = programs.postgres_tool(name)
    if not os.access(path, os.X_OK):
        raise Trouble(f"The PostgreSQL program {name} was not found.", NO_POSTGRES)
    return path


class Refused(Exception):
    """PostgreSQL did not do what it was asked to; the text is its own."""


class Conversation:
    """An open `psql`. Leaving the block ends the connection; what was not committed is undone."""

    def __init__(self, psql: str, variables: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed by __exit__)
        self._marker = f"bo-{secrets.token_hex(12)}\n".encode()
        environment = {**os.environ, **variables, "PGCLIENTENCODING": "UTF8", "PGOPTIONS": "-c statement_timeout=0"}
        quiet = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1", "--no-password"]
        self._process = subprocess.Popen(
            [psql, *quiet],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            # Not our terminal's group: Ctrl+C must reach us, who roll back, and not cut the conversation.
            start_new_session=True,
        )

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if kind is not None:
            self._process.terminate()
        processes.end(self._process, ((signal.SIGTERM, 5.0),))
        self._errors.close()

    def lines(self, statement: str) -> Iterator[bytes]:
        """The raw lines of the answer, one by one, so that a large table needs no memory."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        if pipe_in is None or pipe_out is None:
            raise Refused("The conversation is over.")
        try:
            pipe_in.write(statement.encode() + b"\n\\echo " + self._marker)
            pipe_in.flush()
        except OSError:
            raise Refused(self._complaint()) from None
        for line in pipe_out:
            if line == self._marker:
                return
            yield line
        raise Refused(self._complaint())

    def ask(self, statement: str) -> list[str]:
        """All lines of the answer as text."""
        return [line.decode("utf-8").rstrip("\n") for line in self.lines(statement)]

    def _complaint(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=10)
        self._errors.seek(0)
        said = self._errors.read().decode("utf-8", "replace").strip()
        return said or f"psql {processes.how_it_ended(self._process.returncode or 0)}."
