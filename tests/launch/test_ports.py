"""The door that the web process is given."""

import socket

import pytest

from backoffice.launch.ports import open_door
from backoffice.launch.texts import Trouble


@pytest.fixture
def taken() -> int:
    """Ten ports in a row, the first two of which are taken."""
    for first in range(20_000, 60_000, 10):
        try:
            doors = [open_door(first, tries=1), open_door(first + 1, tries=1)]
        except Trouble:
            continue
        try:
            yield first
        finally:
            for door in doors:
                door.close()
        return
    raise AssertionError("no two free ports in a row")


def test_a_taken_port_moves_on_to_the_next_free_one(taken: int) -> None:
    with open_door(taken) as door:
        assert door.getsockname() == ("127.0.0.1", taken + 2)


def test_says_so_when_none_is_free(taken: int) -> None:
    with pytest.raises(Trouble, match=f"All ports from {taken} to {taken + 1} are taken"):
        open_door(taken, tries=2)


def test_a_port_of_somebody_else_on_the_other_protocol_counts_as_taken(taken: int) -> None:
    try:
        other = socket.create_server(("::1", taken + 2), family=socket.AF_INET6)
    except OSError:
        return  # a machine without IPv6 has nobody there
    with other, open_door(taken) as door:
        assert door.getsockname()[1] > taken + 2


def test_clients_wait_in_the_queue_of_the_door_before_anybody_serves_it(taken: int) -> None:
    with open_door(taken) as door, socket.create_connection(door.getsockname(), timeout=2) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_never_goes_past_the_last_port() -> None:
    with pytest.raises(Trouble, match="All ports from 65536"):
        open_door(65_536)
