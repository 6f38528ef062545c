"""`repetition`: loops, and what only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.checks import Repetition, look_at

from .looking import outputs_of, seen_in


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("I know " + "the end of " * 4, "the end of"),
        ("No, no, no, no, no, no.", "no"),
        ("No, no, no, no, no.", None),
        ("Hahahahaha, la la la la la", None),
        ("ba" * 8, "ba"),
        ("a very very very good day", None),
        ("der Schr" + "auben" * 5, "auben"),
        ("1 1 1 1 1 1", None),
        ("0000000000000000", None),
        ("", None),
    ],
)
def test_loops_are_named(text: str, seen: str | None):
    assert seen_in(Repetition(), text) == seen


def test_a_loop_of_the_source_may_be_followed():
    chinese = "世界" + "非常" * 8 + "大"
    assert seen_in(Repetition(), chinese, "The world is very, very, very, very big.") is None
    assert seen_in(Repetition(), "ha ha ha ha ha", "he he he he he") is None


def test_loops_laid_among_people_s_words_are_named_and_nothing_else(shared_data: Path):
    folder = shared_data / "mtme" / "wmt23"
    read = [
        (folder / name).read_text("utf-8").split("\n")[:-1]
        for name in ("sources/en-de.txt", "references/en-de.refA.txt")
    ]
    sources, people = read
    laid = list(people)
    for row in range(0, len(laid), 50):
        laid[row] += " und so weiter" * 5
    references = [(text,) for text in people]
    made = look_at(Repetition(), outputs_of(laid, sources, references, source="en", target="de"))
    assert made is not None
    assert made.rate.segment_ids == tuple(str(row + 1) for row in range(0, len(laid), 50))
    assert made.rate.reference_counts == {"A": 0}
