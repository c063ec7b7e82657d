"""The proof that nothing is lost: every app states what must add up, and one command adds it all up.

A proof is a query that finds differences. It names the row, the column, what it should be and what it is. Proofs are
declared in an app's `proofs.py` and run by `./bo manage check_books`, after restores and after every test that moves stock.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from backoffice.core.errors import Words


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up."""

    proof: str
    row: str
    column: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.proof}: {self.row}: {self.column} is {self.found}, should be {self.expected}"


@dataclass(frozen=True, slots=True)
class Proof:
    """What must be true, and how it is looked at."""

    code: str
    sentence: Words
    find: Callable[[], Iterable[Difference]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one proof found, and how long it took (seconds)."""

    proof: Proof
    differences: list[Difference]
    seconds: float


_proofs: dict[str, Proof] = {}


def proof(
    code: str, sentence: Words
) -> Callable[[Callable[[], Iterable[Difference]]], Callable[[], Iterable[Difference]]]:
    """Declare a proof: a function that yields what does not add up."""

    def register(find: Callable[[], Iterable[Difference]]) -> Callable[[], Iterable[Difference]]:
        _proofs[code] = Proof(code, sentence, find)
        return find

    return register


def sql_proof(code: str, sentence: Words, query: str) -> None:
    """Declare a proof as one query with the columns row, column, expected, found."""

    def find() -> Iterator[Difference]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row in cursor.fetchall():
                yield Difference(code, *(str(value) for value in row))

    _proofs[code] = Proof(code, sentence, find)


def all_proofs() -> dict[str, Proof]:
    """Every declared proof by code, in the order of the floors."""
    return _proofs


def check_books(codes: Iterable[str] | None = None) -> Iterator[Outcome]:
    """Run the proofs on one snapshot, so that work that goes on meanwhile shows no false difference."""
    wanted = set(codes) if codes is not None else None
    with transaction.atomic():
        if not connection.needs_rollback and connection.savepoint_ids == []:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SET LOCAL statement_timeout = 0")
        for known in _proofs.values():
            if wanted is None or known.code in wanted:
                started = time.perf_counter()
                found = list(known.find())
                yield Outcome(known, found, time.perf_counter() - started)
