"""What the launcher says to the person at the terminal."""

import sys
import time


class Trouble(Exception):
    """Something a person must put right: one sentence of what is wrong, and what to do about it."""

    def __init__(self, what: str, todo: str = "", *, code: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo
        self.code = code

    def __str__(self) -> str:
        return f"{self.what}\n{self.todo}" if self.todo else self.what


def say(line: str = "") -> None:
    """One line on standard output. A terminal that has gone away must not end the processes we look after."""
    try:
        print(line, flush=True)
    except (OSError, ValueError):
        return


def complain(trouble: Trouble) -> None:
    """A trouble on standard error, the remedy indented under it."""
    lines = [f"bo: {trouble.what}", *(f"    {line}" for line in trouble.todo.splitlines())]
    try:
        print("\n".join(lines), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return


def seconds(since: float) -> str:
    """The time since a `time.monotonic()` value, for people: `3.4 s`."""
    return f"{time.monotonic() - since:.1f} s"


class Step:
    """One line of progress: on a terminal it shows the seconds as they pass, elsewhere only its end."""

    WIDTH = 24

    def __init__(self, title: str, *, hint: str = "") -> None:
        self.title = title
        self.began = time.monotonic()
        self.live = sys.stdout.isatty()
        self._shown = -1
        if hint:
            say(f"{title:<{self.WIDTH}}{hint}")

    def tick(self) -> None:
        """Show the seconds so far; to be called a few times a second."""
        passed = int(time.monotonic() - self.began)
        if self.live and passed != self._shown:
            self._shown = passed
            self._write(f"\r{self.title:<{self.WIDTH}}… {passed} s ")

    def end(self, result: str) -> None:
        """The line that stays."""
        self.clear()
        say(f"{self.title:<{self.WIDTH}}{result} ({seconds(self.began)})")

    def clear(self) -> None:
        """Take the running line off the terminal."""
        if self.live and self._shown >= 0:
            self._write("\r" + " " * (self.WIDTH + 12) + "\r")

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except (OSError, ValueError):
            self.live = False
