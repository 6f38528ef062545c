"""What is resampled and swapped, and the intervals of few documents."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalharness.stats import contributions, find_units, interval_method, score_interval, summarize
from evalharness.stats.intervals import jackknife_interval


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[..., 0] / totals[..., 1]


def rows(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([], ("segment", 6, 6, False)),
        ([None] * 6, ("segment", 6, 6, False)),
        (["a"] * 6, ("segment", 6, 6, True)),
        (["a", "b", "c"] * 2, ("document", 3, 3, False)),
        (["a", "a", "a", "a", "b", "c"], ("document", 3, 36 / 18, False)),
        (["a", None, "b", "b", "b", "b"], ("segment", 6, 6, False)),
    ],
)
def test_documents_are_the_units_where_there_are_several(documents: list, expected: tuple):
    assert find_units(documents, 6) == expected


@pytest.mark.parametrize(
    ("documents", "too_few", "method"),
    [
        (2, True, "jackknife"),
        (5, True, "jackknife"),
        (6, False, "jackknife"),
        (9, False, "jackknife"),
        (10, False, "expanded"),
        (99, False, "expanded"),
        (100, False, "percentile"),
    ],
)
def test_few_documents_are_not_resampled_and_fewer_are_not_tested(
    documents: int, too_few: bool, method: str
):
    units = find_units([str(n) for n in range(documents)], documents)
    assert units.are_too_few is too_few
    assert interval_method(units) == method


@pytest.mark.parametrize("count", [2, 6, 9])
def test_the_interval_of_few_documents_is_the_textbooks(count: int):
    values = np.random.default_rng(count).normal(50, 10, count)
    units = find_units([str(n) for n in range(count)], count)
    found = score_interval(rows(values), mean, units, 1000, 1)
    half = stats.t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count)
    assert found == pytest.approx((values.mean() - half, values.mean() + half))


def test_the_interval_of_a_difference_is_that_of_the_paired_t_test():
    values = np.random.default_rng(4).normal(50, 10, (2, 7))
    parts = contributions(rows(values[0]), mean) - contributions(rows(values[1]), mean)
    found = jackknife_interval(summarize(float(values[0].mean() - values[1].mean()), parts), 0.9)
    expected = stats.ttest_rel(*values).confidence_interval(0.9)
    assert found == pytest.approx((expected.low, expected.high))
