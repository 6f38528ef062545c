"""All pairs of systems in one go: difference, interval, p-value."""

from __future__ import annotations

import math
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
from evalharness.stats.intervals import jackknife_interval
from evalharness.stats.jackknife import PairedDifference, contributions, summarize
from evalharness.stats.passes import (
    PassNoise,
    noisy_p_value,
    widened_difference,
    widened_interval,
)
from evalharness.stats.randomization import all_pairs, randomization_p_values
from evalharness.stats.trials import TRIALS


class Comparison(NamedTuple):
    """What two systems' statistics say about their difference.

    Attributes:
        first: The position of one system.
        second: The position of the other.
        paired: The first's score minus the second's, in the metric's unit and direction, with its
            standard error.
        interval: The interval of that difference, from the bootstrap, or from the jackknife of few
            documents.
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
    jackknife: bool = False,
    p_values: Sequence[float] | Array | None = None,
    noise: Sequence[PassNoise | None] = (),
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
        jackknife: Whether intervals are the jackknife's, as they are of few documents
            (`Units.need_jackknife`).
        p_values: Those of randomization, of shape (n_pairs,), where they are known already; empty
            where they are not wanted, and then NaN. Trials are made unless they are given.
        noise: How the passes of each system vary; `None` for one that was run once. Intervals,
            standard errors and p-values then hold that, too; empty where all were run once.

    Returns:
        One comparison per pair, in their order.

    Raises:
        ValueError: There are fewer than two units.
    """
    pairs = all_pairs(len(statistics)) if pairs is None else pairs
    units = statistics.shape[1]
    noise = noise or [None] * len(statistics)
    parts = [contributions(table, corpus) for table in statistics]
    scores = corpus(statistics.sum(axis=1))
    resampled = bootstrap_scores(statistics, corpus, resamples, seed)
    if p_values is None:
        p_values = randomization_p_values(statistics, corpus, trials, seed, pairs)
    known = p_values if len(p_values) else [math.nan] * len(pairs)
    found = []
    for (a, b), p_value in zip(pairs, known, strict=True):
        paired = summarize(float(scores[a] - scores[b]), parts[a] - parts[b])
        distances, both = resampled[a] - resampled[b], (noise[a], noise[b])
        wider = widened_difference(paired, both)
        if jackknife:
            plain, variance = jackknife_interval(paired, level), paired.standard_error**2
        else:
            plain = percentile_interval(distances, level, units=units)
            variance = float(distances.var(ddof=1))
        interval = widened_interval(plain, paired.difference, variance, both, level)
        found.append(
            Comparison(
                a,
                b,
                wider,
                interval,
                noisy_p_value(float(p_value), paired, both),
                sacrebleu_p_value(resampled[a], resampled[b], paired.difference),
            )
        )
    return found
