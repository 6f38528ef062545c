"""The exchange test against McNemar's of scipy, and against all exchanges one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evalharness.stats.exchange import exchange_p_value


@pytest.mark.parametrize(
    ("newly", "gone"), [(1, 0), (0, 3), (7, 0), (12, 5), (162, 0), (300, 260), (5000, 4800)]
)
def test_of_segments_it_is_mcnemars_exact_test(newly: int, gone: int):
    expected = binomtest(newly, newly + gone, alternative="greater").pvalue
    found = exchange_p_value([1] * newly + [-1] * gone + [0] * 50)
    assert found == pytest.approx(expected, rel=1e-8)


@given(st.lists(st.integers(-6, 6), min_size=1, max_size=9))
def test_it_counts_all_exchanges(differences: list[int]):
    total = sum(differences)
    signs = product((1, -1), repeat=len(differences))
    sums = [sum(s * d for s, d in zip(one, differences, strict=True)) for one in signs]
    expected = np.mean([one >= total for one in sums])
    assert exchange_p_value(differences) == pytest.approx(expected, rel=1e-12)


def test_nothing_that_differs_shows_nothing():
    assert exchange_p_value([]) == exchange_p_value([0, 0]) == 1.0


@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_it_errs_at_most_as_often_as_alpha_says(alpha: float):
    """Over all exchanges of units of unequal counts, p <= alpha in at most alpha of them."""
    sizes = [1, 1, 1, 2, 2, 3, 5, 8, 1, 4]
    p_values = [
        exchange_p_value([s * d for s, d in zip(signs, sizes, strict=True)])
        for signs in product((1, -1), repeat=len(sizes))
    ]
    assert 0 < np.mean([p <= alpha for p in p_values]) <= alpha
