"""What the tests of documents share."""

import socket
import threading
from collections.abc import Iterator

import pytest

from backoffice.core.documents import typefaces
from backoffice.core.documents.pdf import pdf_available, pdf_missing_hint


@pytest.fixture
def pdf_engine() -> None:
    """A machine without pango runs everything else; what it cannot show is said loudly."""
    if not pdf_available():
        pytest.skip(pdf_missing_hint())


@pytest.fixture
def font_file() -> None:
    """A font for other scripts than Latin; it comes with pango and is missing where that is."""
    if typefaces.truetype(False) is None:
        pytest.skip(str(typefaces.INSTALL_HINT))


class Canary:
    """A listener on this machine that remembers whether anybody came."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                visitor, _place = self._server.accept()
            except OSError:
                return
            self.visits += 1
            visitor.recv(65_536)
            visitor.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/css\r\n\r\np{}")
            visitor.close()

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    """An address that no document may ever ask."""
    listener = Canary()
    yield listener
    listener.close()
