"""`mixed_script`: words whose letters look alike and are not."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.checks import MixedScript

from .looking import seen_in

MIXED = "M\u043escow"  # a Cyrillic o


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (f"in {MIXED}.", [MIXED]),
        ("in Moscow, Москва.", None),
        ("βHCG und 5 μm", None),
        ("Tシャツ", None),
        ("İstanbul'da ﬁnal", None),
        ("", None),
    ],
)
def test_words_of_two_alphabets_are_named(text: str, seen: Any):
    assert seen_in(MixedScript(), text) == seen


def test_a_word_that_the_source_has_is_spared():
    assert seen_in(MixedScript(), MIXED, MIXED) is None
