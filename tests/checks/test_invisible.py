"""`invisible`: which hypotheses have controls that nobody sees."""

from __future__ import annotations

import pytest

from evalharness.checks import Invisible

from .looking import seen_in


@pytest.mark.parametrize(
    ("text", "target", "seen"),
    [
        ("The AI \u200b\u200bsystem", "en", "U+200B"),
        ("\ufeffPolice", "en", "U+FEFF"),
        ("a\u200cb", "en", "U+200C"),
        ("co\u00adoperate \u202alibya\u202c", "en", "U+00AD U+202A U+202C"),
        ("Libya\u200f", "en", "U+200F"),
        ("ليبيا\u200f", "ar", None),
        ("می\u200cخواهم", "fa", None),
        ("क्\u200dष", "hi", None),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "en", None),
        ("ภาษา\u200bไทย", "th", None),
        ("ภาษา\u200fไทย", "th", "U+200F"),
        ("Arabic sign \u0600 is seen", "en", None),
        ("plain", "en", None),
    ],
)
def test_controls_are_flagged_where_the_language_does_not_need_them(
    text: str, target: str, seen: str | None
):
    assert seen_in(Invisible(), text, pair=("tr", target)) == seen
    assert seen_in(Invisible(), text, text, pair=("tr", target)) is None
