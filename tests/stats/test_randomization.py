"""Approximate randomization against scipy's permutation test and its own identities."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from evalharness.stats import all_pairs, fewest_trials, holm, randomization, randomization_p_values


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[..., 0] / totals[..., 1]


def table(*systems: np.ndarray) -> np.ndarray:
    """The statistics of metrics that are means: (value, 1)."""
    return np.stack([np.column_stack([values, np.ones(len(values))]) for values in systems])


def scores(seed: int, units: int, shift: float) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    common = generator.normal(0, 1, units)
    return [common + generator.normal(0, 0.7, units) + step * shift for step in range(3)]


@pytest.mark.parametrize(("units", "shift"), [(9, 0.4), (60, 0.1), (300, 0.04)])
def test_p_values_of_means_are_those_of_scipys_permutation_test(units: int, shift: float):
    systems = scores(3, units, shift)
    ours = randomization_p_values(table(*systems), mean, 10_000, seed=1)
    for (first, second), p_value in zip(all_pairs(3), ours, strict=True):
        theirs = permutation_test(
            (systems[first], systems[second]),
            lambda a, b, axis: a.mean(axis) - b.mean(axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=10_000,
            random_state=2,
        ).pvalue  # exact where there are few units
        error = np.sqrt(2 * max(theirs * (1 - theirs), 1e-4) / 10_000)
        assert p_value == pytest.approx(theirs, abs=4 * error)


@pytest.mark.parametrize("units", [2, 6, 9, 13])
def test_p_values_of_few_units_are_exact_whatever_the_seed(units: int):
    systems = scores(units, units, 0.5)
    for (first, second), *ours in zip(
        all_pairs(3),
        *(randomization_p_values(table(*systems), mean, 10_000, seed=seed) for seed in (1, 2)),
        strict=True,
    ):
        theirs = permutation_test(
            (systems[first], systems[second]),
            lambda a, b, axis: a.mean(axis) - b.mean(axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=np.inf,
        ).pvalue
        assert ours == pytest.approx([theirs, theirs], abs=1e-12)


def test_ties_count_as_in_the_exact_test():
    # few different values: most of the 2 ** 8 swaps give a difference that others give, too
    first = np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.7, 0.1])
    second = np.array([0.2, 0.1, 0.1, 0.1, 0.3, 0.2, 0.1, 0.2])
    steps = np.rint(10 * (first - second)).astype(int)
    sums = [abs(int(np.dot(signs, steps))) for signs in product((-1, 1), repeat=8)]
    exact = np.mean([size >= abs(steps.sum()) for size in sums])
    ours = randomization_p_values(table(first, second), mean, 20_000, seed=4)[0]
    assert ours == pytest.approx(exact, abs=1e-12)


values = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=1, max_size=12).map(
    lambda rows: np.array(rows, dtype=float).T
)


@given(values)
@settings(max_examples=30)
def test_a_system_does_not_differ_from_itself_nor_the_order_matter(rows: np.ndarray):
    one, other = rows
    own, there, back = randomization_p_values(
        table(one, other, one), mean, 99, seed=5, pairs=[(0, 2), (0, 1), (1, 0)]
    )
    assert own == 1
    assert there == back


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch):
    rows = table(*scores(8, 37, 0.1))
    whole = randomization_p_values(rows, mean, 500, seed=9)
    monkeypatch.setattr(randomization, "_CELLS_PER_BLOCK", 1)
    np.testing.assert_array_equal(randomization_p_values(rows, mean, 500, seed=9), whole)


def test_pairs_asked_for_get_the_same_answer_as_among_all():
    rows = table(*scores(1, 40, 0.2))
    some = randomization_p_values(rows, mean, 300, seed=0, pairs=[(1, 2), (0, 1)])
    every = dict(zip(all_pairs(3), randomization_p_values(rows, mean, 300, seed=0), strict=True))
    assert some.tolist() == [every[1, 2], every[0, 1]]


@pytest.mark.parametrize("tests", [1, 21, 63, 1225])
def test_fewest_trials_are_just_enough_for_the_correction(tests: int):
    trials = fewest_trials(tests, 0.05)
    family = np.ones(tests)
    family[0] = 1 / (trials + 1)
    assert holm(family)[0] <= 0.05
    family[0] = 1 / trials
    assert holm(family)[0] > 0.05
