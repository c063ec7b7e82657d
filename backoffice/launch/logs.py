"""The log files of the children: one a child, kept from growing without end, quoted when a child fails."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LARGEST = 20 * 1024 * 1024
QUOTED = 15


def open_log(path: Path) -> BinaryIO:
    """A log to append to, readable by its owner only: it may hold names and addresses of customers."""
    trim(path)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "ab", buffering=0)


def trim(path: Path, largest: int = LARGEST) -> bool:
    """Move the content of a log that has grown too large to `NAME.1`; its writer goes on in the emptied file.

    Works under a running child because every log is opened for appending. True when something was moved.
    """
    try:
        if path.stat().st_size <= largest:
            return False
        shutil.copyfile(path, path.with_name(path.name + ".1"))
        path.with_name(path.name + ".1").chmod(0o600)
        os.truncate(path, 0)
    except FileNotFoundError:
        return False
    return True


def tail(path: Path, lines: int = QUOTED) -> str:
    """The last lines of a log, or an empty text when there is none."""
    try:
        with path.open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(log.tell() - 16_384, 0))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])
