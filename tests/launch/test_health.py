"""What the launcher makes of the answers of `/health`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.launch import health

WELL: dict[str, Any] = {"status": "ok", "database": True, "broker": True, "worker": True}
ILL: dict[str, Any] = {"status": "degraded", "database": True, "broker": True, "worker": False}
MOMENT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def test_a_worker_that_does_nothing_for_long_is_started_again_once() -> None:
    watch = health.Watch(patience=180)
    assert [watch.should_restart_worker(ILL, now) for now in (0, 100, 179, 180, 181, 300, 361)] == [
        False, False, False, True, False, False, True,
    ]  # fmt: skip


def test_one_good_answer_begins_the_count_anew() -> None:
    watch = health.Watch(patience=180)
    answers = ((ILL, 0), (ILL, 170), (WELL, 175), (ILL, 185), (ILL, 360))
    assert [watch.should_restart_worker(answer, now) for answer, now in answers] == [False] * 5
    assert watch.should_restart_worker(ILL, 365)


@pytest.mark.parametrize("answer", [{}, {**ILL, "database": False}, {**ILL, "broker": False}, {"status": "ok"}])
def test_a_worker_is_not_blamed_for_what_is_wrong_elsewhere(answer: dict[str, Any]) -> None:
    watch = health.Watch(patience=1)
    assert [watch.should_restart_worker(answer, now) for now in (0, 100, 200)] == [False, False, False]


def test_an_answer_of_the_last_run_is_no_sign_of_life() -> None:
    seen = {**WELL, "worker_seen": (MOMENT - timedelta(seconds=1)).isoformat()}
    assert not health.worker_answered_since(seen, MOMENT)
    assert health.worker_answered_since({**WELL, "worker_seen": MOMENT.isoformat()}, MOMENT)
    assert not health.worker_answered_since({**WELL, "worker_seen": None}, MOMENT)
    assert not health.worker_answered_since({}, MOMENT)


def test_nobody_at_the_door_is_an_empty_answer() -> None:
    assert health.ask(1, timeout=0.2) == {}
    assert not health.is_ok({})
