"""Commands at most once: insert first, one transaction with the effect, the stored answer for every repeat."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from backoffice.core.commands import Answer, checked_key, fingerprint, once
from backoffice.core.errors import Conflict, Invalid, Refused
from backoffice.core.models.commands import Command
from backoffice.core.models.companies import Company

pytestmark = pytest.mark.django_db(transaction=True)


def make_company(code: str = "C1") -> Callable[[], Answer]:
    def run() -> Answer:
        count = Company.objects.count()
        Company.objects.create(code=f"{code}{count}", name="Made once", base_currency="EUR", country="DE")
        return Answer(201, f'{{"count": {count + 1}}}'.encode())

    return run


def test_a_repeat_gets_the_same_bytes_and_has_no_effect() -> None:
    first = once(scope="user:1", key="k", body=fingerprint("POST", "/x", b"{}"), run=make_company())
    second = once(scope="user:1", key="k", body=fingerprint("POST", "/x", b"{}"), run=make_company())
    assert (first.status, first.body, first.is_replay) == (201, b'{"count": 1}', False)
    assert (second.status, second.body, second.is_replay) == (201, b'{"count": 1}', True)
    assert Company.objects.count() == 1


def test_refuses_another_body_under_the_same_key() -> None:
    once(scope="user:1", key="k", body=fingerprint("a"), run=make_company())
    with pytest.raises(Conflict) as refusal:
        once(scope="user:1", key="k", body=fingerprint("b"), run=make_company())
    assert refusal.value.code == "idempotency_key_reused"
    assert Company.objects.count() == 1


def test_two_credentials_never_share_a_key() -> None:
    once(scope="user:1", key="k", body="x", run=make_company("A"))
    once(scope="user:2", key="k", body="x", run=make_company("B"))
    assert Company.objects.count() == 2


def test_a_refusal_is_not_remembered_and_leaves_nothing() -> None:
    def refuse() -> Answer:
        make_company()()
        raise Refused("no", "not today")

    with pytest.raises(Refused):
        once(scope="user:1", key="k", body="x", run=refuse)
    assert (Company.objects.count(), Command.objects.count()) == (0, 0)
    assert once(scope="user:1", key="k", body="x", run=make_company()).status == 201


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb", "a\x00b"])
def test_refuses_a_key_that_is_empty_too_long_or_unprintable(key: str) -> None:
    with pytest.raises(Invalid):
        checked_key(key)


@pytest.mark.parametrize("key", ["k" * 255, "ключ-42", "a b"])
def test_accepts_any_printable_key_of_up_to_255_characters(key: str) -> None:
    assert checked_key(key) == key


def test_fingerprints_differ_where_parts_are_cut_differently() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def _in_parallel(count: int, work: Callable[[], Answer]) -> list[Answer]:
    answers: list[Answer] = []
    gate = threading.Barrier(count)

    def run() -> None:
        try:
            gate.wait()
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_parallel_repeats_have_one_effect_and_equal_answers() -> None:
    answers = _in_parallel(16, lambda: once(scope="user:1", key="k", body="x", run=make_company()))
    assert len(answers) == 16
    assert {answer.body for answer in answers} == {b'{"count": 1}'}
    assert [answer.is_replay for answer in answers].count(False) == 1
    assert Company.objects.count() == 1


def test_control_checking_before_inserting_would_run_the_effect_more_than_once() -> None:
    """The alarm works: the same race without insert-first has more than one effect."""
    seen = threading.Barrier(8)

    def check_then_run() -> Answer:
        known = Command.objects.filter(scope="user:1", key="k").exists()
        seen.wait()
        if known:
            return Answer(200, b"")
        Company.objects.create(code=threading.current_thread().name[-8:], name="x", base_currency="EUR", country="DE")
        return Answer(201, b"")

    _in_parallel(8, check_then_run)
    assert Company.objects.count() == 8
