"""`./bo bench …`: the benchmarks, on servers of their own that promise as much as those of a real installation."""

from backoffice.launch import venv
from backoffice.launch.environment import child_environment
from backoffice.launch.home import Home
from backoffice.launch.sessions import throw_away_session


def run(home: Home, arguments: list[str]) -> int:
    """Migrate an empty database, then run `python -m benchmarks` with these arguments; its return code."""
    python = str(venv.ensure(home, venv.Level.TESTS))
    with throw_away_session(home, durable=True) as session:
        settings = {"DJANGO_SETTINGS_MODULE": "backoffice.settings.dev", "LOG_LEVEL": "WARNING"}
        files = {"BACKOFFICE_FILES_ROOT": str(session.folder / "files")}
        env = child_environment(home, settings, files, session.addresses)
        for argv in (["manage.py", "migrate", "--verbosity", "0"], ["-m", "benchmarks", *arguments]):
            code = session.supervisor.run_foreground([python, *argv], env=env, cwd=home.root)
            if code != 0:
                return code
        return 0
