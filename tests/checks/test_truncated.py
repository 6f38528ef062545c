"""`truncated`: what the system says about its source, and nothing else."""

from __future__ import annotations

from evalharness.checks import Truncated, look_at

from .looking import outputs_of


def test_the_systems_word_counts_and_is_not_that_of_unfinished():
    said = [{"truncated": True}, {"unfinished": True}, {}]
    made = look_at(Truncated(), outputs_of(["one", "two", None], observations=said))
    assert made is not None
    assert (made.rate.count, made.rate.applicable) == (1, 2)
    assert made.rate.segment_ids == ("1",)
    assert made.rate.reference_counts == {}
