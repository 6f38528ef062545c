"""`markup`: which hypotheses lost tags of the source, or invented some."""

from __future__ import annotations

from typing import Any

import pytest

from evalharness.checks import Markup

from .looking import seen_in


@pytest.mark.parametrize(
    ("source", "text", "seen"),
    [
        ("<b>bir</b>", "<b>one</b>", None),
        ("<b>bir</b>", "one", {"lost": ["</b>", "<b>"]}),
        ("<b>bir</b>", "<b>one", {"lost": ["</b>"]}),
        ("bir", "<i>one</i>", {"invented": ["</i>", "<i>"]}),
        ("<b>bir</b>", "<i>one</i>", {"lost": ["</b>", "<b>"], "invented": ["</i>", "<i>"]}),
        ('<a href="x" title="bir">b</a>', '<a href="x" title="one">o</a>', None),
        ("bir<br/>iki", "one<br>two", None),
        ('<x id="1"/> bir <x id="2"/>', 'one <x id="2"/>', {"lost": ["<x>"]}),
        ("<B>bir</B>", "<b>one</b>", None),
        ("<laugh/> yes", "<lachen/> ja", None),
        ("<laugh/> yes", "ja", {"lost": ["<laugh>"]}),
        ("<laugh/> yes", "< lachen/> ja", {"lost": ["<laugh>"]}),
        (
            "<span>a</span>",
            "<spanne>a</spanne>",
            {"lost": ["</span>", "<span>"], "invented": ["</spanne>", "<spanne>"]},
        ),
        ("bir", "1 < 2 and a<b, c>d <3", None),
        ("bir", "a <person@host> b", None),
    ],
)
def test_tags_are_counted_by_name(source: str, text: str, seen: dict[str, Any] | None):
    assert seen_in(Markup(), text, source) == seen
