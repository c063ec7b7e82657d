"""The process that turns HTML into PDF, run as `python -m backoffice.core.documents.pdf_child`.

It imports the HTML engine once (over a second) and then waits for documents. Each document is rendered in a fork of its
own with limits of memory and time, so a document that goes wrong takes nothing with it and leaves nothing behind. The
process knows no database and no secret: it gets the text and the files by pipe, and its fetcher serves those, our static
files, and nothing else. It ends when its parent is gone or nothing has been asked for a while.

A message is four bytes of length, that much JSON, and the bytes that the JSON announces.
"""

import base64
import json
import logging
import mimetypes
import os
import re
import resource
import select
import signal
import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn
from urllib.parse import unquote, unquote_to_bytes, urlsplit

OWN = "http://own.invalid/"
"""Where documents think they live. The name is reserved and never resolves."""

IDLE_SECONDS = 300
LARGEST_DATA_URI = 400_000
LARGEST_FILE = 20_000_000
LARGEST_PDF = 100_000_000
MOST_PIXELS = 40_000_000
MOST_WARNINGS = 20

OUT_OF_MEMORY = 77
# Native code that is refused memory aborts or dies of a bad pointer instead of raising MemoryError.
_STARVED = (OUT_OF_MEMORY, -signal.SIGKILL, -signal.SIGABRT, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGBUS)
_FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "ftplib.", "urllib.")


def main() -> int:
    """Serve documents until the parent closes the pipe or falls silent."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a stray print must not get between two answers
    try:
        warm_up()
    except OSError as error:
        write_message(outbox, {"ready": False, "error": str(error)})
        return 1
    write_message(outbox, {"ready": True})
    while select.select([inbox], [], [], IDLE_SECONDS)[0]:
        message = read_message(inbox)
        if message is None:
            return 0
        write_message(outbox, *rendered_apart(*message))
    return 0


def warm_up() -> None:
    """Load the engine and its fonts before the first fork, so that no document pays for it."""
    import weasyprint

    weasyprint.HTML(string="<p>.</p>", url_fetcher=own_files({}, "", ())).write_pdf()


def rendered_apart(request: dict[str, Any], parts: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
    """Render in a fork; an answer comes back however the fork ends."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _render_and_leave(request, parts, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = read_message(pipe)
    _pid, status = os.waitpid(child, 0)
    if answer is not None:
        return answer
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return {"error": "time"}, []
    return {"error": "memory" if code in _STARVED else "crashed", "detail": f"exit code {code}"}, []


def _render_and_leave(request: dict[str, Any], parts: list[bytes], writing: int) -> NoReturn:
    # os._exit in every case: the fork must not run on into its parent's loop.
    code = 1
    try:
        with os.fdopen(writing, "wb") as pipe, tempfile.TemporaryDirectory(prefix="document-") as folder:
            os.chdir(folder)
            tempfile.tempdir = folder
            confine(memory=request["memory"], seconds=request["seconds"])
            try:
                pdf, warnings = render(request, parts)
                write_message(pipe, {"warnings": warnings}, [pdf])
            except MemoryError:
                raise
            except Exception as error:  # noqa: BLE001  (whatever a document does to the engine is an answer)
                write_message(pipe, {"error": "failed", "detail": f"{type(error).__name__}: {error}"[:500]})
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY  # there is none left to write an answer with
    finally:
        os._exit(code)


def confine(*, memory: int, seconds: int) -> None:
    """Limits for this process: address space in bytes, processor seconds, no core file, no network, no other program."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling, ceiling + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_PDF, LARGEST_PDF))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    """A second fence behind the fetcher, for a way out that a later version of the engine may open."""
    if event.startswith(_FORBIDDEN) and event != "socket.gethostname":
        raise PermissionError(f"A document may not do {event}.")


def render(request: Mapping[str, Any], parts: Sequence[bytes]) -> tuple[bytes, list[str]]:
    """The PDF of a request and what the engine had to say about it."""
    import weasyprint
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses at twice this figure and only warns below
    html, files = parts[0], dict(zip(request["files"], parts[1:], strict=True))
    fetcher = own_files(files, request["static_url"], [Path(folder) for folder in request["static_folders"]])
    heard = _Heard()
    engine_log = logging.getLogger("weasyprint")
    engine_log.handlers[:] = [heard]
    engine_log.setLevel(logging.WARNING)
    document = weasyprint.HTML(string=html.decode(), base_url=OWN, url_fetcher=fetcher)
    return document.write_pdf(), heard.messages[:MOST_WARNINGS]


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(re.sub(r"(data:.{40})[^'\"\s]*", r"\1…", record.getMessage()[:10_000])[:300])


def own_files(files: Mapping[str, bytes], static_url: str, static_folders: Sequence[Path]) -> Any:
    """A fetcher for `files/<name>` as given, static files from our folders, and small pictures inside the text itself."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # the engine carries no types
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url[:5].lower() == "data:":
                kind, data = data_inside(url)
                return URLFetcherResponse("data:", data, {"Content-Type": kind})
            path = own_path(url)
            given = path[:6] == "files/" and path[6:] in files
            data = files[path[6:]] if given else static_file(path, static_url, static_folders)
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, data, {"Content-Type": kind})

    return OwnFiles(allowed_protocols=(), allow_redirects=False)


def data_inside(url: str) -> tuple[str, bytes]:
    """The content type and the bytes of a data: address. ValueError for a large or broken one."""
    if len(url) > LARGEST_DATA_URI:
        raise ValueError("a picture inside the text is too large")
    kind, mark, body = url[5:].partition(",")
    if not mark:
        raise ValueError("a data address without data")
    data = unquote_to_bytes(body)
    if kind.lower().endswith(";base64"):
        kind, data = kind[:-7], base64.b64decode(data)
    return kind or "text/plain", data


def own_path(url: str) -> str:
    """The path of an address of ours, without its leading slash. ValueError for every other address."""
    if not url.startswith(OWN):
        raise ValueError(f"not one of our files: {url[:100]}")
    return unquote(urlsplit(url).path).lstrip("/")


def static_file(path: str, static_url: str, folders: Sequence[Path]) -> bytes:
    """A static file by its address. ValueError when it is none, also when it lies outside of the folders by `..` or link."""
    prefix = static_url.strip("/") + "/"
    if len(prefix) > 1 and path.startswith(prefix) and "\0" not in path:
        for folder in folders:
            file = (folder / path[len(prefix) :]).resolve()
            if file.is_relative_to(folder.resolve()) and file.is_file() and file.stat().st_size <= LARGEST_FILE:
                return file.read_bytes()
    raise ValueError(f"not one of our files: {path[:100]}")


def write_message(pipe: IO[bytes], message: dict[str, Any], parts: Sequence[bytes] = ()) -> None:
    """Send a message and what belongs to it."""
    head = json.dumps({**message, "sizes": [len(part) for part in parts]}).encode()
    pipe.write(struct.pack(">I", len(head)) + head)
    for part in parts:
        pipe.write(part)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> tuple[dict[str, Any], list[bytes]] | None:
    """The next message, or None when the other side closed the pipe, also in the middle of one."""
    length = pipe.read(4)
    if len(length) < 4:
        return None
    head = pipe.read(struct.unpack(">I", length)[0])
    try:
        message: dict[str, Any] = json.loads(head)
    except ValueError:
        return None
    parts = [pipe.read(size) for size in message["sizes"]]
    if any(len(part) != size for part, size in zip(parts, message["sizes"], strict=True)):
        return None
    return message, parts


if __name__ == "__main__":
    sys.exit(main())
