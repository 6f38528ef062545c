"""Whether counts are higher on one side: the exact test that exchanges the sides of each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import Array


def exchange_p_value(differences: Sequence[int] | npt.ArrayLike) -> float:
    """Returns how often as large a sum of differences comes about if the sides mean nothing.

    If both sides are alike, the sides of a unit can be exchanged, and its difference can have
    either sign with the same probability. The distribution of the sum over all exchanges is the
    convolution of the units' distributions; none is drawn at random. Of units that differ by 1 at
    most it is McNemar's exact one-sided test.

    It is exact but for rounding: only positive numbers are added, so that nothing cancels out, and
    the relative error is below 1e-9. Probabilities below 1e-300 may come out as 0.

    Args:
        differences: The count of the first side minus that of the second for each unit, whole
            numbers, of shape (n_units,). Units without a difference change nothing.

    Returns:
        The probability of a sum that is as large or larger; 1 where no unit differs.
    """
    counts = np.asarray(differences, dtype=np.int64)
    counts = counts[counts != 0]
    sizes = Counter(np.abs(counts).tolist())
    distribution: Array = np.ones(1)
    for size in sorted(sizes):
        distribution = _with_signs(distribution, size, _halves(sizes[size]))
    # Entry s is the probability that the units whose difference is above 0 have the sum s.
    positive = int(counts[counts > 0].sum())
    return min(1.0, float(distribution[positive:].sum()))


def _halves(count: int) -> Array:
    """The probabilities of 0, 1, ..., `count` heads of a fair coin."""
    steps = np.arange(1, count + 1)
    logarithms = np.concatenate([[0.0], np.cumsum(np.log((count - steps + 1) / steps))])
    chances: Array = np.exp(logarithms - count * np.log(2))
    return chances


def _with_signs(distribution: Array, size: int, heads: Array) -> Array:
    """Adds the units of one size: sums in steps of `size`, one residue after the other."""
    total = np.zeros(len(distribution) + size * (len(heads) - 1))
    for residue in range(min(size, len(distribution))):
        part = distribution[residue::size]
        made = np.convolve(part, heads)
        total[residue : residue + size * len(made) : size] += made
    return total
