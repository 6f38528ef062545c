"""Non-inferiority against scipy's t test, and what it says at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from evalharness.stats import (
    PairedDifference,
    gain_bounds,
    non_inferiority,
    paired_difference,
)


def mean(totals: np.ndarray) -> np.ndarray:
    return totals[..., 0] / totals[..., 1]


def table(values: np.ndarray) -> np.ndarray:
    return np.column_stack([values, np.ones(len(values))])


def normal(units: int, shift: float) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(units)
    baseline = generator.normal(20, 5, units)
    return baseline + generator.normal(shift, 2, units), baseline


@pytest.mark.parametrize("units", [5, 40, 1000])
def test_a_mean_and_its_standard_error_are_those_of_the_textbook(units: int):
    candidate, baseline = normal(units, 0.3)
    found = paired_difference(table(candidate), table(baseline), mean)
    assert found.difference == pytest.approx((candidate - baseline).mean())
    assert found.standard_error == pytest.approx(stats.sem(candidate - baseline))
    assert found.skewness == pytest.approx(stats.skew(candidate - baseline))
    assert found.units == units
    assert 2 <= found.freedom <= units - 1


def test_where_few_units_differ_there_are_few_degrees_of_freedom():
    generator = np.random.default_rng(2)
    baseline = generator.normal(20, 5, 1000)
    same = generator.random(1000) > 0.02
    candidate = np.where(same, baseline, baseline + generator.choice([-1, 1], 1000))
    found = paired_difference(table(candidate), table(baseline), mean)
    assert found.freedom == pytest.approx(2 * np.count_nonzero(~same), rel=0.05)


def test_lower_is_better_turns_everything_round():
    candidate, baseline = normal(30, 0.3)
    found = paired_difference(table(candidate), table(baseline), mean)
    turned = paired_difference(table(-candidate), table(-baseline), mean)
    assert tuple(found.gain(False)) == pytest.approx(tuple(turned))
    assert found.gain(True) is found


def test_outputs_that_are_the_same_are_not_worse_and_not_better():
    candidate, _ = normal(30, 0)
    same = paired_difference(table(candidate), table(candidate), mean)
    assert non_inferiority(same, 0.1) == (0, 1, 1)
    assert non_inferiority(same, 0) == (1, 1, 1)


@pytest.mark.parametrize("skewness", [0, 0.5, -0.5, 4, -4])
@pytest.mark.parametrize("units", [5, 40, 1000])
def test_bounds_are_the_gains_at_which_the_test_turns(units: int, skewness: float):
    gain = PairedDifference(-0.4, 0.3, skewness, units / 2, units)
    low, high = gain_bounds(gain, 0.05, 0.01)
    assert low < -0.4 < high
    for step, turns in ((-1e-6, False), (1e-6, True)):
        at_low = gain._replace(difference=-0.4 - low - step)  # a test against 0 of what is left
        at_high = gain._replace(difference=-0.4 - high + step)
        assert (non_inferiority(at_low, 0).p_not_worse > 0.05) is turns
        assert (non_inferiority(at_high, 0).p_worse > 0.01) is turns


def test_bounds_without_skewness_are_those_of_the_textbook():
    gain = PairedDifference(-0.3, 0.4, 0, 29, 30)
    assert gain_bounds(gain, 0.05, 0.05) == pytest.approx(stats.t.interval(0.9, 29, -0.3, 0.4))


@pytest.mark.parametrize("margin", [-0.1, math.nan, math.inf])
def test_a_margin_that_is_none(margin: float):
    candidate, baseline = normal(30, 0)
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(paired_difference(table(candidate), table(baseline), mean), margin)


def test_one_unit_shows_nothing():
    with pytest.raises(ValueError, match="1 units"):
        paired_difference(np.ones((1, 2)), np.ones((1, 2)), mean)
