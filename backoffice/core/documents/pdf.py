"""PDF from HTML, made by a child process (`pdf_child`) with limits of memory and time.

The child is started at the first document and kept: its start costs over a second, a document some fifty milliseconds.
Each process of ours has its own, and one document is made at a time.
"""

import atexit
import ctypes
import functools
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _

from backoffice.core.documents import pdf_child
from backoffice.core.errors import Busy, DomainError, Invalid, Refused

log = structlog.get_logger(__name__)

LONGEST_HTML = 8_000_000
LARGEST_FILES = 50_000_000
START_SECONDS = 30
INSTALL = "apt-get install --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0"

_PANGO = ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0", "pangoft2-1.0")
_ENVIRONMENT = ("PATH", "HOME", "XDG_CACHE_HOME", "FONTCONFIG_PATH", "FONTCONFIG_FILE", "TMPDIR", "LD_LIBRARY_PATH")
_ROOT = Path(__file__).resolve().parents[3]


class PdfUnavailable(DomainError):
    """This machine lacks the libraries that PDF needs. Everything else works."""

    status = 503


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may use: megabytes of address space and seconds, both of the processor and on the wall."""

    memory_mb: int = 1_024
    seconds: int = 30


def render_pdf(html: str, *, files: Mapping[str, bytes] | None = None, limits: Limits | None = None) -> bytes:
    """The PDF of an HTML text.

    The text may refer to our static files by their address and to `files` as `files/<name>`; nothing else is fetched.
    Raises PdfUnavailable, Invalid (`document_too_large`), Refused (`document_too_heavy`, `document_too_slow`,
    `document_failed`) or Busy when another document of this process takes too long.
    """
    limits, files = limits or Limits(), files or {}
    text = html.encode()
    if len(text) > LONGEST_HTML or sum(map(len, files.values())) > LARGEST_FILES:
        raise Invalid("document_too_large", _("The document is too large for a PDF."), size=len(text))
    if not pdf_available():
        raise _unavailable()
    request = {
        "files": list(files),
        "memory": limits.memory_mb * 1024 * 1024,
        "seconds": limits.seconds,
        "static_url": settings.STATIC_URL,
        "static_folders": _static_folders(),
    }
    answer, parts = _engine.ask(request, [text, *files.values()], seconds=limits.seconds)
    if "error" in answer:
        raise _refusal(answer, limits)
    for warning in answer["warnings"]:
        log.info("document_warning", warning=warning)
    return parts[0]


@functools.cache
def pdf_available() -> bool:
    """Whether PDF can be made here. Looked up once a process, in microseconds, without loading the engine."""
    return find_spec("weasyprint") is not None and any(_can_load(name) for name in _PANGO)


def pdf_missing_hint() -> str:
    """One line for operators: what to install. Empty when PDF works."""
    return "" if pdf_available() else f"PDF is off: install pango ({INSTALL})."


class _Engine:
    """The child of this process, its pipe and its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, request: dict[str, Any], parts: list[bytes], *, seconds: int) -> tuple[dict[str, Any], list[bytes]]:
        if not self._lock.acquire(timeout=2 * seconds):
            raise Busy("pdf_busy", _("Too many documents are being made at this moment. Try again in a minute."))
        try:
            answer = self._try(request, parts, seconds)
            if answer is None:
                # It went to sleep, or somebody killed it, between two documents. The second one is fresh.
                answer = self._try(request, parts, seconds)
            return answer or ({"error": "crashed"}, [])
        finally:
            self._lock.release()

    def stop(self) -> None:
        """End the child, if it is ours and lives."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        try:
            # The whole group: the fork that renders must go with the child that waits for it.
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            log.debug("pdf_child_was_gone", pid=process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _try(
        self, request: dict[str, Any], parts: list[bytes], seconds: int
    ) -> tuple[dict[str, Any], list[bytes]] | None:
        """None when the child is gone and another attempt makes sense."""
        process = self._running()
        assert process.stdin is not None and process.stdout is not None
        deadline = time.monotonic() + seconds + 2
        try:
            pdf_child.write_message(process.stdin, request, parts)
            if not _readable(process.stdout, deadline):
                self.stop()
                return {"error": "time"}, []
            answer = pdf_child.read_message(process.stdout)
        except (BrokenPipeError, ConnectionResetError):
            answer = None
        if answer is None:
            self.stop()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        # A fork of this process (gunicorn, Celery) inherits the object but not the child.
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        if self._owner == os.getpid():
            self.stop()
        self._process, self._owner = self._start(), os.getpid()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # Neither the database's address nor a secret is in there, by this list and not by luck.
        environment |= {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(  # noqa: S603  (our own interpreter and module; nothing from outside)
            [sys.executable, "-P", "-m", pdf_child.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
        assert process.stdout is not None
        ready = _readable(process.stdout, time.monotonic() + START_SECONDS) and pdf_child.read_message(process.stdout)
        if not ready or not ready[0]["ready"]:
            self._process, self._owner = process, os.getpid()
            self.stop()
            log.error("pdf_child_did_not_start", error=ready[0].get("error") if ready else "no answer")
            raise _unavailable()
        return process


_engine = _Engine()
atexit.register(_engine.stop)


def _readable(pipe: IO[bytes], deadline: float) -> bool:
    return bool(select.select([pipe], [], [], max(deadline - time.monotonic(), 0))[0])


def _can_load(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _static_folders() -> list[str]:
    """Where our static files lie: collected ones first, then those of the apps."""
    folders = [str(settings.STATIC_ROOT)] if settings.STATIC_ROOT else []
    for finder in finders.get_finders():
        folders += [storage.location for storage in getattr(finder, "storages", {}).values()]
    return [folder for folder in folders if Path(folder).is_dir()]


def _unavailable() -> PdfUnavailable:
    return PdfUnavailable(
        "pdf_unavailable",
        _("PDF is switched off on this machine, because the library pango is missing."),
        hint=_("An administrator can switch it on: %(command)s") % {"command": INSTALL},
    )


def _refusal(answer: Mapping[str, Any], limits: Limits) -> Refused:
    if answer["error"] == "time":
        return Refused(
            "document_too_slow",
            _("The PDF took longer than %(seconds)s seconds and was given up.") % {"seconds": limits.seconds},
            hint=_("Make it in smaller parts."),
        )
    if answer["error"] == "memory":
        return Refused(
            "document_too_heavy",
            _("The PDF needs more than %(memory)s MB of memory and was given up.") % {"memory": limits.memory_mb},
            hint=_("Make it in smaller parts or with smaller pictures."),
        )
    log.error("document_failed", detail=answer.get("detail", "the child ended"))
    return Refused("document_failed", _("The PDF could not be made."), detail=answer.get("detail", ""))
