"""An embedded Valkey: the broker, its results and the cache, reached through a socket."""

import contextlib
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch.place import Place
from backoffice.launch.postgres import server_environment
from backoffice.launch.supervisor import Service

SCHEME = "redis+socket://"
BROKEN = "Bad file format reading the append only file"


@dataclass(frozen=True)
class Valkey:
    """The broker of one place. It is never the only memory of work, so its data may be lost, but not lightly."""

    place: Place
    durable: bool

    @property
    def data(self) -> Path:
        return self.place.data / "valkey"

    @property
    def socket(self) -> Path:
        return self.place.sockets / "v.sock"

    @property
    def url(self) -> str:
        """The address as REDIS_URL has it."""
        return f"{SCHEME}{self.socket}"

    def service(self, log: Path) -> Service:
        """The server as a child to be looked after."""
        self.place.folder("valkey")
        return Service(
            name="valkey",
            title="Valkey",
            argv=[
                self.place.programs.valkey_server(),
                *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                *("--dir", str(self.data), "--daemonize", "no"),
                *("--appendonly", "yes" if self.durable else "no", "--appendfsync", "everysec"),
                # A full broker refuses a message, which the outbox sends again; evicting one would lose it.
                *("--maxmemory-policy", "noeviction", "--save", ""),
            ],
            env=server_environment(),
            cwd=Path("/"),
            log=log,
            ladder=((signal.SIGTERM, 10.0),),
            user=self.place.user,
            before=lambda: self.put_broken_aside(log),
            ready=lambda pid: self.answers(),
        )

    def answers(self) -> bool:
        """Whether the server takes commands (not while it still reads its file)."""
        return command(self.url, "PING").startswith("+PONG")

    def put_broken_aside(self, log: Path) -> None:
        """When the last start failed on a damaged file, move it away: what it held is also in the database."""
        with contextlib.suppress(OSError):
            last = log.read_text(errors="replace")[-4000:].strip().splitlines()[-3:]
            if any(BROKEN in line for line in last) and (self.data / "appendonlydir").is_dir():
                (self.data / "appendonlydir").rename(self.data / f"appendonlydir.broken-{int(time.time())}")


def command(url: str, words: str) -> str:
    """Send one plain command to a server behind a socket; its answer, empty when nobody speaks there."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5.0)
        client.connect(url.removeprefix(SCHEME))
        client.sendall(f"{words}\r\n".encode())
        return client.recv(256).decode("utf-8", "replace")
    return ""
