"""A door for the web process: opened here and handed on, so that it stays ours while the process is replaced."""

import errno
import socket

from backoffice.launch.texts import Trouble

FIRST = 8000
TRIES = 100
BACKLOG = 512


def open_door(first: int = FIRST, *, tries: int = TRIES) -> socket.socket:
    """A listening socket on 127.0.0.1, at `first` or the next free port after it.

    Clients that come while gunicorn starts, or starts again, wait in its queue instead of being refused.
    """
    for port in range(first, min(first + tries, 65_536)):
        if _taken_on_v6(port):
            continue
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
            door.listen(BACKLOG)
        except PermissionError as error:
            door.close()
            raise Trouble(f"This user may not open port {port}.", "Take one above 1023: ./bo up --port 8000") from error
        except OSError as error:
            door.close()
            if error.errno != errno.EADDRINUSE:
                raise Trouble(f"Port {port} cannot be opened: {error.strerror}.") from error
            continue
        return door
    raise Trouble(f"All ports from {first} to {first + tries - 1} are taken.", "Name another: ./bo up --port 9000")


def _taken_on_v6(port: int) -> bool:
    """A browser asks for localhost at ::1 first; somebody else's page there would be taken for ours."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind(("::1", port))
            probe.listen(1)
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False
