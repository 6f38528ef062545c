"""sacreBLEU's formulas from summed statistics to a score, for many sums at once.

sacreBLEU scores one sum at a time, which takes microseconds; significance tests score millions.
These are its `BLEU.compute_bleu`, `CHRF._compute_f_score` and `TER._compute_score_from_stats`
(version 2.6), step by step and with every option. tests/stats/test_formulas.py holds them to
sacreBLEU's own results, degenerate counts included.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import Array

_Mask = npt.NDArray[np.bool_]

_LOG_OF_ZERO = -9999999999.0
"""sacreBLEU's `my_log(0)`."""

_EPSILON = 1e-16


def bleu_scores(
    totals: Array, *, smooth_method: str, smooth_value: float | None, effective_order: bool
) -> Array:
    """Scores (hypothesis length, reference length, matches by order, n-grams by order).

    Args:
        totals: Summed statistics, of shape (..., 2 + 2 * orders).
        smooth_method: `exp`, `floor`, `add-k` or `none`.
        smooth_value: The value for `floor` and `add-k`.
        effective_order: Whether to leave out the orders that the hypotheses are too short for.

    Returns:
        BLEU scores, of shape (...), from 0 to 100.
    """
    orders = (totals.shape[-1] - 2) // 2
    hypothesis, reference = totals[..., 0], totals[..., 1]
    matches, counts = totals[..., 2 : 2 + orders], totals[..., 2 + orders :]
    scored = matches.any(axis=-1) & (counts[..., 0] > 0)
    if smooth_method == "add-k":
        added = np.array([0.0] + [smooth_value or 0.0] * (orders - 1))
        matches, counts = matches + added, counts + added
    # sacreBLEU stops at the first order without n-grams
    reached: _Mask = np.logical_and.accumulate(counts > 0, axis=-1)
    missing = reached & (matches == 0)
    numerators = matches
    if smooth_method == "exp":
        numerators = np.where(missing, 0.5 ** np.cumsum(missing, axis=-1), matches)
    elif smooth_method == "floor":
        numerators = np.where(missing, smooth_value or 0.0, matches)
    precisions = _divided(100 * numerators, counts, where=reached)
    logs = np.full_like(precisions, _LOG_OF_ZERO)
    np.log(precisions, out=logs, where=precisions > 0)
    if effective_order:
        mean = np.where(reached, logs, 0).sum(axis=-1) / np.maximum(1, reached.sum(axis=-1))
    else:
        mean = logs.sum(axis=-1) / orders
    ratio = _divided(reference, hypothesis, where=hypothesis > 0, otherwise=np.inf)
    brevity = np.where(hypothesis < reference, np.exp(np.minimum(0, 1 - ratio)), 1)
    scores: Array = np.where(scored, brevity * np.exp(mean), 0)
    return scores


def chrf_scores(totals: Array, *, beta: int, eps_smoothing: bool) -> Array:
    """Scores (n-grams of the hypothesis, of the reference, matches) for each order.

    Args:
        totals: Summed statistics, of shape (..., 3 * orders).
        beta: How many times as much recall counts as precision.
        eps_smoothing: Whether to smooth as chrF++.py does.

    Returns:
        chrF scores, of shape (...), from 0 to 100.
    """
    hypothesis, reference, matches = (totals[..., part::3] for part in range(3))
    weight = beta**2
    otherwise = _EPSILON if eps_smoothing else 0.0
    precision = _divided(matches, hypothesis, where=hypothesis > 0, otherwise=otherwise)
    recall = _divided(matches, reference, where=reference > 0, otherwise=otherwise)
    if eps_smoothing:
        below = weight * precision + recall
        above = (1 + weight) * precision * recall
        by_order = _divided(above, below, where=below > 0, otherwise=_EPSILON)
        mean: Array = by_order.mean(axis=-1)
        return 100 * mean
    both = (hypothesis > 0) & (reference > 0)
    orders = np.maximum(1, both.sum(axis=-1))
    precision = np.where(both, precision, 0).sum(axis=-1) / orders
    recall = np.where(both, recall, 0).sum(axis=-1) / orders
    below = weight * precision + recall
    above = (1 + weight) * precision * recall
    return np.multiply(100, _divided(above, below, where=below > 0))


def ter_scores(totals: Array) -> Array:
    """Scores (edits, reference words), of shape (..., 2), as (...), in percent."""
    edits, words = totals[..., 0], totals[..., 1]
    rates = np.where(edits > 0, 1.0, 0.0)  # against empty references
    np.divide(edits, words, out=rates, where=words > 0)
    return np.multiply(100, rates)


def _divided(above: Array, below: Array, *, where: _Mask, otherwise: float = 0.0) -> Array:
    quotient = np.full(above.shape, otherwise)
    return np.divide(above, below, out=quotient, where=where)
