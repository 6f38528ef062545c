"""Ranks in clusters: WMT's rule, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats import all_pairs, pair_matrix, rank_clusters


def standings(scores: list[float], different: set[tuple[int, int]], **options):
    pairs = all_pairs(len(scores))
    p_values = [0.01 if pair in different else 0.5 for pair in pairs]
    matrix = pair_matrix(p_values, pairs, len(scores))
    return rank_clusters(scores, matrix, **{"higher_is_better": True, **options})


def test_a_boundary_needs_every_system_above_to_beat_every_one_below():
    # 0 | 1 2 3: 1 beats 3, but 2 beats neither, so the three stay together
    found = standings([40, 30, 29, 28], {(0, 1), (0, 2), (0, 3), (1, 3)})
    assert [one.rank for one in found] == [1, 2, 2, 2]
    assert [one.wins for one in found] == [3, 1, 0, 0]
    assert [(one.best, one.worst) for one in found] == [(1, 1), (2, 3), (2, 4), (3, 4)]


def test_order_of_input_and_direction_do_not_matter():
    found = standings([28, 40, 30], {(0, 1), (1, 2)})
    assert [one.rank for one in found] == [2, 1, 2]
    lower = standings([28, 40, 30], {(0, 1), (1, 2)}, higher_is_better=False)
    assert [one.rank for one in lower] == [1, 3, 1]
    assert [one.wins for one in lower] == [1, 0, 1]


def test_equal_scores_are_never_apart():
    assert [one.rank for one in standings([5, 5], {(0, 1)})] == [1, 1]


def test_pairs_without_a_test_show_nothing():
    matrix = np.full((2, 2), np.nan)
    assert [one.rank for one in rank_clusters([2, 1], matrix, higher_is_better=True)] == [1, 1]


def test_alone():
    assert standings([3], set()) == [(1, 1, 1, 0)]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=7), st.data())
def test_ranks_lie_within_their_range_and_clusters_are_apart(scores, data):
    pairs = all_pairs(len(scores))
    different = {pair for pair in pairs if data.draw(st.booleans())}
    found = standings(scores, different)
    for a, one in enumerate(found):
        assert one.best <= one.worst
        assert one.rank <= one.best
        assert one.rank == 1 + sum(other.rank < one.rank for other in found)
        for b, other in enumerate(found):
            if one.rank < other.rank:
                assert scores[a] > scores[b]
                assert (min(a, b), max(a, b)) in different


def test_values_of_other_pairs_are_missing():
    matrix = pair_matrix([0.2], [(2, 0)], 3)
    assert matrix[0, 2] == matrix[2, 0] == 0.2
    assert np.isnan(matrix).sum() == 7


def test_one_value_too_few():
    with pytest.raises(ValueError, match="shorter"):
        pair_matrix([0.2], [(0, 1), (0, 2)], 3)
