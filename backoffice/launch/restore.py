"""`./bo restore FILE`: all of a backup or nothing of it.

The file is proven first. Then everything happens in one transaction: what was there goes, the dump comes, every
table is compared with the figures of the backup, and only then it is committed. A difference, an error or a kill
leaves the database as it was. Migrations that are newer than the backup run afterwards.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from backoffice.launch import fingerprint, valkey, venv
from backoffice.launch.archive import DATABASE, FILES, Archive
from backoffice.launch.backup import OWNERLESS, Progress, database_of, pulse, run_tool
from backoffice.launch.environment import application_environment, files_root
from backoffice.launch.home import Home
from backoffice.launch.programs import find_programs
from backoffice.launch.psql import Conversation, Refused, connection_variables, tool
from backoffice.launch.servers import is_named
from backoffice.launch.sessions import folder_session
from backoffice.launch.texts import Step, Trouble

SCHEMAS = f"SELECT format('%I', n.nspname) FROM pg_namespace n WHERE {fingerprint.OURS} ORDER BY 1;"
OTHERS = (
    "SELECT pid, coalesce(nullif(application_name, ''), usename::text) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';"
)


def run(home: Home, arguments: list[str]) -> int:
    """Read a backup into the database of this folder (or of DATABASE_URL)."""
    parser = argparse.ArgumentParser(prog="./bo restore", description="Read a backup into an empty database.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--replace", action="store_true", help="drop what the database holds")
    parser.add_argument("--check", action="store_true", help="only prove that the file is whole")
    wanted = parser.parse_args(arguments)
    archive = Archive(wanted.file.absolute())
    step = Step("File")
    archive.verify(step.tick)
    step.end(f"whole: made at {archive.manifest.made_at}, PostgreSQL {archive.manifest.server}")
    if wanted.check:
        return 0
    python = venv.ensure(home)
    with folder_session(home, "restore", exclusive=True) as session:
        loading = Step("Database")
        url, external = database_of(session)
        programs = find_programs(home.venv)
        restore_backup(
            archive,
            url=url,
            psql=tool("psql", programs, external=external),
            pg_restore=tool("pg_restore", programs, external=external),
            files=files_root(home),
            replace=wanted.replace,
            progress=lambda: pulse(session, loading),
        )
        rows = sum(content.rows for content in archive.manifest.tables.values())
        loading.end(
            f"{len(archive.manifest.tables)} tables with {rows} rows and {len(archive.file_names())} stored files, "
            "every one compared with the backup"
        )
        if not is_named("REDIS_URL"):
            # It may still announce work of the data that is gone; the rows themselves announce theirs anew.
            valkey.command(session.addresses["REDIS_URL"], "FLUSHALL")
        env = application_environment(home, session.addresses)
        argv = [str(python), "manage.py", "migrate", "--verbosity", "0"]
        if session.supervisor.run_foreground(argv, env=env, cwd=home.root) != 0:
            raise Trouble(
                "The backup is in, but the migrations newer than it failed.", "Mend them: ./bo manage migrate"
            )
    return 0


def restore_backup(
    archive: Archive, *, url: str, psql: str, pg_restore: str, files: Path, replace: bool, progress: Progress
) -> None:
    """Database and stored files of a verified archive. The files change place right after the commit."""
    variables = connection_variables(url)
    files.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".bo-restore-", dir=files.parent) as aside_name:
        aside = Path(aside_name)
        staged = aside / "files"
        staged.mkdir()
        for name in archive.file_names():
            archive.extract(name, staged / name.removeprefix(FILES))
        archive.extract(DATABASE, aside / DATABASE)
        script = aside / "database.sql"
        argv = [pg_restore, *OWNERLESS, "--exit-on-error", f"--file={script}", str(aside / DATABASE)]
        run_tool(argv, variables, progress, "The dump in the backup could not be read.")
        try:
            with Conversation(psql, variables) as talk:
                _refuse_unless_free(talk, files, replace=replace)
                _load(talk, script, archive, progress)
                talk.ask("COMMIT;")
        except Refused as refusal:
            raise Trouble("PostgreSQL refused the restore; nothing was changed.", str(refusal)) from refusal
        _swap(files, staged, aside / "before")


def _refuse_unless_free(talk: Conversation, files: Path, *, replace: bool) -> None:
    if others := talk.ask(OTHERS):
        raise Trouble(
            f"{len(others)} other programs are connected to the database: {', '.join(others)}.",
            "Stop web, worker and beat first. Nothing was changed.",
        )
    tables = talk.ask(fingerprint.TABLES)
    if tables and not replace:
        raise Trouble(
            f"The database is not empty: it holds {len(tables)} tables.",
            "Nothing was changed. Restore into an empty one, or add --replace to drop what is there.",
        )
    if not replace and files.is_dir() and any(files.iterdir()):
        raise Trouble(
            f"There are stored files in {files}.", "Nothing was changed. Move them away, or add --replace to drop them."
        )


def _load(talk: Conversation, script: Path, archive: Archive, progress: Progress) -> None:
    """Inside one transaction: drop, load, compare. The caller commits."""
    talk.ask("BEGIN; SET LOCAL lock_timeout = '10s'; SET LOCAL client_min_messages = warning;")
    for schema in talk.ask(SCHEMAS):
        talk.ask(f"DROP SCHEMA {schema} CASCADE;")
    talk.ask("CREATE SCHEMA public;")
    for _ in talk.lines(f"\\i '{_quoted(script)}'"):
        progress()
    progress()
    different = fingerprint.differences(archive.manifest.tables, fingerprint.of_tables(talk, progress))
    given = fingerprint.of_sequences(talk)
    different += [
        f"{name} would give out numbers again"
        for name, value in archive.manifest.sequences.items()
        if given.get(name, -1) < value
    ]
    if different:
        raise Trouble(
            "The restored database is not what was backed up; nothing was changed.", "\n".join(different[:20])
        )


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace("'", "\\'")


def _swap(files: Path, staged: Path, before: Path) -> None:
    """Put the staged files in place of the old ones; both are on one disk, so each step is one rename."""
    if files.exists():
        os.rename(files, before)
    os.rename(staged, files)
    files.chmod(0o700)
    shutil.rmtree(before, ignore_errors=True)
