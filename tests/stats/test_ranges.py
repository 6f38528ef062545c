"""Ranges of ranks: every order that agrees with what was shown lies inside them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats import all_pairs, pair_matrix, rank_ranges


def ranges(scores: list[float], different: set[tuple[int, int]], **options):
    pairs = all_pairs(len(scores))
    p_values = [0.01 if pair in different else 0.5 for pair in pairs]
    matrix = pair_matrix(p_values, pairs, len(scores))
    return rank_ranges(scores, matrix, **{"higher_is_better": True, **options})


def test_a_range_ends_where_differences_were_shown():
    # only the first is shown to be better than all; 1 is shown to be better than 3
    found = ranges([40, 30, 29, 28], {(0, 1), (0, 2), (0, 3), (1, 3)})
    assert [(one.low, one.high) for one in found] == [(1, 1), (2, 3), (2, 4), (3, 4)]
    assert [one.wins for one in found] == [3, 1, 0, 0]


def test_one_difference_among_many_is_not_hidden():
    """WMT22 en-ja: 11 of 13 systems shared a rank, though one was better than 9 of the others."""
    scores = [float(20 - n) for n in range(11)]
    found = ranges(scores, {(0, n) for n in range(2, 11)})
    assert [(one.low, one.high) for one in found] == [(1, 2), (1, 11)] + [(2, 11)] * 9


def test_ranges_are_widened_to_the_order_of_scores():
    # 2 has many ties, 1 was measured on the same segments with more noise: only 2 loses to 0
    found = ranges([40, 30, 35], {(0, 2)})
    assert [(one.low, one.high) for one in found] == [(1, 2), (1, 3), (1, 3)]
    # 3 beats 4 and 5, but 2, which is better than 3, beats none
    found = ranges([40, 30, 20, 15], {(2, 3)})
    assert [(one.low, one.high) for one in found] == [(1, 4), (1, 4), (1, 4), (2, 4)]


def test_order_of_input_and_direction_do_not_matter():
    found = ranges([28, 40, 30], {(0, 1), (1, 2)})
    assert [one.low for one in found] == [2, 1, 2]
    lower = ranges([28, 40, 30], {(0, 1), (1, 2)}, higher_is_better=False)
    assert [(one.low, one.high) for one in lower] == [(1, 2), (3, 3), (1, 2)]


def test_equal_scores_are_never_apart():
    assert ranges([5, 5], {(0, 1)}) == [(1, 2, 0), (1, 2, 0)]


def test_pairs_without_a_test_show_nothing():
    matrix = np.full((2, 2), np.nan)
    assert rank_ranges([2, 1], matrix, higher_is_better=True) == [(1, 2, 0), (1, 2, 0)]


def test_alone_and_nobody():
    assert ranges([3], set()) == [(1, 1, 0)]
    assert ranges([], set()) == []


@st.composite
def cases(draw) -> tuple[list[int], set[tuple[int, int]]]:
    scores = draw(st.lists(st.integers(0, 5), min_size=1, max_size=6))
    return scores, {pair for pair in all_pairs(len(scores)) if draw(st.booleans())}


@given(cases())
def test_every_order_that_agrees_with_what_was_shown_lies_in_the_ranges(case):
    scores, different = case
    found = ranges(scores, different)
    shown = [
        (a, b) if scores[a] > scores[b] else (b, a) for a, b in different if scores[a] != scores[b]
    ]
    for order in permutations(range(len(scores))):
        rank = {system: place for place, system in enumerate(order, 1)}
        if all(rank[better] < rank[worse] for better, worse in shown):
            assert all(one.low <= rank[at] <= one.high for at, one in enumerate(found))


@given(cases())
def test_ranges_are_the_narrowest_that_keep_the_order_of_scores(case):
    """A peer that widens one step at a time, from the ends of the table."""
    scores, different = case
    found = ranges(scores, different)
    beats = {
        (a, b)
        for one, other in different
        for a, b in ((one, other), (other, one))
        if scores[a] > scores[b]
    }
    systems = range(len(scores))
    low = [1 + sum((b, a) in beats for b in systems) for a in systems]
    high = [len(scores) - sum((a, b) in beats for b in systems) for a in systems]
    for _ in systems:
        for a in systems:
            for b in systems:
                if scores[a] >= scores[b]:
                    low[a], high[b] = min(low[a], low[b]), max(high[b], high[a])
    assert [(one.low, one.high) for one in found] == list(zip(low, high, strict=True))
    assert sum(one.wins for one in found) == len(beats)


@given(cases(), st.randoms())
def test_the_order_of_systems_does_not_matter(case, random):
    scores, different = case
    order = list(range(len(scores)))
    random.shuffle(order)
    moved = {tuple(sorted((order.index(a), order.index(b)))) for a, b in different}
    found = ranges(scores, different)
    assert ranges([scores[at] for at in order], moved) == [found[at] for at in order]


def test_values_of_other_pairs_are_missing():
    matrix = pair_matrix([0.2], [(2, 0)], 3)
    assert matrix[0, 2] == matrix[2, 0] == 0.2
    assert np.isnan(matrix).sum() == 7


def test_one_value_too_few():
    with pytest.raises(ValueError, match="shorter"):
        pair_matrix([0.2], [(0, 1), (0, 2)], 3)
