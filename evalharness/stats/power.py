"""Which difference a test set of a given size can show: too few data do not mean equality."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from statistics import NormalDist

from evalharness.stats.jackknife import PairedDifference
from evalharness.stats.passes import PassNoise, widened_difference
from evalharness.stats.student import student_quantile

_MANY = 100_000
"""From here on Student's t is the normal distribution."""

_MOST = 10**12


def minimum_detectable_difference(
    standard_error: float,
    freedom: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: int = 2,
) -> float:
    """Returns how far two systems must truly differ for a test to find it with a given power.

    Bloom (1995), "Minimum Detectable Effects": the standard error of the difference times the sum
    of Student's quantiles for alpha and for the power; 2.80 standard errors where units are many.

    Args:
        standard_error: The standard error of the difference (`PairedDifference.standard_error`).
        freedom: Its degrees of freedom: one less than there are units (segments or documents), or
            `PairedDifference.freedom`.
        alpha: How often the test may find a difference where there is none.
        power: How often it shall find one where there is one.
        sides: 2 for a test in both directions, 1 in one direction only.

    Returns:
        The difference, in the unit of the score.
    """
    needed = student_quantile(1 - alpha / sides, freedom) + student_quantile(power, freedom)
    return needed * standard_error


def units_to_detect(
    difference: float,
    standard_error: float,
    units: int,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: int = 2,
    noise: Sequence[PassNoise | None] = (),
) -> float:
    """Returns how many units it takes to find a difference, the inverse of the above.

    The standard error falls with the square root of the number of units. What whole passes of a
    system that samples differ by does not: more units do not lower it.

    Args:
        difference: The true difference, in the unit of the score; its sign does not matter.
        standard_error: The standard error of the difference on `units` units.
        units: How many units that was.
        alpha: How often the test may find a difference where there is none.
        power: How often it shall find one where there is one.
        sides: 2 for a test in both directions, 1 in one direction only.
        noise: How the passes of the systems vary; `None` for one that was run once. The standard
            error does not hold it.

    Returns:
        A whole number, at least 2; infinity where there is no difference to find, or none that a
        trillion units would show.
    """

    def found(count: int) -> bool:
        error = standard_error * math.sqrt(units / count)
        alone = PairedDifference(0.0, error, 0.0, count - 1, count)
        wider = widened_difference(alone, [one and one.on(count) for one in noise])
        smallest = minimum_detectable_difference(
            wider.standard_error, wider.freedom, alpha=alpha, power=power, sides=sides
        )
        return smallest <= abs(difference)

    if difference == 0:
        return math.inf
    normal = NormalDist().inv_cdf(1 - alpha / sides) + NormalDist().inv_cdf(power)
    errors = normal * standard_error / abs(difference)
    if units * errors * errors > _MOST:
        return math.inf
    fewest = max(2, math.ceil(units * errors**2))
    varies = any(one is not None and one.variance > 0 for one in noise)
    if fewest > _MANY and not varies:
        return fewest
    most = fewest
    while not found(most):
        if most > _MOST:
            return math.inf
        most *= 2
    return fewest + bisect_left(range(fewest, most), True, key=found)
