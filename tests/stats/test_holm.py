"""Holm's correction against published numbers, and against its definition by brute force."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats import holm

p_values = st.lists(st.floats(0, 1), min_size=1, max_size=7)


def test_the_steps_of_the_procedure_by_hand():
    # 0.01 x 4, 0.02 x 3, 0.03 x 2 (not below the step before), 0.04 x 1 (likewise)
    np.testing.assert_allclose(holm([0.04, 0.01, 0.03, 0.02]), [0.06, 0.04, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.6, 0.7]), [1, 1])


def test_the_example_of_wikipedia():
    # "Holm-Bonferroni method": of these four at 0.05, the first and the last are rejected
    adjusted = holm([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(adjusted, [0.03, 0.06, 0.06, 0.02])
    assert (adjusted <= 0.05).tolist() == [True, False, False, True]


@given(p_values)
def test_it_is_the_closure_of_bonferroni(values: list[float]):
    """A hypothesis is rejected if every set of hypotheses that holds it is, by Bonferroni."""
    count = len(values)
    expected = [
        max(
            min(1.0, size * min(values[i] for i in chosen))
            for size in range(1, count + 1)
            for chosen in combinations(range(count), size)
            if one in chosen
        )
        for one in range(count)
    ]
    np.testing.assert_allclose(holm(values), expected, rtol=1e-12)


@given(p_values, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_missing_answers_do_not_count(values, random):
    alone = dict(zip(values, holm(values), strict=True))
    mixed = [*values, math.nan, math.nan]
    random.shuffle(mixed)
    for raw, adjusted in zip(mixed, holm(mixed), strict=True):
        assert math.isnan(adjusted) if math.isnan(raw) else adjusted == alone[raw]


def test_a_family_of_none_or_one():
    assert holm([]).shape == (0,)
    assert holm([0.03]).tolist() == [0.03]
    assert np.isnan(holm([math.nan])).all()


@pytest.mark.parametrize("family", [1, 5, 40])
def test_some_true_hypothesis_falls_at_most_alpha_of_the_time(family: int):
    draws = np.random.default_rng(family).random((4000, family))
    wrong = sum(holm(row).min() <= 0.05 for row in draws)
    assert wrong / 4000 < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 4000)
