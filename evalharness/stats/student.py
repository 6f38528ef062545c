"""Student's t distribution, used instead of the normal distribution if there are few units."""

from __future__ import annotations


def student_upper_tail(value: float, freedom: float) -> float:
    """Returns the probability that Student's t exceeds a value.

    Args:
        value: Any number, infinities included.
        freedom: The degrees of freedom, at least 1.
    """
    from scipy.special import stdtr  # a third of a second, which most runs do not need

    return float(stdtr(freedom, -value))


def student_quantile(probability: float, freedom: float) -> float:
    """Returns the value that Student's t stays below with a probability.

    Args:
        probability: Strictly between 0 and 1.
        freedom: The degrees of freedom, at least 1.
    """
    from scipy.special import stdtrit

    return float(stdtrit(freedom, probability))
