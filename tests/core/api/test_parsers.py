"""Bodies by themselves: what is plain JSON is read exactly, everything else is refused by its own code, and soon."""

import gzip
import json
import time
from decimal import Decimal
from typing import Any

import pytest

from backoffice.core.api.parsers import MOST_LEVELS, MOST_VALUES, read_json
from backoffice.core.errors import Invalid

MEGABYTE = 1024 * 1024


def code_of(raw: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        read_json(raw)
    return refusal.value.code


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, -2, 0.50, true, null, "x"]} \n', {"a": [1, -2, Decimal("0.50"), True, None, "x"]}),
        ('{"ключ": "צֶדֶק 🔑"}'.encode(), {"ключ": "צֶדֶק 🔑"}),
        (b'"\\ud83d\\udd11 \\\\u0000 \\u0041"', "🔑 \\u0000 A"),
        (b'{"__proto__": 1, "__class__": 2}', {"__proto__": 1, "__class__": 2}),
        (b"9007199254740993", 9007199254740993),
        (b"0.100000000000000005551115123125782702", Decimal("0.100000000000000005551115123125782702")),
        (b"-0", Decimal("-0")),
        (b'{"a": "[[[[{{{{\\"[[[["}', {"a": '[[[[{{{{"[[[['}),
        (b"[" * MOST_LEVELS + b"]" * MOST_LEVELS, json.loads("[" * MOST_LEVELS + "]" * MOST_LEVELS)),
    ],
    ids=lambda value: str(value)[:20],
)
def test_reads_plain_json_exactly(raw: bytes, value: Any) -> None:
    assert repr(read_json(raw)) == repr(value)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep"),
        (b"[" * 900 + b"]" * 900, "too_deep"),
        (b"[" * (MOST_LEVELS + 1) + b"]" * (MOST_LEVELS + 1), "too_deep"),
        (b"[{" * 17 + b"}]" * 17, "too_deep"),
        (b"[" * 1_000_000, "too_deep"),
        (b"]" * 1_000_000, "not_json"),
        (b"[]" * 1_000_000, "not_json"),
        (b"NaN", "not_finite"),
        (b'{"a": Infinity}', "not_finite"),
        (b"[-Infinity]", "not_finite"),
        (b'{"a": 1, "b": 2, "a": 1}', "repeated_name"),
        (b'[{"x": {"a": 1, "\\u0061": 2}}]', "repeated_name"),
        (b"1" * 5000, "too_many_digits"),
        (b"[" + b"9" * 41 + b"]", "too_many_digits"),
        (b"0." + b"1" * 5000, "too_many_digits"),
        (b"1E+3", "exponent"),
        (b'{"a": 1e400}', "exponent"),
        (b'"\xff"', "not_utf8"),
        (b'"\xed\xa0\x80"', "not_utf8"),
        (b'"\xc0\x80"', "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "byte_order_mark"),
        ('{"a": 1}'.encode("utf-16-le"), "not_json"),
        ('{"a": 1}'.encode("utf-32-be"), "not_json"),
        (b"\xef\xbb\xbf{}", "byte_order_mark"),
        (b"", "empty_body"),
        (b" \n\t", "empty_body"),
        (b" " * (10 * MEGABYTE), "empty_body"),
        (b'"\\ud800"', "broken_character"),
        (b'{"\\udc00": 1}', "broken_character"),
        (b'[["\\udc00\\ud800"]]', "broken_character"),
        (b'"\\u0000"', "null_character"),
        (b'{"a": {"b\\u0000": 1}}', "null_character"),
        (b'"\x00"', "not_json"),
        (b'"a\nb"', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1,}', "not_json"),
        (b'{"a": 1} {"b": 2}', "not_json"),
        (b"{a: 1}", "not_json"),
        (b"01", "not_json"),
        (b"+1", "not_json"),
        (b".5", "not_json"),
        (b"0x1", "not_json"),
        (b"// x\n{}", "not_json"),
        (b"undefined", "not_json"),
        (b'{"a": "x', "not_json"),
        (gzip.compress(b"{}", mtime=0), "not_utf8"),
        (b"{" + b",".join(b'"k%d":1' % number for number in range(1_000_000)) + b"}", "too_many_values"),
        (b"[" + b"," * MOST_VALUES + b"]", "too_many_values"),
        (b"<html></html>", "not_json"),
        (b"a=1&b=2", "not_json"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_refuses_what_is_not_and_says_which(raw: bytes, code: str) -> None:
    assert code_of(raw) == code


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + b'\\"' * (4 * MEGABYTE),
        b'"' * (8 * MEGABYTE),
        b'"\\' * (4 * MEGABYTE),
        b"[" * (8 * MEGABYTE),
        b"[]" * (4 * MEGABYTE),
        b"[" + b"[]," * (2 * MEGABYTE),
        b'{"a":' * MEGABYTE,
        b"[" + b'"",' * 190_000 + b'""]' + b" " * (7 * MEGABYTE),
        b'"' + b"\\u0041" * MEGABYTE + b'"',
        b'["' + b"\\ud83d\\udd11" * (MEGABYTE // 2) + b'"]',
    ],
    ids=["escapes", "quotes", "backslashes", "open", "pairs", "commas", "names", "strings", "unicode", "surrogates"],
)
def test_eight_megabytes_of_anything_cost_no_more_than_a_moment(raw: bytes) -> None:
    start = time.process_time()
    try:
        read_json(raw)
    except Invalid as refusal:
        assert refusal.code
    assert time.process_time() - start < 2
