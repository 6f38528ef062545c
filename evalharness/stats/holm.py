"""Holm's correction of a family of p-values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalharness.stats.bootstrap import Array


def holm(p_values: Sequence[float] | Array) -> Array:
    """Adjusts p-values so that the chance of any false rejection in the family stays at alpha.

    Holm (1979), "A Simple Sequentially Rejective Multiple Test Procedure": the smallest of m
    p-values is multiplied by m, the next by m - 1, and so on; none may come out below one before
    it. It asks nothing of how the tests depend on each other. Reject where the adjusted p-value is
    at most alpha.

    Args:
        p_values: One per question of the family, of shape (m,). NaN marks a question that has no
            answer; it stays NaN and does not count.

    Returns:
        The adjusted p-values, at most 1, of shape (m,), in the order given.
    """
    raw = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full_like(raw, np.nan)
    order = np.argsort(raw, kind="stable")[: np.count_nonzero(~np.isnan(raw))]  # NaN sorts last
    factors = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(raw[order] * factors))
    return adjusted
