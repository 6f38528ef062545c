"""Student's t against scipy's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalharness.stats.student import student_quantile, student_upper_tail

freedom = st.integers(1, 50) | st.integers(1, 100_000)


@given(st.floats(-60, 60), freedom)
def test_tail_is_scipys(value: float, degrees: int):
    theirs = stats.t.sf(value, degrees)
    near_the_middle = 1e-7 if abs(value) < 1 else 1e-300
    ours = student_upper_tail(value, degrees)
    assert ours == pytest.approx(theirs, rel=1e-8, abs=near_the_middle)


@given(st.floats(0.0005, 0.9995), freedom)
def test_quantile_is_scipys(probability: float, degrees: int):
    theirs = stats.t.ppf(probability, degrees)
    assert student_quantile(probability, degrees) == pytest.approx(theirs, rel=1e-8, abs=1e-9)


def test_infinity_is_never_exceeded():
    assert student_upper_tail(math.inf, 3) == 0
    assert student_upper_tail(-math.inf, 3) == 1
