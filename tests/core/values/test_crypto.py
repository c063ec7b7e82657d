"""Secrets at rest: the newest key writes, every key reads, and nothing opens with the wrong one."""

import base64
import re

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backoffice.core import crypto
from backoffice.core.crypto import (
    KeyRing,
    Unreadable,
    decrypt,
    encrypt,
    key_id_of,
    mask,
    new_key,
    new_token,
    ring_of,
    rotate,
    token_hash,
)

from .refusals import refused

OLD, NEW = b"1" * 32, b"2" * 32
BEFORE = ring_of([("k1", OLD)])
DURING = ring_of([("k2", NEW), ("k1", OLD)])
AFTER = ring_of([("k2", NEW)])
WHERE = "connection:17:api_key"


def test_a_secret_comes_back_as_it_was_and_does_not_show() -> None:
    token = encrypt("hunter2-ключ-🔑", WHERE, ring=BEFORE)
    assert decrypt(token, WHERE, ring=BEFORE) == "hunter2-ключ-🔑"
    assert token.startswith("enc1.k1.")
    assert "hunter2" not in token
    assert token != encrypt("hunter2-ключ-🔑", WHERE, ring=BEFORE)
    assert decrypt(encrypt("", WHERE, ring=BEFORE), WHERE, ring=BEFORE) == ""


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.text(max_size=200).filter(lambda text: not re.search("[\ud800-\udfff]", text)), st.text("abc:1", max_size=20))
def test_any_secret_comes_back_in_its_context(secret: str, context: str) -> None:
    assert decrypt(encrypt(secret, context, ring=DURING), context, ring=DURING) == secret


def test_rotation_moves_a_secret_to_the_newest_key() -> None:
    token = encrypt("secret", WHERE, ring=BEFORE)
    assert decrypt(token, WHERE, ring=DURING) == "secret"
    moved = rotate(token, WHERE, ring=DURING)
    assert (key_id_of(token), key_id_of(moved)) == ("k1", "k2")
    assert decrypt(moved, WHERE, ring=AFTER) == "secret"
    assert rotate(moved, WHERE, ring=DURING) == moved
    assert refused(decrypt, token, WHERE, ring=AFTER).code == "unknown_key"


def test_a_missing_key_is_named() -> None:
    refusal = refused(decrypt, encrypt("secret", WHERE, ring=BEFORE), WHERE, ring=AFTER)
    assert isinstance(refusal, Unreadable)
    assert refusal.facts == {"key_id": "k1"}
    assert "k1" in str(refusal.message)
    assert "back into the ring" in str(refusal.hint)


def test_a_key_with_other_bytes_opens_nothing() -> None:
    token = encrypt("secret", WHERE, ring=BEFORE)
    assert refused(decrypt, token, WHERE, ring=ring_of([("k1", NEW)])).code == "wrong_key_or_context"


def test_a_secret_opens_only_where_it_belongs() -> None:
    token = encrypt("secret", WHERE, ring=BEFORE)
    assert refused(decrypt, token, "connection:18:api_key", ring=BEFORE).code == "wrong_key_or_context"


def test_a_secret_under_the_name_of_another_key_does_not_open() -> None:
    same = ring_of([("a", OLD)])
    token = encrypt("secret", WHERE, ring=same).replace(".a.", ".b.")
    assert refused(decrypt, token, WHERE, ring=ring_of([("b", OLD)])).code == "wrong_key_or_context"


@pytest.mark.parametrize("position", [10, 20, 30, -3])
def test_one_changed_letter_is_noticed(position: int) -> None:
    token = encrypt("secret", WHERE, ring=BEFORE)
    letter = "A" if token[position] != "A" else "B"
    changed = token[:position] + letter + token[position:][1:]
    assert refused(decrypt, changed, WHERE, ring=BEFORE).code == "wrong_key_or_context"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "secret",
        "enc1.k1",
        "enc1.k1.AAAA",
        "enc2.k1." + "A" * 60,
        "enc1.K 1." + "A" * 60,
        "enc1.k1." + "é" * 60,
        "enc1.k1." + "*" * 60,
    ],
)
def test_what_is_no_stored_secret_is_refused(token: str) -> None:
    assert refused(decrypt, token, WHERE, ring=BEFORE).code == "not_a_secret"
    assert refused(key_id_of, token).code == "not_a_secret"


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "empty"),
        ([("k1", b"short")], "5 bytes"),
        ([("K1", OLD)], "small letters"),
        ([("a.b", OLD)], "small letters"),
        ([("", OLD)], "small letters"),
        ([("k1", OLD), ("k1", NEW)], "twice"),
        ([("k1", OLD), ("k2", OLD)], "twice"),
    ],
)
def test_a_bad_ring_stops_the_start_with_a_sentence_that_shows_no_key(
    entries: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words) as caught:
        ring_of(entries)
    assert "SECRET_KEY_RING" in str(caught.value)
    assert "1111" not in str(caught.value)


def test_the_ring_never_shows_a_key() -> None:
    assert repr(DURING) == "KeyRing(k2, k1)"
    assert isinstance(DURING, KeyRing)


def test_the_ring_of_the_settings_is_used_and_read_anew(settings: LazySettings) -> None:
    settings.SECRET_KEY_RING = [("k1", OLD)]
    token = encrypt("secret", WHERE)
    settings.SECRET_KEY_RING = [("k2", NEW), ("k1", OLD)]
    assert decrypt(token, WHERE) == "secret"
    assert key_id_of(rotate(token, WHERE)) == "k2"
    settings.SECRET_KEY_RING = [("k2", NEW)]
    assert refused(decrypt, token, WHERE).code == "unknown_key"


def test_each_use_has_a_key_of_its_own() -> None:
    assert len({crypto.derived_key(OLD, "a"), crypto.derived_key(OLD, "b"), crypto.derived_key(NEW, "a"), OLD}) == 4


def test_a_new_key_is_a_valid_entry() -> None:
    key_id, _colon, encoded = new_key("k3").partition(":")
    assert ring_of([(key_id, base64.b64decode(encoded))]).newest == "k3"


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("sk_live_1234567890abcd", "••••abcd"),
        ("short", "••••"),
        ("elevenchars", "••••"),
        ("twelve-chars", "••••hars"),
        ("", "••••"),
    ],
)
def test_a_mask_shows_four_characters_of_a_long_secret(secret: str, shown: str) -> None:
    assert mask(secret) == shown


def test_a_token_is_long_and_fit_for_a_url() -> None:
    tokens = {new_token() for _number in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{27}", token) for token in tokens)
    assert len(new_token(256)) == 43
    assert refused(new_token, 127).code == "weak_token"


def test_only_the_hash_of_a_token_is_kept() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
