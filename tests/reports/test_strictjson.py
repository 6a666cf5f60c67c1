"""What is refused, where, and in which words."""

from __future__ import annotations

import pytest

from reports import strictjson
from reports.errors import InputError

REFUSED = [
    (b"", "line 1 column 1: the file is empty"),
    (b'{"a": [1, 2', "line 1 column 12: the file is cut off: JSON ends too early"),
    (b'{"a": "text', "line 1 column 7: the file is cut off: JSON ends too early"),
    (b'{"a": 1,}', "line 1 column 9: not JSON"),
    (b"hello", "line 1 column 1: not JSON"),
    (b'{"a": 1} {}', "line 1 column 10: not JSON: Extra data"),
    (b'{"a": [0, NaN]}', "$.a[1]: NaN is not a JSON number"),
    (b'{"a": {"b c": Infinity}}', '$.a["b c"]: Infinity is not a JSON number'),
    (b"[-Infinity]", "$[0]: -Infinity is not a JSON number"),
    (b'{"a": 1e400}', "$.a: 1e400 is too large for a number"),
    (b'{"a": -1e400}', "$.a: -1e400 is too large for a number"),
    (b'{"a": 18446744073709551616}', "$.a: 18446744073709551616 does not fit"),
    (b'{"a": -9223372036854775809}', "$.a: -9223372036854775809 does not fit"),
    (b'{"a": ' + b"9" * 5000 + b"}", "$.a: 999999999999999999999999 does not fit"),
    (b'[{"a": 1, "b": 2, "a": 3}]', "$[0].a: duplicate key"),
    (b'{"a": "\\ud800"}', "$.a: half of a surrogate pair is no text"),
    (b'{"a": "\xff"}', "byte 7: not UTF-8 text"),
    (b"[" * 100000, "$: nested too deeply"),
]


@pytest.mark.parametrize("data, wanted", REFUSED, ids=[w for _, w in REFUSED])
def test_bad_json_is_refused_with_its_place(data: bytes, wanted: str) -> None:
    with pytest.raises(InputError) as caught:
        strictjson.read(data, "a.json")
    text = str(caught.value)
    assert text.startswith(f"a.json: {wanted}")
    assert "\n" not in text


def test_the_largest_numbers_that_fit_are_read() -> None:
    data = b"[18446744073709551615, -9223372036854775808, 1.7976931348623157e308, 5e-324]"
    assert strictjson.read(data, "a") == [2**64 - 1, -(2**63), 1.7976931348623157e308, 5e-324]


def test_a_whole_surrogate_pair_is_text() -> None:
    assert strictjson.read(b'"\\ud83d\\ude00"', "a") == "\U0001f600"
