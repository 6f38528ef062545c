"""All pairs of systems in one go: difference, interval, p-value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from evalharness.stats.bootstrap import (
    Array,
    Corpus,
    Interval,
    bootstrap_scores,
    percentile_interval,
    sacrebleu_p_value,
)
from evalharness.stats.jackknife import PairedDifference, contributions, summarize
from evalharness.stats.randomization import TRIALS, all_pairs, randomization_p_values


class Comparison(NamedTuple):
    """What two systems' statistics say about their difference.

    Attributes:
        first: The position of one system.
        second: The position of the other.
        paired: The first's score minus the second's, in the metric's unit and direction, with its
            standard error.
        interval: The bootstrap interval of that difference. Where it does not hold 0, the paired
            bootstrap finds a difference.
        p_value: Of "they do not differ", two-sided, by approximate randomization; not corrected.
        bootstrap_p_value: sacreBLEU's; see `sacrebleu_p_value` before believing it.
    """

    first: int
    second: int
    paired: PairedDifference
    interval: Interval
    p_value: float
    bootstrap_p_value: float


def compare_pairs(
    statistics: Array,
    corpus: Corpus,
    *,
    resamples: int,
    seed: int,
    trials: int = TRIALS,
    level: float = 0.95,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> list[Comparison]:
    """Compares pairs of systems, all on the same resamples and the same trials.

    The p-values are those of approximate randomization: its level is exact where systems are the
    same, whatever the metric and however few the units, and so that of Holm's correction. The
    interval is the bootstrap's, since randomization has none.

    Args:
        statistics: Additive statistics of the systems on the same units (segments or documents),
            of shape (n_systems, n_units, k), at least two units.
        corpus: Scores sums of statistics (..., k) as (...).
        resamples: Bootstrap resamples for the intervals, at least `FEWEST_RESAMPLES`.
        seed: Seeds both.
        trials: Randomization trials for the p-values; see `fewest_trials`.
        level: The level of the intervals.
        pairs: The positions of the systems to compare; all pairs unless given.

    Returns:
        One comparison per pair, in their order.

    Raises:
        ValueError: There are fewer than two units.
    """
    pairs = all_pairs(len(statistics)) if pairs is None else pairs
    units = statistics.shape[1]
    parts = [contributions(table, corpus) for table in statistics]
    scores = corpus(statistics.sum(axis=1))
    resampled = bootstrap_scores(statistics, corpus, resamples, seed)
    p_values = randomization_p_values(statistics, corpus, trials, seed, pairs)
    return [
        Comparison(
            a,
            b,
            summarize(float(scores[a] - scores[b]), parts[a] - parts[b]),
            percentile_interval(resampled[a] - resampled[b], level, units=units),
            float(p_value),
            sacrebleu_p_value(resampled[a], resampled[b], float(scores[a] - scores[b])),
        )
        for (a, b), p_value in zip(pairs, p_values, strict=True)
    ]
