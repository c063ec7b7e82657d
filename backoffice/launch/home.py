"""The folder that `./bo` stands in, and where it keeps what it makes there."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from backoffice.launch.texts import Trouble


@dataclass(frozen=True)
class Home:
    """One checkout. Everything the launcher makes is under `.venv` and `.bo`, both unknown to git."""

    root: Path

    @classmethod
    def here(cls) -> "Home":
        """The checkout this very file belongs to."""
        return cls(Path(__file__).resolve().parents[2])

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def runtime_lock(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def tests_lock(self) -> Path:
        return self.root / "tests" / "requirements.txt"

    @property
    def state(self) -> Path:
        return self.root / ".bo"

    @property
    def up(self) -> Path:
        return self.state / "up"

    @property
    def test(self) -> Path:
        return self.state / "test"

    @property
    def name(self) -> str:
        """A short name of this folder that is the same every time: for places outside of it."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:10]


def make_folder(path: Path, mode: int = 0o700) -> Path:
    """The folder, made with exactly this mode when it is missing; a sentence when it cannot be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.mkdir()
            path.chmod(mode)
        except FileExistsError:
            if not path.is_dir():
                raise
    except PermissionError as error:
        raise Trouble(
            f"{path} cannot be written by this user.",
            f"It may belong to another user (an earlier run as root?): sudo chown -R $(id -un) {path.parent}",
        ) from error
    except OSError as error:
        raise Trouble(f"{path} cannot be made: {error.strerror}.") from error
    return path


def open_state(home: Home) -> None:
    """`.bo` itself. The servers of root run as another user, who must be able to walk through it."""
    make_folder(home.state, 0o711 if os.geteuid() == 0 else 0o700)
