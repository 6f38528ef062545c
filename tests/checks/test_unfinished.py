"""`unfinished`: what the system says about its hypothesis, and nothing else."""

from __future__ import annotations

from evalharness.checks import Unfinished, look_at

from .looking import outputs_of


def test_the_systems_word_counts_and_references_are_not_looked_at():
    made = look_at(
        Unfinished(),
        outputs_of(
            ["cut o", "whole.", "cut aga", None],
            observations=[{"unfinished": True}, {"truncated": True}, {"unfinished": True}, {}],
        ),
    )
    assert made is not None
    assert (made.rate.count, made.rate.applicable) == (2, 3)
    assert made.rate.segment_ids == ("1", "3")
    assert made.seen == {0: True, 2: True}
    assert made.rate.reference_counts == {}


def test_of_a_system_that_says_nothing_none_is_seen():
    made = look_at(Unfinished(), outputs_of(["cut o", "who"]))
    assert made is not None
    assert (made.rate.count, made.rate.applicable) == (0, 2)
