"""Student's t distribution, used instead of the normal distribution if there are few units."""

from __future__ import annotations

import math
from functools import lru_cache


def student_upper_tail(value: float, freedom: float) -> float:
    """Returns the probability that Student's t exceeds a value.

    Args:
        value: Any number, infinities included.
        freedom: The degrees of freedom, at least 1.
    """
    # Abramowitz and Stegun (1964), 26.7.1: twice the tail is an incomplete beta function.
    inside = freedom / (freedom + value * value)
    tail = _incomplete_beta(inside, freedom / 2, 0.5) / 2
    return tail if value >= 0 else 1 - tail


@lru_cache(maxsize=1024)
def student_quantile(probability: float, freedom: float) -> float:
    """Returns the value that Student's t stays below with a probability, by bisection.

    Args:
        probability: Strictly between 0 and 1.
        freedom: The degrees of freedom, at least 1.
    """
    if probability < 0.5:
        return -student_quantile(1 - probability, freedom)
    low, high = 0.0, 1.0
    while student_upper_tail(high, freedom) > 1 - probability:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if student_upper_tail(middle, freedom) > 1 - probability:
            low = middle
        else:
            high = middle
    return middle


def _incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function, by its continued fraction.

    Abramowitz and Stegun 26.5.8, evaluated by Lentz's method as in Press et al. (2007), Numerical
    Recipes, section 6.4; it takes about the square root of the larger parameter in steps.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(1 - x, b, a)
    numerator, denominator = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction, change, m = denominator, 0.0, 0
    while abs(change - 1) > 1e-15:
        m += 1
        even = m * (b - m) * x / ((a - 1 + 2 * m) * (a + 2 * m))
        denominator = 1 / (1 + even * denominator)
        numerator = 1 + even / numerator
        fraction *= denominator * numerator
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 1 + 2 * m))
        denominator = 1 / (1 + odd * denominator)
        numerator = 1 + odd / numerator
        change = denominator * numerator
        fraction *= change
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(scale + a * math.log(x) + b * math.log1p(-x)) * fraction / a
