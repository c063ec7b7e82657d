"""`./bo test`: pytest on servers of its own, which nobody else uses and which vanish afterwards."""

import os

from backoffice.launch import venv
from backoffice.launch.environment import child_environment
from backoffice.launch.home import Home
from backoffice.launch.sessions import throw_away_session


def run(home: Home, arguments: list[str]) -> int:
    """Run pytest with these arguments; its return code. Without any the whole suite is shared between the cores."""
    arguments = arguments or ["-q", "-n", str(min(8, max(2, os.cpu_count() or 2))), "--dist", "worksteal"]
    python = venv.ensure(home, venv.Level.TESTS)
    with throw_away_session(home) as session:
        settings = {"DJANGO_SETTINGS_MODULE": "backoffice.settings.test"}
        files = {"BACKOFFICE_FILES_ROOT": str(session.folder / "files")}
        env = child_environment(home, settings, files, session.addresses)
        return session.supervisor.run_foreground([str(python), "-m", "pytest", *arguments], env=env, cwd=home.root)
