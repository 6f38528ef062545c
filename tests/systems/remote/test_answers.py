"""No JSON at all surprises those who read answers: it is read, or refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.systems.remote.answers import Response, checked
from evalharness.systems.remote.completion import read_completion
from evalharness.systems.remote.errors import RequestError, shortened
from evalharness.systems.remote.events import parse_completion
from evalharness.systems.remote.fields import EACH, FIRST, texts_at
from evalharness.values.outputs import Failure, Translation

NAMES = [
    *("choices", "message", "delta", "content", "refusal", "finish_reason", "index", "usage"),
    *("error", "code", "type", "detail", "text", "translations", "data", "translatedText"),
]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("text"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
)


def as_completion(answer: Any) -> object:
    return read_completion(answer, "elma", cleaned=True)


def as_stream(answer: Any) -> object:
    return as_completion(parse_completion(b"data: %s\n\n" % json.dumps(answer).encode()))


def as_answer(answer: Any) -> object:
    return checked(Response(200, {}, json.dumps(answer).encode(), "http://localhost"))


def as_refusal(answer: Any) -> object:
    return checked(Response(400, {}, json.dumps(answer).encode(), "http://localhost"))


@pytest.mark.parametrize("read", [as_completion, as_stream, as_answer, as_refusal])
@given(answer=VALUES)
def test_any_json_is_read_or_refused_in_words(read: Callable[[Any], object], answer: Any):
    try:
        made = read(answer)
    except RequestError as error:
        assert error.reason.isprintable()
        assert shortened(error.detail).isprintable()
    else:
        assert read is as_answer or isinstance(made, Translation | Failure)


@pytest.mark.parametrize(
    "path",
    [
        ("translations", EACH, "text"),
        ("data", "translations", EACH, "translatedText"),
        (EACH, "translations", FIRST, "text"),
    ],
)
@given(answer=VALUES)
def test_texts_are_texts_or_what_is_missing_is_named(path: tuple[str, ...], answer: Any):
    try:
        assert all(isinstance(text, str) for text in texts_at(answer, *path))
    except RequestError as error:
        assert error.may_pass
        assert " is " in error.detail or " has no " in error.detail
