"""Student's t: the figures of printed tables, and what holds of every such distribution."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalharness.stats.student import student_quantile, student_upper_tail

# Abramowitz and Stegun (1964), table 26.10; by degrees of freedom and probability.
TABLE = {
    (1, 0.95): 6.314,
    (1, 0.975): 12.706,
    (5, 0.975): 2.571,
    (9, 0.975): 2.262,
    (10, 0.95): 1.812,
    (10, 0.975): 2.228,
    (30, 0.975): 2.042,
    (30, 0.995): 2.750,
    (120, 0.975): 1.980,
}
freedom = st.integers(1, 50) | st.integers(1, 100_000)


@pytest.mark.parametrize(("case", "value"), TABLE.items())
def test_quantiles_are_those_of_the_printed_table(case: tuple[int, float], value: float):
    degrees, probability = case
    assert student_quantile(probability, degrees) == pytest.approx(value, abs=5e-4)
    assert student_upper_tail(value, degrees) == pytest.approx(1 - probability, abs=5e-5)


@given(st.floats(-60, 60))
def test_with_one_and_two_degrees_the_tail_has_a_closed_form(value: float):
    assert student_upper_tail(value, 1) == pytest.approx(
        0.5 - math.atan(value) / math.pi, abs=1e-12
    )
    closed = 0.5 - value / (2 * math.sqrt(2 + value * value))
    assert student_upper_tail(value, 2) == pytest.approx(closed, abs=1e-12)


@given(st.floats(0.0005, 0.9995), freedom)
def test_a_quantile_has_its_tail_and_a_mirror(probability: float, degrees: int):
    quantile = student_quantile(probability, degrees)
    assert student_upper_tail(quantile, degrees) == pytest.approx(1 - probability, rel=1e-8)
    assert student_quantile(1 - probability, degrees) == pytest.approx(
        -quantile, rel=1e-8, abs=1e-9
    )


def test_infinity_is_never_exceeded():
    assert student_upper_tail(math.inf, 3) == 0
    assert student_upper_tail(-math.inf, 3) == 1
