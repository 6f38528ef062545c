"""`empty`: which texts have nothing to be seen."""

from __future__ import annotations

import pytest

from evalharness.checks import Empty

from .looking import seen_in


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("", ""),
        (" \t", "U+0020 U+0009"),
        ("\u00a0\u3000", "U+00A0 U+3000"),
        ("\u200b\u200f\ufeff", "U+200B U+200F U+FEFF"),
        ("\u3164", "U+3164"),  # a Hangul filler, which Unicode calls a letter
    ],
)
def test_texts_without_a_visible_character_are_flagged(text: str, seen: str):
    assert seen_in(Empty(), text) == seen


@pytest.mark.parametrize(
    "text", [".", "0", "a", "\u0301", " x ", "\u200fم", "\U0001fae8", "\ue000"]
)
def test_texts_with_one_are_not(text: str):
    assert seen_in(Empty(), text) is None


def test_what_it_saw_of_a_long_text_is_short():
    assert len(seen_in(Empty(), " " * 100_000)) < 200
