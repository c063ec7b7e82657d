"""A write that is sent again is done once and answered as the first time; with the fault shown when the guard is off."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from backoffice.core import commands
from backoffice.core.api import idempotency
from backoffice.core.commands import Answer
from backoffice.core.models.commands import Command
from backoffice.core.models.people import Role
from backoffice.core.permissions import VIEW_JOBS
from tests.support.api import body_of, holder_of, make_program, person, program, refused, send_raw

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.core.api.doors_for_tests")]
PATH = "/t/roles"
KEYS, REPEATS = 4, 8


@pytest.fixture(autouse=True)
def roles_go(db: None) -> Iterator[None]:
    yield
    assert connection.in_atomic_block is False


def added() -> int:
    return Role.objects.filter(code__startswith="r-").count()


def send(client: APIClient, key: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(PATH, body or {"name": "x"}, headers={"Idempotency-Key": key})


def all_at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Each in a thread with a connection of its own, begun together."""
    answers: list[Any] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        gate.wait(20)
        try:
            answers[place] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def parallel(secret: str) -> list[tuple[str, Any]]:
    """Each of some keys sent many times at once by one credential."""
    keys = [str(uuid.uuid4()) for _ in range(KEYS)] * REPEATS
    clients = [holder_of(secret) for _ in keys]
    calls = [lambda client=client, key=key: send(client, key) for client, key in zip(clients, keys, strict=True)]
    return list(zip(keys, all_at_once(calls), strict=True))


def test_parallel_repeats_have_one_effect_and_equal_bytes() -> None:
    made = make_program(VIEW_JOBS)
    holder_of(made.secret).get("/api/v1/whoami")
    answers: dict[str, set[bytes]] = {}
    for key, answer in parallel(made.secret):
        # Whoever waited longer than the lock timeout is told to come back, and then gets the answer.
        if answer.status_code == 503:
            answer = send(holder_of(made.secret), key)
        assert answer.status_code == 201, answer.content
        answers.setdefault(key, set()).add(answer.content)
    assert added() == KEYS
    assert {key: len(bodies) for key, bodies in answers.items()} == dict.fromkeys(answers, 1)


def test_without_insert_first_the_same_repeats_do_it_many_times(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_then_act(*, scope: str, key: str, body: str, run: Callable[[], Answer]) -> Answer:
        known = Command.objects.filter(scope=scope, key=key).first()
        if known is not None:
            return Answer(known.status, bytes(known.body), known.content_type, is_replay=True)
        answer = run()
        commands.once(scope=scope, key=key, body=body, run=lambda: answer)
        return answer

    monkeypatch.setattr(idempotency, "once", look_then_act)
    made = make_program(VIEW_JOBS)
    holder_of(made.secret).get("/api/v1/whoami")
    parallel(made.secret)
    assert added() > KEYS


def test_another_body_method_query_or_address_under_one_key_is_refused() -> None:
    client = program(VIEW_JOBS)
    first = send(client, "k")
    told = refused(send(client, "k", {"name": "y"}), 409, "idempotency_key_reused")
    assert (told["errors"][0]["in"], told["errors"][0]["field"]) == ("header", "Idempotency-Key")
    spaces = send_raw(client, "post", PATH, b'{"name":  "x"}', headers={"Idempotency-Key": "k"})
    refused(spaces, 409, "idempotency_key_reused")
    refused(client.post("/api/v1/jobs/1/cancel", headers={"Idempotency-Key": "k"}), 409, "idempotency_key_reused")
    assert send(client, "k").content == first.content
    assert added() == 1


def test_keys_belong_to_their_credential() -> None:
    clients = [program(VIEW_JOBS), program(VIEW_JOBS, name="Other"), person(VIEW_JOBS), person(VIEW_JOBS)]
    answers = [send(client, "same") for client in clients]
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 4
    assert added() == 4


@pytest.mark.parametrize("key", ["k", "k" * 255, "a b", "é", "🔑", '"quoted"'], ids=lambda key: key[:8])
def test_takes_any_printable_key_up_to_255_characters(key: str) -> None:
    client = program(VIEW_JOBS)
    first, again = send(client, key), send(client, key)
    assert (first.status_code, first.content, added()) == (201, again.content, 1)


@pytest.mark.parametrize(
    "key", ["", "k" * 256, "a\tb", "a\x00b", "a\x7fb"], ids=["empty", "256", "tab", "null", "delete"]
)
def test_refuses_a_key_that_is_none(key: str) -> None:
    told = refused(send(program(VIEW_JOBS), key), 400, "bad_idempotency_key")
    assert told["errors"][0]["in"] == "header"
    assert added() == 0


def test_a_refusal_is_not_kept_and_leaves_nothing() -> None:
    client = program(VIEW_JOBS)
    refused(send(client, "k", {"name": "x", "then": "refuse"}), 422, "no")
    refused(send_raw(client, "post", PATH, b"{", headers={"Idempotency-Key": "k"}), 400, "not_json")
    assert (added(), Command.objects.count()) == (0, 0)
    assert send(client, "k").status_code == 201


def test_a_crash_between_effect_and_answer_leaves_neither() -> None:
    client = program(VIEW_JOBS)
    client.raise_request_exception = False
    refused(send(client, "k", {"name": "x", "then": "crash"}), 500, "internal_error")
    assert (added(), Command.objects.count()) == (0, 0)
    assert send(client, "k", {"name": "x"}).status_code == 201
    assert added() == 1


def test_a_replay_tells_the_same_location_and_says_that_it_is_one() -> None:
    client = program(VIEW_JOBS)
    first, again = send(client, "k"), send(client, "k")
    assert first["Location"] == again["Location"] == f"/t/roles/{body_of(first)['id']}"
    assert ("Idempotent-Replay" in first, again["Idempotent-Replay"]) == (False, "true")
    assert first["Content-Type"] == again["Content-Type"] == "application/json"


def test_a_replay_is_refused_to_whoever_lost_the_right_meanwhile() -> None:
    client = person(VIEW_JOBS)
    assert send(client, "k").status_code == 201
    client.logout()
    refused(send(client, "k"), 401)


def test_a_key_on_a_read_is_ignored() -> None:
    client = program(VIEW_JOBS)
    assert client.get("/api/v1/whoami", headers={"Idempotency-Key": "k" * 300}).status_code == 200
    assert Command.objects.count() == 0


def test_a_running_command_makes_its_repeat_wait() -> None:
    made = make_program(VIEW_JOBS)
    holder_of(made.secret).get("/api/v1/whoami")
    start = time.monotonic()
    answers = all_at_once([lambda: send(holder_of(made.secret), "k") for _ in range(2)])
    assert {answer.content for answer in answers} == {answers[0].content}
    assert sorted(answer.get("Idempotent-Replay", "") for answer in answers) == ["", "true"]
    assert (added(), time.monotonic() - start > 0.05) == (1, True)
