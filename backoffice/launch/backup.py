"""`./bo backup FILE`: the database and the stored files, of one moment, in one file that can be proven.

The dump and the figures it is verified by are taken in the same snapshot, while the back office runs. The keys are
not in it: whoever finds the file can read no encrypted value.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from backoffice.launch import archive, fingerprint, processes, venv
from backoffice.launch.environment import files_root
from backoffice.launch.home import Home
from backoffice.launch.programs import find_programs
from backoffice.launch.psql import Conversation, Refused, connection_variables, named_database, tool
from backoffice.launch.sessions import Session, folder_session
from backoffice.launch.texts import Step, Trouble, say

Progress = Callable[[], None]
OWNERLESS = ("--no-owner", "--no-privileges")


def run(home: Home, arguments: list[str]) -> int:
    """Write a backup; nothing under the name until it is whole."""
    parser = argparse.ArgumentParser(prog="./bo backup", description="Write the database and stored files into a file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--overwrite", action="store_true", help="replace a file of that name")
    wanted = parser.parse_args(arguments)
    target: Path = wanted.file.absolute()
    if target.exists() and not wanted.overwrite:
        raise Trouble(f"{target} is there already.", "Name another file, or add --overwrite.")
    if not target.parent.is_dir():
        raise Trouble(f"There is no folder {target.parent}.")
    venv.ensure(home)
    with folder_session(home, "backup") as session:
        step = Step("Backup")
        url, external = database_of(session)
        programs = find_programs(home.venv)
        manifest, size = write_backup(
            target,
            url=url,
            psql=tool("psql", programs, external=external),
            pg_dump=tool("pg_dump", programs, external=external),
            files=files_root(home),
            progress=lambda: pulse(session, step),
        )
        rows = sum(content.rows for content in manifest.tables.values())
        step.end(
            f"{target}: {len(manifest.tables)} tables with {rows} rows, {len(manifest.members) - 1} stored files, "
            f"{size / 1e6:.1f} MB"
        )
    say(f"The keys are not in it; keep them apart from it: {home.state / 'keys.json'} (or your SECRET_KEY_RING).")
    return 0


def database_of(session: Session) -> tuple[str, bool]:
    """The address of the database, and whether it is one that the environment names."""
    named = named_database()
    return (named, True) if named else (session.addresses["DATABASE_URL"], False)


def pulse(session: Session, step: Step) -> None:
    """Show that something happens, and stop when the person asks for it."""
    step.tick()
    session.supervisor.pause(0)


def write_backup(
    target: Path, *, url: str, psql: str, pg_dump: str, files: Path, progress: Progress
) -> tuple[archive.Manifest, int]:
    """Take the snapshot, the dump and the figures, and write them; the manifest and the size of the file."""
    variables = connection_variables(url)
    with tempfile.TemporaryDirectory(prefix=".bo-backup-", dir=target.parent) as aside:
        dump = Path(aside) / archive.DATABASE
        try:
            with Conversation(psql, variables) as talk:
                talk.ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;")
                snapshot = talk.ask("SELECT pg_export_snapshot();")[0]
                server = talk.ask("SHOW server_version;")[0]
                sequences = fingerprint.of_sequences(talk)
                _dump(pg_dump, variables, snapshot, dump, progress)
                tables = fingerprint.of_tables(talk, progress)
        except Refused as refusal:
            raise Trouble("PostgreSQL refused the backup.", str(refusal)) from refusal
        sources = {archive.DATABASE: dump, **dict(archive.stored_files(files))}
        members = {}
        for name, path in sources.items():
            with path.open("rb") as stream:
                members[name] = archive.digest_of(stream)
            progress()
        manifest = archive.Manifest(
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            server=server,
            tables=tables,
            sequences=sequences,
            members=members,
        )
        return manifest, archive.write(target, manifest, sources, progress)


def _dump(pg_dump: str, variables: dict[str, str], snapshot: str, dump: Path, progress: Progress) -> None:
    argv = [pg_dump, "--format=custom", *OWNERLESS, "--no-password", "--lock-wait-timeout=30s"]
    argv += [f"--snapshot={snapshot}", f"--file={dump}"]
    run_tool(argv, variables, progress, "The database could not be dumped.")


def run_tool(argv: list[str], variables: dict[str, str], progress: Progress, trouble: str) -> None:
    """Run a PostgreSQL program; a trouble with what it said when it fails."""
    with tempfile.TemporaryFile() as said:
        environment = {**os.environ, **variables, "PGCLIENTENCODING": "UTF8"}
        process = processes.spawn(argv, env=environment, cwd=Path("/"), output=said)
        try:
            while process.poll() is None:
                progress()
                time.sleep(0.05)
        finally:
            if process.poll() is None:
                processes.end(process, ())
        if process.returncode != 0:
            said.seek(0)
            raise Trouble(trouble, said.read().decode("utf-8", "replace").strip()[-2000:])
