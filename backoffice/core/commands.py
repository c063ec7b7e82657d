"""Everything at most once: a command carries a key, its effect and its stored answer are one transaction.

Insert first: the unique key makes a repeat wait for the first one and then read its answer. A command that fails rolls
its key back with everything else, so a refusal is not remembered and the same key may be sent again once the cause is
mended. A crash at any point leaves either the effect with its answer or neither.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from backoffice.core import clock
from backoffice.core.errors import Busy, Conflict, Invalid
from backoffice.core.models.commands import Command

KEY_LENGTH = 255
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller was told: a status, the exact bytes, their type."""

    status: int
    body: bytes
    content_type: str = "application/json"
    is_replay: bool = False


def fingerprint(*parts: bytes | str) -> str:
    """What makes two commands the same: a hash over the method, the path and the body."""
    digest = hashlib.sha256()
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        digest.update(len(piece).to_bytes(8, "big"))
        digest.update(piece)
    return digest.hexdigest()


def checked_key(key: str) -> str:
    """The key, or Invalid when it is empty, longer than 255 characters or not printable."""
    if not key or len(key) > KEY_LENGTH or not key.isprintable():
        raise Invalid(
            "bad_idempotency_key",
            _("An idempotency key has 1 to 255 printable characters; this one has %(length)s.") % {"length": len(key)},
            field="Idempotency-Key",
            hint=_("A random UUID is a good key."),
        )
    return key


def once(*, scope: str, key: str, body: str, run: Callable[[], Answer]) -> Answer:
    """Run the command, or hand out the answer it gave before.

    `scope` is the credential (two callers never share keys), `body` the fingerprint. Conflict when the key was used with
    another body; Busy when the first one is still running after the lock timeout.
    """
    checked_key(key)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO core_command (scope, key, fingerprint, status, content_type, body, created_at) "
                    "VALUES (%s, %s, %s, 0, '', '', %s) ON CONFLICT (scope, key) DO NOTHING RETURNING id",
                    [scope, key, body, clock.now()],
                )
                row = cursor.fetchone()
            if row is None:
                return _replay(scope, key, body)
            answer = run()
            Command.objects.filter(pk=row[0]).update(
                status=answer.status, content_type=answer.content_type, body=answer.body
            )
            return answer
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == "55P03":
            raise Busy("command_is_running", _("This command is still running, or waits for a row in use.")) from error
        raise


def _replay(scope: str, key: str, body: str) -> Answer:
    known = Command.objects.get(scope=scope, key=key)
    if known.fingerprint != body:
        raise Conflict(
            "idempotency_key_reused",
            _("This idempotency key was used for another request on %(moment)s.")
            % {"moment": known.created_at.isoformat(timespec="seconds")},
            field="Idempotency-Key",
            hint=_("Use a new key for a new request, and the same body for a repeat."),
        )
    return Answer(known.status, bytes(known.body), known.content_type, is_replay=True)


def prune() -> int:
    """Forget keys older than 90 days. Returns how many."""
    return Command.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
