"""Signed links hold for one purpose, until they expire, and only as they were made."""

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.core.crypto import ring_of
from backoffice.core.signing import sign, unsign

from .refusals import refused

RING = ring_of([("k2", b"2" * 32), ("k1", b"1" * 32)])
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LINK = sign(
    {"document": 17, "who": "ann@example.org"}, purpose="document", expires_at=NOW + timedelta(hours=1), ring=RING
)


def test_a_link_brings_its_payload_back() -> None:
    assert unsign(LINK, purpose="document", now=NOW, ring=RING) == {"document": 17, "who": "ann@example.org"}


def test_a_link_is_fit_for_a_url_and_names_its_key() -> None:
    assert LINK.startswith("k2.")
    assert LINK.replace(".", "").replace("-", "").replace("_", "").isalnum()


def test_a_link_ends_at_its_moment() -> None:
    last = NOW + timedelta(hours=1)
    assert unsign(LINK, purpose="document", now=last - timedelta(seconds=1), ring=RING)["document"] == 17
    assert refused(unsign, LINK, purpose="document", now=last, ring=RING).code == "expired_link"


def test_a_link_of_an_older_key_holds_while_the_key_is_in_the_ring() -> None:
    old = sign({"a": 1}, purpose="p", expires_at=NOW + timedelta(hours=1), ring=ring_of([("k1", b"1" * 32)]))
    assert unsign(old, purpose="p", now=NOW, ring=RING) == {"a": 1}
    assert refused(unsign, old, purpose="p", now=NOW, ring=ring_of([("k2", b"2" * 32)])).code == "bad_link"


def test_a_link_holds_for_its_purpose_only() -> None:
    assert refused(unsign, LINK, purpose="password", now=NOW, ring=RING).code == "bad_link"


@pytest.mark.parametrize("place", range(0, len(LINK), 7))
def test_one_changed_letter_is_noticed(place: int) -> None:
    letter = "A" if LINK[place] != "A" else "B"
    changed = LINK[:place] + letter + LINK[place + 1 :]
    assert refused(unsign, changed, purpose="document", now=NOW, ring=RING).code == "bad_link"


@pytest.mark.parametrize(
    "link",
    [
        "",
        ".",
        "..",
        "k2..",
        "k2.W10.",
        LINK[:-1],
        LINK + "A",
        LINK[:-1] + "é",
        "é.é.é",
        "k2." + "A" * 10_000,
        "k2.\x00.A",
    ],
    ids=ascii,
)
def test_what_is_no_link_is_refused_in_one_and_the_same_way(link: str) -> None:
    refusal = refused(unsign, link, purpose="document", now=NOW, ring=RING)
    assert (refusal.code, refusal.facts) == ("bad_link", {})
