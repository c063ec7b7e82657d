"""The security log is only ever added to; the database sees to that."""

import pytest
from django.db import Error, connection, transaction

from backoffice.core.actors import Actor
from backoffice.core.models.people import User
from backoffice.core.models.security import SecurityEvent
from backoffice.core.origin import coming_from, origin_of
from backoffice.core.services.security_log import record, subject_of


@pytest.fixture
def line(stranger: User) -> SecurityEvent:
    return record("signed_in", user=stranger)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_securityevent SET kind = 'signed_out' WHERE id = %s",
        "UPDATE core_securityevent SET facts = '{}' WHERE id = %s",
        "DELETE FROM core_securityevent WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_line(line: SecurityEvent, statement: str) -> None:
    before = SecurityEvent.objects.values().get(pk=line.pk)
    with pytest.raises(Error, match="securityevent"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [line.pk])
    assert SecurityEvent.objects.values().get(pk=line.pk) == before


def test_the_model_refuses_too(line: SecurityEvent) -> None:
    with pytest.raises(Error), transaction.atomic():
        line.delete()
    line.kind = "signed_out"
    with pytest.raises(Error), transaction.atomic():
        line.save()
    assert SecurityEvent.objects.get(pk=line.pk).kind == "signed_in"


def test_a_person_with_a_history_cannot_be_deleted(line: SecurityEvent, stranger: User) -> None:
    with pytest.raises(Error), transaction.atomic():
        stranger.delete()
    assert User.objects.filter(pk=stranger.pk).exists()


def test_remembers_who_from_where_and_which_request(stranger: User) -> None:
    actor = Actor("user", stranger.pk, "Sam", frozenset(), request_id="req-1")
    with coming_from(origin_of(ip="2001:db8::1", user_agent="A\x00B\n" + "c" * 300, request_id="req-0")):
        row = record("role_given", user=stranger, actor=actor, role="picker")
    row.refresh_from_db()
    assert (row.ip, row.user_agent, row.request_id) == ("2001:db8::1", "A B " + "c" * 196, "req-1")
    assert (row.actor, row.facts) == ({"kind": "user", "id": stranger.pk, "name": "Sam"}, {"role": "picker"})


def test_equal_addresses_have_equal_marks_that_say_nothing() -> None:
    assert subject_of(" Sam@Example.com ") == subject_of("sam@example.com")
    assert subject_of("sam@example.com") != subject_of("sam@example.org")
    assert len(subject_of("x" * 1_000_000)) == 64
