"""`./bo manage …`: Django's own commands, with the servers and the data of this folder."""

from backoffice.launch import venv
from backoffice.launch.environment import application_environment
from backoffice.launch.home import Home
from backoffice.launch.sessions import folder_session


def run(home: Home, arguments: list[str]) -> int:
    """Run manage.py with these arguments; its return code."""
    python = venv.ensure(home)
    name = " ".join(["manage", *arguments[:1]])
    with folder_session(home, name) as session:
        env = application_environment(home, session.addresses)
        argv = [str(python), str(home.root / "manage.py"), *arguments]
        return session.supervisor.run_foreground(argv, env=env, cwd=home.root)
