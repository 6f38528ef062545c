"""Ranks in clusters, as in WMT's tables: systems whose order was not shown share a rank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import Array


class Standing(NamedTuple):
    """Where one system stands among others.

    Attributes:
        rank: The rank of its cluster: 1 more than there are systems in better clusters. Every
            system of a better cluster is significantly better than every system of a worse one.
        best: The best rank that it may have: 1 more than there are systems significantly better.
        worst: The worst rank that it may have: as many as there are systems, less those that it
            is significantly better than.
        wins: How many systems it is significantly better than.
    """

    rank: int
    best: int
    worst: int
    wins: int


def rank_clusters(
    scores: Sequence[float] | Array,
    p_values: Array,
    *,
    higher_is_better: bool,
    alpha: float = 0.05,
) -> list[Standing]:
    """Ranks systems, those that are not shown to differ alike.

    As in WMT's tables since Bojar et al. (2013, "Findings of the 2013 Workshop on Statistical
    Machine Translation"): systems are sorted by score, and a boundary is drawn wherever every
    system above is significantly better than every system below. So two neighbours may share a
    rank although they differ significantly, where a third one spans both.

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
    beats = (values[:, None] > values[None, :]) & (p_values <= alpha)
    order = np.argsort(-values, kind="stable")
    ranks = np.empty(count, dtype=np.int64)
    rank = 1
    for position, system in enumerate(order):
        if position and beats[np.ix_(order[:position], order[position:])].all():
            rank = position + 1
        ranks[system] = rank
    wins, losses = beats.sum(axis=1), beats.sum(axis=0)
    return [
        Standing(int(ranks[i]), 1 + int(losses[i]), count - int(wins[i]), int(wins[i]))
        for i in range(count)
    ]


def pair_matrix(
    values: Sequence[float] | Array, pairs: Sequence[tuple[int, int]], systems: int
) -> npt.NDArray[np.float64]:
    """Arranges one value per pair of systems as a symmetric matrix, NaN where there is none."""
    matrix = np.full((systems, systems), np.nan)
    for (first, second), value in zip(pairs, values, strict=True):
        matrix[first, second] = matrix[second, first] = value
    return matrix
