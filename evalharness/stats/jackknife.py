"""What each unit contributes to a score, and so how uncertain a difference of two scores is.

Leaving out one unit at a time makes any metric's score nearly a mean of contributions (Tukey's
pseudo-values; Efron and Stein, 1981). It needs no random numbers: a gate that decides by it
decides the same every time. Where units are documents it is the cluster jackknife, which with
Student's t of one degree of freedom less than there are clusters is the most reliable choice for
few clusters (MacKinnon, Nielsen and Webb, 2023, "Fast and reliable jackknife and bootstrap methods
for cluster-robust inference").
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from evalharness.stats.bootstrap import Array, Corpus


class PairedDifference(NamedTuple):
    """The difference of two systems' scores on the same units, in the unit of the score.

    Attributes:
        difference: The first system's score minus the second's.
        standard_error: The jackknife's estimate of its standard deviation over test sets of as
            many units.
        skewness: The skewness of the units' contributions to the difference; 0 where all are equal.
        freedom: The degrees of freedom of the standard error: one less than there are units, and
            fewer where a few units make up most of the difference, as when two versions of a
            system agree on most segments.
        units: How many units (segments or documents) were scored.
    """

    difference: float
    standard_error: float
    skewness: float
    freedom: float
    units: int

    def gain(self, higher_is_better: bool) -> PairedDifference:
        """Returns the difference signed so that above 0 the first system is the better one."""
        if higher_is_better:
            return self
        return self._replace(difference=-self.difference, skewness=-self.skewness)


def contributions(statistics: Array, corpus: Corpus) -> Array:
    """Returns what each unit contributes to the score beyond the average unit.

    For a mean it is the unit's value minus the mean.

    Args:
        statistics: Additive statistics, of shape (n_units, k), of at least two units.
        corpus: Scores sums of statistics (..., k) as (...).

    Returns:
        The contributions, of shape (n_units,), in the unit of the score.

    Raises:
        ValueError: There are fewer than two units.
    """
    units = len(statistics)
    if units < 2:
        raise ValueError(f"{units} units tell nothing about how they vary")
    left_out = corpus(statistics.sum(axis=0) - statistics)
    beyond: Array = (units - 1) * (left_out.mean() - left_out)
    return beyond


def paired_difference(first: Array, second: Array, corpus: Corpus) -> PairedDifference:
    """Compares two systems on the same units.

    Args:
        first: Additive statistics of one system, of shape (n_units, k), at least two units.
        second: Those of the other, on the same units.
        corpus: Scores sums of statistics (..., k) as (...).

    Raises:
        ValueError: There are fewer than two units.
    """
    difference = float(corpus(first.sum(axis=0)) - corpus(second.sum(axis=0)))
    deviations = contributions(first, corpus) - contributions(second, corpus)
    return summarize(difference, deviations)


def summarize(difference: float, deviations: Array) -> PairedDifference:
    """Describes a difference by the units' contributions to it, (n_units,), which average 0."""
    units = len(deviations)
    spread = math.sqrt(np.mean(deviations**2))
    if spread == 0:
        return PairedDifference(difference, 0.0, 0.0, units - 1, units)
    scaled = deviations / spread
    # Satterthwaite's (1946): a variance estimated from n contributions of kurtosis 3 varies like
    # one of about n degrees of freedom, and so for any other kurtosis.
    varies = float(np.mean(scaled**4)) - 1
    return PairedDifference(
        difference,
        standard_error=spread / math.sqrt(units - 1),
        skewness=float(np.mean(scaled**3)),
        freedom=min(units - 1, 2 * units / varies) if varies > 0 else units - 1,
        units=units,
    )
