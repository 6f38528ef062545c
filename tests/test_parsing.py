"""JSON that may have been written by anybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.reading import parse_json

value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # A pair of surrogates is one character, which JSON may escape; half of one is none.
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(max_size=3), inside),
)


@given(value, st.booleans())
def test_what_json_holds_comes_back(value: object, ascii_only: bool):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize(
    "content",
    [
        b'["Hello \\ud83d"]',
        b'{"\\uDE00": 1}',
        b'{"a": {"b": ["\\ud83d\\ud83d"]}}',
        b'"\xed\xa0\xbd"',
        b"NaN",
        b"[-Infinity]",
        b"[1e999]",
        b"1" * 5000,
        b"[" * 200 + b"]" * 200,
        b'{"a":' * 100_000,
        b"[" * 1_000_000,
        '["UTF-16"]'.encode("utf-16"),
        b'{"cut": "of',
        b"",
    ],
)
def test_what_nobody_could_use_or_write_again_is_refused(content: bytes):
    with pytest.raises(ValueError):
        parse_json(content)
