"""How many randomization trials a family of tests takes, and where its p-values end."""

from __future__ import annotations

import math

TRIALS = 10_000
"""As many as sacreBLEU makes; never fewer."""

MOST_TRIALS = 1_000_000
"""More take minutes, and tell nothing more."""

_PER_TEST = 20


def fewest_trials(tests: int, alpha: float) -> int:
    """Returns how many trials it takes until Holm's correction of so many tests can reject any.

    No p-value comes out below 1 / (trials + 1), and the correction multiplies the smallest by the
    number of tests: with 1000 trials, a family of 51 is never significant at 0.05.
    """
    return math.ceil(tests / alpha) - 1


def usual_trials(tests: int, alpha: float) -> int:
    """Returns how many trials to make for a family of so many tests.

    With as few as `fewest_trials`, the smallest p-value is found by not a single exceeding trial:
    a true p-value of half the level that it is held to is then found in 61 % of cases only (the
    binomial chance of no success in 1 / level trials of half of it). With 20 times as many it is
    found in more than 99 %.

    Args:
        tests: How many tests the correction is for.
        alpha: The level of the family.

    Returns:
        20 tests / alpha, at least `TRIALS` and at most `MOST_TRIALS`.
    """
    return min(MOST_TRIALS, max(TRIALS, math.ceil(_PER_TEST * tests / alpha)))


def all_swaps(units: int, trials: int) -> int | None:
    """Returns in how many ways units can be swapped, where so few trials make all of them.

    Args:
        units: How many units there are.
        trials: How many trials there may be, besides the real difference.

    Returns:
        2 ** units - 1, the real difference not counted; `None` where that is more than `trials`.
    """
    if units > trials.bit_length():
        return None
    swaps = 2**units - 1
    return swaps if swaps <= trials else None


def smallest_p_value(trials: int, units: int) -> float:
    """Returns the smallest p-value that randomization can give, before any correction.

    Args:
        trials: How many trials it makes.
        units: How many units the systems differ on at most. They can be swapped in 2 ** units
            ways, of which two are the real difference, turned round or not: the p-value of the
            exact test is at least 2 / 2 ** units.
    """
    return max(1 / (trials + 1), 2.0 ** (1 - units))


def is_at_floor(p_value: float, trials: int) -> bool:
    """Whether no trial exceeded the real difference: the p-value says "less than" and not "is".

    Args:
        p_value: Not corrected.
        trials: How many trials gave it.
    """
    return p_value * (trials + 1) < 1.5  # one is the real difference itself


def upper_figure(p_value: float) -> float:
    """Rounds a p-value up to what can be printed behind a `<`.

    Args:
        p_value: From above 0 to 1, corrected where it is printed so.

    Returns:
        The p-value, rounded up to the third decimal, and to one significant figure where that is
        finer: 0.0066 gives 0.007, 0.0123 gives 0.013, 0.00041 gives 0.0005.
    """
    decimals = max(3, math.ceil(-math.log10(p_value)))
    scale = 10.0**decimals
    return math.ceil(p_value * scale - 1e-9) / scale
