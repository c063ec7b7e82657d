"""The file that a backup is: a tar with a manifest in front, so that every byte of it can be proven before use."""

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from backoffice.launch.fingerprint import Content
from backoffice.launch.texts import Trouble

FORMAT = 1
MANIFEST, SEAL, DATABASE, FILES = "manifest.json", "manifest.sha256", "database.dump", "files/"
BLOCK = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What is in the archive, and the figures by which a restore is verified."""

    made_at: str
    server: str
    tables: dict[str, Content]
    sequences: dict[str, int]
    members: dict[str, Content]
    """Each stored file and the dump by name: its bytes (`rows` counts bytes here) and hash."""

    def as_json(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps(
            {
                "format": FORMAT,
                "made_at": self.made_at,
                "server": self.server,
                "tables": {name: content.as_json() for name, content in self.tables.items()},
                "sequences": self.sequences,
                "members": {name: {"bytes": c.rows, "sha256": c.sha256} for name, c in self.members.items()},
            },
            indent=1,
            sort_keys=True,
        ).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "Manifest":
        """Read one; ValueError or KeyError when it is none."""
        content: dict[str, Any] = json.loads(raw)
        if content["format"] != FORMAT:
            raise ValueError(f"format {content['format']} is not known here")
        return cls(
            made_at=str(content["made_at"]),
            server=str(content["server"]),
            tables={n: Content(int(c["rows"]), str(c["sha256"])) for n, c in content["tables"].items()},
            sequences={n: int(value) for n, value in content["sequences"].items()},
            members={n: Content(int(c["bytes"]), str(c["sha256"])) for n, c in content["members"].items()},
        )


def digest_of(stream: IO[bytes]) -> Content:
    """The length and hash of all that is left in a stream."""
    digest, length = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        digest.update(block)
        length += len(block)
    return Content(length, digest.hexdigest())


def stored_files(root: Path) -> Iterator[tuple[str, Path]]:
    """The stored files under their archive names. Links are not followed: they could lead anywhere."""
    if not root.is_dir():
        return
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield FILES + path.relative_to(root).as_posix(), path


def write(target: Path, manifest: Manifest, sources: dict[str, Path], progress: Callable[[], None]) -> int:
    """Write the archive aside, then give it its name: a file of that name is always whole. Its size in bytes."""
    descriptor, aside_name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    aside = Path(aside_name)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as tar:
                text = manifest.as_json()
                _add_text(tar, MANIFEST, text)
                _add_text(tar, SEAL, hashlib.sha256(text).hexdigest().encode())
                for name, path in sources.items():
                    _add_file(tar, name, path, manifest.members[name])
                    progress()
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(aside, target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target.stat().st_size


def _add_text(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, name: str, path: Path, promised: Content) -> None:
    entry = tarfile.TarInfo(name)
    with path.open("rb") as stream:
        entry.size, entry.mode = os.fstat(stream.fileno()).st_size, 0o600
        if entry.size != promised.rows:
            raise Trouble(f"{path} changed while it was read.", "Run the backup again.")
        tar.addfile(entry, stream)


class Archive:
    """An archive that is being read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._tar = tarfile.open(path, mode="r:")  # noqa: SIM115  (close() lets it go)
            self._entries = {entry.name: entry for entry in self._tar.getmembers()}
            text = self._bytes(MANIFEST)
            if self._bytes(SEAL).decode() != hashlib.sha256(text).hexdigest():
                raise self.damaged("its manifest was changed")
            self.manifest = Manifest.from_json(text)
        except FileNotFoundError:
            raise Trouble(f"There is no file {path}.") from None
        except (
            tarfile.TarError,
            EOFError,
            KeyError,
            ValueError,
            UnicodeDecodeError,
            AttributeError,
            TypeError,
        ) as error:
            raise self.damaged(str(error)) from error

    def damaged(self, why: str) -> Trouble:
        """The refusal of a file that is not what was written."""
        return Trouble(
            f"{self.path} is not a whole backup: {why}.", "Nothing was changed. Take another copy of the file."
        )

    def _bytes(self, name: str) -> bytes:
        stream = self._tar.extractfile(self._entries[name])
        if stream is None:
            raise KeyError(name)
        with stream:
            return stream.read()

    def verify(self, progress: Callable[[], None] = lambda: None) -> None:
        """Read everything and compare it with the manifest, before anything is done with it."""
        members = self.manifest.members
        if set(self._entries) != {MANIFEST, SEAL, *members}:
            raise self.damaged("it does not hold what its manifest names")
        for name, promised in members.items():
            if name != DATABASE and not is_safe(name):
                raise self.damaged(f"it holds a file outside of its place, {name!r}")
            try:
                stream = self._tar.extractfile(self._entries[name])
                if stream is None:
                    raise self.damaged(f"{name} is no file")
                with stream:
                    found = digest_of(stream)
            except (tarfile.TarError, OSError) as error:
                raise self.damaged(f"{name} cannot be read ({error})") from error
            if found != promised:
                raise self.damaged(f"{name} has other content than was written")
            progress()

    def extract(self, name: str, target: Path) -> None:
        """Write one member to a file, on the disk for good when this returns."""
        stream = self._tar.extractfile(self._entries[name])
        if stream is None:
            raise self.damaged(f"{name} is no file")
        target.parent.mkdir(parents=True, exist_ok=True)
        with stream, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as out:
            while block := stream.read(BLOCK):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())

    def file_names(self) -> list[str]:
        """The stored files, by their archive names."""
        return [name for name in self.manifest.members if name.startswith(FILES)]

    def close(self) -> None:
        """Let the file go."""
        self._tar.close()


def is_safe(name: str) -> bool:
    """Whether a stored file's name stays inside of `files/`."""
    path = PurePosixPath(name)
    return name.startswith(FILES) and ".." not in path.parts and not path.is_absolute() and path.as_posix() == name
