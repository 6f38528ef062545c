"""Exact statistics of rates: how often something happens that either happens or does not."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import NamedTuple

from evalharness.stats.bootstrap import Interval
from evalharness.stats.noninferiority import NonInferiority

_MOST_UNITS = 10**9


def clopper_pearson(count: int, total: int, level: float = 0.95) -> Interval:
    """Returns the exact two-sided interval of a rate.

    Clopper and Pearson (1934), "The Use of Confidence or Fiducial Limits Illustrated in the Case of
    the Binomial". It covers the true rate at least as often as it says.

    Args:
        count: How often it happened.
        total: How often it could have.
        level: How often the interval is to hold the true rate.

    Returns:
        The interval, from 0 to 1 where nothing could have happened.

    Raises:
        ValueError: The count is not from 0 to the total.
    """
    tail = (1 - level) / 2
    return Interval(lower_bound(count, total, tail), upper_bound(count, total, tail))


def lower_bound(count: int, total: int, tail: float) -> float:
    """Returns the rate at which so many or more happen with the probability `tail`; 0 of none."""
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total}")
    if count == 0:
        return 0.0
    if count == total:
        return float(tail ** (1 / total))
    from scipy.special import betaincinv  # a third of a second, which most runs do not need

    return float(betaincinv(count, total - count + 1, tail))


def upper_bound(count: int, total: int, tail: float) -> float:
    """Returns the rate at which so many or fewer happen with the probability `tail`; 1 of all."""
    return 1 - lower_bound(total - count, total, tail)


class Flags(NamedTuple):
    """How often something happened to a candidate on units that a baseline was looked at on, too.

    Attributes:
        newly: To the candidate, and not to the baseline.
        gone: To the baseline, and not to the candidate.
        units: How many units both were looked at on, at least one.
    """

    newly: int
    gone: int
    units: int


def rate_change(flags: Flags, margin: float) -> NonInferiority:
    """Tests a candidate's rate less the baseline's against a margin; lower is better.

    The difference of the rates is the rate of units that are newly flagged less the rate of those
    that are no longer. So the first alone bounds it from above: `p_not_worse` tests that the first
    is the margin or more (Clopper and Pearson's bound, as a test), and errs on the safe side where
    flags go. `p_worse` has exact bounds of both rates, at half of the level each, and `p_better` is
    the exact sign test of the units that changed.

    Args:
        flags: What changed.
        margin: How much higher the rate may be, above 0 and below 1.
    """
    from scipy.special import bdtr

    newly, gone, units = flags
    better = float(bdtr(newly, newly + gone, 0.5)) if newly + gone else 1.0
    return NonInferiority(float(bdtr(newly, units, margin)), _p_higher(flags, margin), better)


def change_bounds(flags: Flags, low_level: float, high_level: float) -> Interval:
    """Returns the gains that `rate_change` does not rule out: minus the difference of the rates."""
    return Interval(
        -upper_bound(flags.newly, flags.units, low_level), -_least_change(flags, high_level)
    )


def rate_limit(count: int, units: int, most: float) -> NonInferiority:
    """Tests a rate against the highest that is allowed, exactly; nothing shows an improvement.

    Args:
        count: How many units were flagged.
        units: How many there are, at least one.
        most: The highest rate that is allowed, above 0 and below 1.
    """
    from scipy.special import bdtr, bdtrc

    higher = float(bdtrc(count - 1, units, most)) if count else 1.0
    return NonInferiority(float(bdtr(count, units, most)), higher, 1.0)


def limit_bounds(count: int, units: int, low_level: float, high_level: float) -> Interval:
    """Returns minus the rates that `rate_limit` does not rule out."""
    return Interval(-upper_bound(count, units, low_level), -lower_bound(count, units, high_level))


def units_to_show(rate: float, most: float, level: float, power: float) -> float:
    """Returns on how many units a low rate is shown to be below a bound, by the exact test.

    The test passes `count` flagged units of n where that many or fewer have a probability of at
    most `level` under the bound. With the number of units that is returned, and with any larger
    one, it passes at least as often as `power` says. No square root law holds: with a true rate of
    0 it is about 3 / bound at a level of 0.05.

    Args:
        rate: The true rate.
        most: The bound, above 0 and below 1.
        level: The level of the test.
        power: How often it shall pass.

    Returns:
        A whole number; infinity where the rate is not below the bound, or so close to it that a
        billion units would not do.
    """
    from scipy.special import bdtr

    def fewest(count: int) -> int:
        """The smallest number of units of which so many flagged ones pass."""
        units = range(count + 1, _MOST_UNITS)
        return units[0] + bisect_left(
            units, True, key=lambda total: bool(bdtr(count, total, most) <= level)
        )

    def passes(count: int) -> bool:
        # Just before one more flagged unit is let pass, passing is rarest.
        return bool(bdtr(count, fewest(count + 1) - 1, rate) >= power)

    if rate >= most:
        return math.inf
    highest = 1
    while not passes(highest):
        highest *= 2
        if fewest(highest) >= _MOST_UNITS:
            return math.inf
    return fewest(bisect_left(range(highest), True, key=passes))


def _least_change(flags: Flags, level: float) -> float:
    least = lower_bound(flags.newly, flags.units, level / 2)
    return least - upper_bound(flags.gone, flags.units, level / 2)


def _p_higher(flags: Flags, margin: float) -> float:
    """The smallest level at which the least difference is above the margin, by bisection."""
    low, high = 0.0, 1.0
    if _least_change(flags, high) <= margin:
        return 1.0
    while low < (middle := (low + high) / 2) < high:
        if middle > 0 and _least_change(flags, middle) > margin:
            high = middle
        else:
            low = middle
    return high
