"""`./bo reset`: begin anew, with an empty database."""

import argparse
import shutil
import sys

from backoffice.launch.environment import files_root
from backoffice.launch.home import Home
from backoffice.launch.place import remove_elsewhere
from backoffice.launch.running import Claim
from backoffice.launch.servers import is_named
from backoffice.launch.supervisor import Supervisor
from backoffice.launch.texts import Trouble, say


def run(home: Home, arguments: list[str]) -> int:
    """Remove what `up` has made, after asking. The keys stay: without them a backup could not be read again."""
    parser = argparse.ArgumentParser(prog="./bo reset", description="Remove the embedded database and stored files.")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    wanted = parser.parse_args(arguments)
    if not home.up.exists():
        say("There is nothing to remove.")
        return 0
    say(f"This removes the embedded database, the broker's data, the stored files and the logs in {home.up}.")
    if is_named("DATABASE_URL"):
        say("The database that DATABASE_URL names is not touched.")
    if not wanted.yes and not _agreed():
        say("Nothing was removed.")
        return 1
    with Claim(home, "reset").held():
        Supervisor(home.up / "pids").clean()
        remove_elsewhere(home.up)
        if files_root(home).is_relative_to(home.up):
            shutil.rmtree(files_root(home), ignore_errors=True)
        for part in sorted(home.up.iterdir()):
            if part.name in ("lock", "running.json"):
                continue
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink()
    say("Removed. ./bo up starts anew.")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise Trouble("Nobody can be asked here.", "Say it at once: ./bo reset --yes")
    return input("Go on? Write yes: ").strip().lower() == "yes"
