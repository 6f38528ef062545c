"""The range of ranks that each system may have, given which differences were shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import Array


class Standing(NamedTuple):
    """Where one system may stand among others, 1 being the best rank.

    Attributes:
        low: The best rank that it may have.
        high: The worst rank that it may have; as large as `low` where its rank is shown.
        wins: How many systems it is significantly better than.
    """

    low: int
    high: int
    wins: int


def rank_ranges(
    scores: Sequence[float] | Array,
    p_values: Array,
    *,
    higher_is_better: bool,
    alpha: float = 0.05,
) -> list[Standing]:
    """Gives each system the range of ranks that the tests leave open.

    A system has at best the rank after all that are significantly better, and at worst the rank
    before all that it is significantly better than. These ranges hold together: where the
    p-values are corrected for all pairs, the chance that any true rank lies outside its range is
    at most alpha, since then some pair would have been found in the wrong order. (Al Mohamad,
    Goeman and van Zwet, 2022, "Simultaneous confidence intervals for ranks with application to
    ranking institutions", prove it for such intervals.)

    They are then widened, so that they never contradict the order of the scores: `low` is the
    least of the system and all with no better a score, `high` the greatest of the system and all
    with no worse a score. Equal scores have equal ranges.

    Args:
        scores: One per system, of shape (n_systems,).
        p_values: Corrected p-values of the pairs' differences, symmetric, (n_systems, n_systems);
            NaN where a pair was not tested, which shows nothing.
        higher_is_better: The direction of the score.
        alpha: Differences are significant whose p-value is at most this.

    Returns:
        One standing per system, in the order given.
    """
    values = np.asarray(scores, dtype=np.float64) * (1 if higher_is_better else -1)
    count = len(values)
    not_better = values[None, :] <= values[:, None]  # (the system, another)
    beats = ~not_better.T & (p_values <= alpha)
    wins = beats.sum(axis=1)
    lows, highs = 1 + beats.sum(axis=0), count - wins
    return [
        Standing(
            int(lows[not_better[system]].min()),
            int(highs[not_better[:, system]].max()),
            int(wins[system]),
        )
        for system in range(count)
    ]


def pair_matrix(
    values: Sequence[float] | Array, pairs: Sequence[tuple[int, int]], systems: int
) -> npt.NDArray[np.float64]:
    """Arranges one value per pair of systems as a symmetric matrix, NaN where there is none."""
    matrix = np.full((systems, systems), np.nan)
    for (first, second), value in zip(pairs, values, strict=True):
        matrix[first, second] = matrix[second, first] = value
    return matrix
