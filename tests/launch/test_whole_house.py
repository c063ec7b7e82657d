"""The whole house under fire: what was promised is done, once, whoever is killed while it is done."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psycopg2
import pytest

from backoffice.launch import health
from backoffice.launch.environment import application_environment
from backoffice.launch.home import Home
from backoffice.launch.running import Running, who_runs
from tests.launch.conftest import alive, eventually

pytestmark = pytest.mark.processes

PROMISES = 40
START = """
import sys
from pathlib import Path
from backoffice.launch import up
from backoffice.launch.home import Home
sys.exit(up.run(Home(Path(sys.argv[1])), ["--no-demo", "--port", "18000"]))
"""
# Forty people ask for a mail; asking is a commit, the mail is what is owed.
PROMISE = f"""
import django
django.setup()
from backoffice.core.models.people import User
from backoffice.core.services.password_links import ask_for_link
for number in range({PROMISES}):
    email = f"person{{number}}@example.com"
    User.objects.create(email=email, name=f"Person {{number}}", is_active=True)
    ask_for_link(email)
"""


class House:
    """A running `up` in a checkout that shares its files with this one, but has state of its own."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.said = home.root / "said.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.said.open("wb") as said:
            command = [sys.executable, "-c", START, str(self.home.root)]
            self.process = subprocess.Popen(command, cwd=Home.here().root, stdout=said, stderr=said)
        ready = eventually(lambda: "Stop: Ctrl+C" in self.heard() or self.process.poll() is not None, within=150)
        assert ready and self.process.poll() is None, self.heard()

    def heard(self) -> str:
        return self.said.read_text(errors="replace")

    @property
    def running(self) -> Running:
        found = who_runs(self.home)
        assert found is not None, self.heard()
        return found

    def pid(self, name: str) -> int:
        return int(json.loads((self.home.up / "pids" / f"{name}.json").read_text())["pid"])

    def kill(self, name: str) -> None:
        """kill -9 of one child, and wait until another one stands in its place."""
        killed = self.pid(name)
        os.kill(killed, signal.SIGKILL)
        assert eventually(lambda: self.pid(name) != killed and alive(self.pid(name)) != [], within=30), self.heard()

    def is_well(self) -> bool:
        return health.is_ok(health.ask(int(self.running.url.rpartition(":")[2]), timeout=2.0))

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows from the database; none while it is away."""
        try:
            connection = psycopg2.connect(self.running.addresses["DATABASE_URL"])
        except psycopg2.OperationalError:
            return []
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall()
        finally:
            connection.close()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


@pytest.fixture
def house(home: Home) -> Iterator[House]:
    for path in Home.here().root.iterdir():
        if path.name not in (".bo", ".git", ".venv", "requirements.txt"):
            (home.root / path.name).symlink_to(path)
    made = House(home)
    yield made
    made.stop()


def test_what_was_promised_is_done_once_whoever_is_killed_meanwhile(house: House) -> None:
    house.start()
    assert house.is_well()
    first = {name: house.pid(name) for name in ("postgres", "valkey", "web", "worker", "beat")}
    env = application_environment(house.home, house.running.addresses)

    os.kill(house.pid("worker"), signal.SIGKILL)
    subprocess.run([sys.executable, "-c", PROMISE], env=env, cwd=house.home.root, check=True)
    for name in ("valkey", "beat", "postgres", "web"):
        house.kill(name)
    assert eventually(house.is_well, within=60), house.heard()
    assert all(house.pid(name) != pid for name, pid in first.items())
    assert alive(*first.values()) == []

    last = [house.pid(name) for name in first]
    assert house.process is not None
    house.process.kill()
    house.process.wait()
    assert eventually(lambda: alive(*last) == [], within=20)
    house.start()

    everything = [("sent", PROMISES)]
    counted = "SELECT state, count(*) FROM core_message GROUP BY state"
    assert eventually(lambda: house.ask(counted) == everything, within=90), (house.ask(counted), house.heard())
    assert house.ask("SELECT count(DISTINCT recipient) FROM core_message") == [(PROMISES,)]
    assert house.ask("SELECT state, count(*) FROM core_outboxdelivery GROUP BY state HAVING state <> 'done'") == []

    house.stop()
    assert house.process.returncode == 0
    assert house.heard().endswith("Stopped.\n")
    assert who_runs(house.home) is None
