"""The smallest difference that a test set can show, and how many units it takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalharness.stats import PassNoise, minimum_detectable_difference, units_to_detect


def test_textbook_multipliers():
    # 1.96 + 0.84 and 1.64 + 0.84 where units are many; Bloom (1995) for few
    assert minimum_detectable_difference(1, 10**6) == pytest.approx(2.8016, abs=1e-3)
    assert minimum_detectable_difference(1, 10**6, sides=1) == pytest.approx(2.4865, abs=1e-3)
    few = stats.t.ppf(0.975, 9) + stats.t.ppf(0.8, 9)
    assert minimum_detectable_difference(0.5, 9) == pytest.approx(0.5 * few)


def test_half_the_difference_takes_four_times_the_units():
    many = units_to_detect(0.2, 0.5, 1000)
    assert many == pytest.approx(1000 * (2.8016 * 0.5 / 0.2) ** 2, rel=1e-3)
    assert units_to_detect(-0.1, 0.5, 1000) == pytest.approx(4 * many, rel=1e-3)


@given(
    st.floats(0.01, 5),
    st.floats(0.01, 5),
    st.integers(2, 3000),
    st.sampled_from([0.01, 0.05]),
    st.sampled_from([1, 2]),
)
@settings(max_examples=40)
def test_the_number_of_units_is_the_smallest_that_is_enough(
    difference: float, error: float, units: int, alpha: float, sides: int
):
    needed = int(units_to_detect(difference, error, units, alpha=alpha, sides=sides))

    def smallest(count: int) -> float:
        scaled = error * math.sqrt(units / count)
        return minimum_detectable_difference(scaled, count - 1, alpha=alpha, sides=sides)

    assert smallest(needed) <= difference * (1 + 1e-4)  # the normal distribution's where many
    assert needed == 2 or smallest(needed - 1) > difference


def test_nothing_to_find_and_nothing_in_the_way():
    assert units_to_detect(0, 0.5, 100) == math.inf
    assert units_to_detect(0, 0, 100) == math.inf
    assert units_to_detect(0.1, 0, 100) == 2
    assert units_to_detect(1e-17, 0.5, 100) == math.inf
    assert units_to_detect(5e-324, 0.5, 100) == math.inf


def test_more_units_do_not_lower_what_passes_share():
    # passes that move the mean by a standard error of 0.1: no test finds less than 2.49 of these
    noise = PassNoise(between=0.01, residual=0.0, units=100, passes=3)
    assert units_to_detect(0.248, 0.5, 100, sides=1) < 10_000
    assert units_to_detect(0.248, 0.5, 100, sides=1, noise=[noise, None]) == math.inf
    without = units_to_detect(0.5, 0.5, 100, sides=1)
    assert without < units_to_detect(0.5, 0.5, 100, sides=1, noise=[noise, None]) < math.inf


def test_draws_for_each_unit_alone_cost_no_more_units():
    noise = PassNoise(between=0.01, residual=0.02, units=100, passes=3)
    assert units_to_detect(0.2, 0.5, 100, noise=[noise]) == units_to_detect(0.2, 0.5, 100)
