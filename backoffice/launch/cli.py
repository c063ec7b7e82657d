"""The commands of `./bo`."""

import importlib
import sys
from dataclasses import dataclass

from backoffice.launch.home import Home
from backoffice.launch.texts import Trouble, complain, say


@dataclass(frozen=True)
class Command:
    """One command: the module of this package whose `run(home, arguments)` carries it out."""

    name: str
    module: str
    usage: str
    help: str


COMMANDS = (
    Command("up", "up", "[--port N] [--no-demo]", "start everything and open the console; Ctrl+C stops it"),
    Command("test", "test", "[pytest arguments]", "run the tests on servers of their own"),
    Command("check", "check", "", "linters, types, import contracts, migrations, API description, templates"),
    Command("manage", "manage", "COMMAND …", "a command of Django, with the servers of this folder"),
    Command("backup", "backup", "FILE", "write the database and the stored files into one file"),
    Command("restore", "restore", "FILE [--replace|--check]", "read such a file into an empty database, and verify it"),
    Command("reset", "reset", "[--yes]", "remove the embedded database, broker and stored files"),
    Command("doctor", "doctor", "", "look at this machine and say what is missing"),
    Command("bench", "bench", "…", "run the benchmarks on servers of their own"),
    Command("lock", "lock", "", "write requirements.txt anew from pyproject.toml (needs uv)"),
    Command("help", "help", "", "this page"),
)


def main(arguments: list[str]) -> int:
    """Carry out one command; its return code."""
    name, *rest = arguments or ["help"]
    if name in ("help", "-h", "--help"):
        show_help()
        return 0
    command = next((command for command in COMMANDS if command.name == name), None)
    try:
        if command is None:
            names = ", ".join(command.name for command in COMMANDS)
            raise Trouble(f"There is no command `{name}`.", f"The commands are: {names}.", code=2)
        module = importlib.import_module(f"backoffice.launch.{command.module}")
        return int(module.run(Home.here(), rest))
    except Trouble as trouble:
        complain(trouble)
        return trouble.code
    except KeyboardInterrupt:
        complain(Trouble("Stopped."))
        return 130
    except PermissionError as error:
        complain(
            Trouble(
                f"{error.filename} cannot be used by this user.",
                "It may belong to another user (an earlier run as root?). Give it back with chown, or remove it.",
            )
        )
        return 1
    except OSError as error:
        if error.filename is None:
            raise
        complain(Trouble(f"{error.filename}: {error.strerror}."))
        return 1


def show_help() -> None:
    """The page of commands."""
    say("The back office. Two commands are enough: ./bo up starts it, ./bo test runs its tests.\n")
    for command in COMMANDS:
        usage = f"./bo {command.name} {command.usage}".rstrip()
        say(f"  {usage:<40}{command.help}")
    say("\nEmbedded servers are started where the environment names none: DATABASE_URL, REDIS_URL.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
