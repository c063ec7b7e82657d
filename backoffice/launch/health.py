"""Asking the running back office whether it works, and deciding when a worker that lives no longer does."""

import http.client
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PATIENCE = 180.0


def ask(port: int, *, timeout: float = 5.0) -> dict[str, Any]:
    """What `/health` says; an empty answer when nobody speaks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", "/health", headers={"Host": f"localhost:{port}", "Accept": "application/json"})
        answer = json.loads(connection.getresponse().read(100_000))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}


def is_ok(answer: dict[str, Any]) -> bool:
    """Whether everything that is needed works."""
    return answer.get("status") == "ok"


def worker_answered_since(answer: dict[str, Any], moment: datetime) -> bool:
    """Whether a worker has answered after this moment; what the last run left in the database does not count."""
    try:
        return datetime.fromisoformat(answer["worker_seen"]) >= moment
    except (KeyError, TypeError, ValueError):
        return False


@dataclass
class Watch:
    """Notices a worker whose process lives but which takes no work (a lost connection to the broker can do that).

    `/health` says of the worker what its canary says; after `patience` seconds of bad news without a break, while
    web itself answers, the worker is started again. The count begins anew then.
    """

    patience: float = PATIENCE
    bad_since: float | None = None

    def should_restart_worker(self, answer: dict[str, Any], now: float) -> bool:
        """Take one answer of `/health` in, asked at `now` (monotonic seconds)."""
        if worker_works(answer) is not False:
            self.bad_since = None
            return False
        if self.bad_since is None:
            self.bad_since = now
        if now - self.bad_since < self.patience:
            return False
        self.bad_since = None
        return True


def worker_works(answer: dict[str, Any]) -> bool | None:
    """What the answer says of the worker; None when it says nothing, or when the database or broker is the trouble."""
    parts = answer.get("checks", answer)
    if not isinstance(parts, dict) or "worker" not in parts:
        return None
    if any(part in parts and not _good(parts[part]) for part in ("database", "broker")):
        return None
    return _good(parts["worker"])


def _good(part: object) -> bool:
    if isinstance(part, dict):
        part = part.get("ok", part.get("status"))
    return part is True or part == "ok"
