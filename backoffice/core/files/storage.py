"""Stored files: rows that say what they are, and bytes that lie under FILES_ROOT by their hash.

Bytes are written before the row and never changed: aside, flushed to the disk, then renamed into place. So a row always
has its bytes, and bytes without a row (of a transaction that was rolled back) are merely swept up later. Two files with
equal bytes share them.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Final, Literal

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.actors import Actor
from backoffice.core.errors import Missing
from backoffice.core.files.images import THUMBNAILS, clean_image, thumbnail
from backoffice.core.files.rules import may_read
from backoffice.core.files.types import PDF, PICTURES, FileType
from backoffice.core.files.uploads import check_upload
from backoffice.core.models.files import StoredFile
from backoffice.core.texts import file_name

CHUNK: Final = 256 * 1024
SWEEP_AFTER: Final = timedelta(days=1)
SHOWN_IN_PLACE: Final = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf"})

_ASIDE: Final = "aside-"


def store_file(data: bytes | IO[bytes], *, name: str, kind: str, content_type: str, actor: Actor) -> StoredFile:
    """Keep something that we made ourselves. Uploads go through `store_upload` or `store_image`."""
    return _store(data, name=name, kind=kind, content_type=content_type, actor=actor)


def store_upload(
    file: IO[bytes],
    *,
    name: str,
    kind: str,
    actor: Actor,
    accept: frozenset[FileType],
    most_bytes: int | None = None,
) -> StoredFile:
    """Check and keep a file from outside. Pictures are written anew. Raises Invalid as `check_upload` does."""
    found = check_upload(file, name=name, accept=accept, most_bytes=most_bytes)
    if found in PICTURES:
        return store_image(file.read(), name=name, kind=kind, actor=actor)
    return _store(file, name=name, kind=kind, content_type=found.content_type, actor=actor)


def store_image(data: bytes, *, name: str, kind: str, actor: Actor) -> StoredFile:
    """Write a picture anew and keep it with its smaller copies (96 and 480 pixels). Raises Invalid for no picture."""
    picture = clean_image(data)
    ending = "." + picture.content_type.removeprefix("image/").replace("jpeg", "jpg")
    stem = file_name(name, fallback="picture").rpartition(".")[0] or file_name(name, fallback="picture")
    with transaction.atomic():
        stored = _store(picture.data, name=stem + ending, kind=kind, content_type=picture.content_type, actor=actor)
        for side in THUMBNAILS:
            small = thumbnail(picture, side)
            _store(
                small.data,
                name=f"{stem}-{side}{ending}",
                kind=kind,
                content_type=small.content_type,
                actor=actor,
                original=stored,
                side=side,
            )
    return stored


def copy_of(file: StoredFile, side: int) -> StoredFile:
    """The smaller copy of a picture; the picture itself where it has none."""
    return file.copies.filter(side=side).first() or file


def by_token(token: str) -> StoredFile:
    """The file that an address names. Missing when there is none."""
    found = StoredFile.objects.filter(token=token).first()
    if found is None:
        raise _missing()
    return found


def open_file(file: StoredFile) -> IO[bytes]:
    """The bytes, opened for reading; the caller closes it. Missing when the disk has lost them."""
    try:
        return content_path(file.sha256).open("rb")
    except FileNotFoundError as error:
        raise Missing(
            "file_content_missing",
            _("The content of “%(name)s” is missing on the disk.") % {"name": file.name},
            hint=_("An administrator can restore it from a backup."),
            sha256=file.sha256,
        ) from error


def read_file(file: StoredFile) -> bytes:
    """All bytes at once; for files that are known to be small."""
    with open_file(file) as content:
        return content.read()


def chunks(file: StoredFile) -> Iterator[bytes]:
    """The bytes piece by piece."""
    with open_file(file) as content:
        while piece := content.read(CHUNK):
            yield piece


def serve(file: StoredFile, actor: Actor, disposition: Literal["attachment", "inline"] = "attachment") -> FileResponse:
    """An answer that hands the file out so that no browser runs it.

    Only pictures that we wrote ourselves and PDF are ever shown in place. Missing when the actor may not read it, so that
    a guessed address tells nothing.
    """
    if not may_read(file.original or file, actor):
        raise _missing()
    return answer_with(file, disposition)


def answer_with(file: StoredFile, disposition: Literal["attachment", "inline"]) -> FileResponse:
    """The answer of `serve`, for rooms that have asked for the right themselves."""
    in_place = disposition == "inline" and file.content_type in SHOWN_IN_PLACE
    response = FileResponse(
        File(open_file(file)), as_attachment=not in_place, filename=file.name, content_type=file.content_type
    )
    is_picture = file.content_type.startswith("image/")
    policy = "default-src 'none'; frame-ancestors 'none'"
    # A browser's own PDF viewer is dead in a sandbox.
    policy += "; object-src 'self'; style-src 'unsafe-inline'" if file.content_type == PDF.content_type else "; sandbox"
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = policy
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # A picture's address never gets other bytes; documents are not for the disk of a shared computer.
    response["Cache-Control"] = "private, max-age=604800, immutable" if is_picture else "private, no-store"
    return response


def content_path(sha256: str) -> Path:
    """Where the bytes with this hash lie."""
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256


def sweep_orphans(older_than: timedelta = SWEEP_AFTER) -> int:
    """Remove bytes that no row knows and that have lain untouched for long; returns how many. Safe at any time."""
    limit, removed = (clock.now() - older_than).timestamp(), 0
    root = Path(settings.FILES_ROOT)
    for aside in root.glob(_ASIDE + "*"):
        if _remove_if_old(aside, limit):
            removed += 1
    for folder in sorted(root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < limit]
        known = set(StoredFile.objects.filter(sha256__in=[path.name for path in old]).values_list("sha256", flat=True))
        for path in old:
            if path.name not in known and _remove_if_old(path, limit):
                removed += 1
    return removed


def lost_contents() -> list[StoredFile]:
    """Rows whose bytes are not there or have another length: for the doctor, after a restore."""
    lost = []
    for file in StoredFile.objects.order_by("pk").iterator():
        path = content_path(file.sha256)
        if not path.is_file() or path.stat().st_size != file.size:
            lost.append(file)
    return lost


def _store(
    data: bytes | IO[bytes],
    *,
    name: str,
    kind: str,
    content_type: str,
    actor: Actor,
    original: StoredFile | None = None,
    side: int | None = None,
) -> StoredFile:
    sha256, size = _write(BytesIO(data) if isinstance(data, bytes) else data)
    return StoredFile.objects.create(
        name=file_name(name),
        kind=kind,
        content_type=content_type,
        size=size,
        sha256=sha256,
        actor=actor.as_json(),
        original=original,
        side=side,
    )


def _write(source: IO[bytes]) -> tuple[str, int]:
    """Write the bytes aside, then move them to the place that their hash names."""
    root = Path(settings.FILES_ROOT)
    root.mkdir(mode=0o750, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with NamedTemporaryFile(dir=root, prefix=_ASIDE, delete=False) as aside:
        place = Path(aside.name)
        try:
            while piece := source.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                aside.write(piece)
            aside.flush()
            os.fchmod(aside.fileno(), 0o640)
            os.fsync(aside.fileno())
            _move(place, content_path(digest.hexdigest()))
        except BaseException:
            place.unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size


def _move(place: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with _nobody_sweeps(target.parent):
        # Over equal bytes too: the fresh date keeps the sweeper away until the row is there.
        place.rename(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _remove_if_old(path: Path, limit: float) -> bool:
    """Look once more under the lock: the same bytes may have been stored again since the row was looked for."""
    with _nobody_sweeps(path.parent):
        if not path.exists() or path.stat().st_mtime >= limit:
            return False
        path.unlink()
        return True


@contextmanager
def _nobody_sweeps(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _missing() -> Missing:
    return Missing("file_missing", _("There is no such file."))
