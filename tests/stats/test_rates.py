"""Tests of rates against scipy's exact ones, and their level by enumeration."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, multinomial

from evalharness.stats.rates import (
    Flags,
    change_bounds,
    limit_bounds,
    rate_change,
    rate_limit,
    units_to_show,
)

LEVEL = 0.05
RATES = st.floats(0.001, 0.5)


@st.composite
def counts(draw: st.DrawFn) -> Flags:
    units = draw(st.integers(1, 500))
    newly = draw(st.integers(0, units))
    return Flags(newly, draw(st.integers(0, units - newly)), units)


@given(counts(), RATES)
def test_newly_flagged_units_are_tested_as_scipys_binomial_test_does(flags: Flags, margin: float):
    test = rate_change(flags, margin)
    theirs = binomtest(flags.newly, flags.units, margin, alternative="less")
    assert test.p_not_worse == pytest.approx(theirs.pvalue, abs=1e-12)
    bound = theirs.proportion_ci(1 - LEVEL, method="exact").high
    assert change_bounds(flags, LEVEL, LEVEL).low == pytest.approx(-bound, abs=1e-9)


@given(counts(), RATES)
def test_a_limit_is_tested_as_scipys_binomial_test_does(flags: Flags, most: float):
    count, _, units = flags
    test = rate_limit(count, units, most)
    for p_value, side in ((test.p_not_worse, "less"), (test.p_worse, "greater")):
        theirs = binomtest(count, units, most, alternative=side)
        assert p_value == pytest.approx(theirs.pvalue, abs=1e-12)
    low, high = limit_bounds(count, units, LEVEL, LEVEL)
    less = binomtest(count, units, alternative="less").proportion_ci(1 - LEVEL, "exact")
    greater = binomtest(count, units, alternative="greater").proportion_ci(1 - LEVEL, "exact")
    assert (-low, -high) == pytest.approx((less.high, greater.low), abs=1e-9)


@given(counts())
def test_an_improvement_is_tested_as_the_sign_test_does(flags: Flags):
    changed = flags.newly + flags.gone
    expected = binomtest(flags.newly, changed, alternative="less").pvalue if changed else 1
    assert rate_change(flags, 0.1).p_better == pytest.approx(expected, abs=1e-12)


@given(counts(), RATES, st.floats(0.001, 0.4))
def test_bounds_and_p_values_never_disagree(flags: Flags, margin: float, level: float):
    for test, bounds in (
        (rate_change(flags, margin), change_bounds(flags, level, level)),
        (
            rate_limit(flags.newly, flags.units, margin),
            limit_bounds(flags.newly, flags.units, level, level),
        ),
    ):
        if abs(test.p_not_worse - level) > 1e-9:
            assert (test.p_not_worse < level) == (bounds.low > -margin)
        if abs(test.p_worse - level) > 1e-9:
            assert (test.p_worse < level) == (bounds.high < -margin)


@pytest.mark.parametrize("margin", [0.02, 0.1])
@pytest.mark.parametrize("gone", [0.0, 0.1, 0.3])
def test_the_level_is_kept(margin: float, gone: float):
    """All outcomes of 25 units are enumerated where the true difference is just the margin."""
    units, newly = 25, margin + gone
    wrong = {"p_not_worse": 0.0, "p_worse": 0.0}
    for k in range(units + 1):
        for g in range(units - k + 1):
            chance = multinomial.pmf([k, g, units - k - g], units, [newly, gone, 1 - newly - gone])
            test = rate_change(Flags(k, g, units), margin)
            for name in wrong:
                wrong[name] += chance * (getattr(test, name) <= LEVEL)
    assert all(share <= LEVEL for share in wrong.values()), wrong


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.3])
def test_the_level_of_a_limit_is_kept(rate: float):
    units = 60
    tests = [rate_limit(k, units, rate) for k in range(units + 1)]
    chances = binom.pmf(range(units + 1), units, rate)
    for name in ("p_not_worse", "p_worse"):
        rejected = [getattr(test, name) <= LEVEL for test in tests]
        assert sum(chances[rejected]) <= LEVEL


@settings(max_examples=40, deadline=None)
@given(st.floats(0.002, 0.3), st.floats(0, 0.8), st.sampled_from([0.01, 0.05, 0.2]))
def test_so_many_units_show_a_low_rate_as_often_as_was_asked(
    most: float, share: float, level: float
):
    needed = units_to_show(share * most, most, level, 0.8)
    for units in (needed, needed + 1, 1.3 * needed):
        total = math.floor(units)
        passing = binom.ppf(level, total, most) - 1
        if binom.cdf(passing + 1, total, most) <= level:
            passing += 1
        assert binom.cdf(passing, total, share * most) >= 0.8


def test_of_a_system_without_flags_it_takes_the_rule_of_three():
    # none of n shows a rate below 1 % where 0.99 ** n <= 0.05
    assert units_to_show(0.0, 0.01, 0.05, 0.8) == math.ceil(math.log(0.05) / math.log(0.99)) == 299


@pytest.mark.parametrize("rate", [0.01, 0.03])
def test_no_number_of_units_shows_what_is_not_true(rate: float):
    assert units_to_show(rate, 0.01, 0.05, 0.8) == math.inf
