"""The interval of a score: from resamples of its units, or from the jackknife of few documents."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import (
    PLAIN_FROM,
    Array,
    Corpus,
    Interval,
    bootstrap_scores,
    percentile_interval,
)
from evalharness.stats.jackknife import PairedDifference, contributions, summarize
from evalharness.stats.passes import of_one_pass, pass_noise, widened_interval
from evalharness.stats.student import student_quantile
from evalharness.stats.units import Units, find_units, sum_by_unit

PERCENTILE, EXPANDED, JACKKNIFE = "percentile", "expanded", "jackknife"
_SCALES = {"bleu": (0.0, 100.0), "chrf": (0.0, 100.0), "ter": (0.0, math.inf)}
MIXED = "mixed"
"""Some scores of a run have percentile intervals, of an older version, and others expanded ones."""


def interval_method(units: Units) -> str:
    """Says how an interval is estimated.

    Returns:
        `percentile`, sacreBLEU's own; `expanded`, the same for few units
        (`percentile_interval`); or `jackknife`, for few documents (`jackknife_interval`).
    """
    if units.need_jackknife:
        return JACKKNIFE
    return PERCENTILE if units.number >= PLAIN_FROM or units.number < 2 else EXPANDED


def score_interval(
    table: Array, corpus: Corpus, units: Units, resamples: int, seed: int, level: float = 0.95
) -> Interval:
    """Returns the interval of a score.

    Args:
        table: Additive statistics of the units, of shape (n_units, k).
        corpus: Scores sums of statistics (..., k) as (...).
        units: What the rows are.
        resamples: Bootstrap resamples, if there are any.
        seed: Seeds them.
        level: How often the interval is to hold the true score.
    """
    if units.need_jackknife:
        found = summarize(float(corpus(table.sum(axis=0))), contributions(table, corpus))
        return jackknife_interval(found, level)
    count = len(table) if len(table) > 1 else None
    return percentile_interval(bootstrap_scores(table, corpus, resamples, seed), level, units=count)


def scored(
    table: Array,
    aggregate: Aggregate,
    documents: Sequence[str | None],
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> tuple[float, Interval]:
    """Returns the score of segments, and its interval.

    Args:
        table: Additive statistics of the segments, of shape (n_segments, aggregate.width).
        aggregate: How their sum becomes the score.
        documents: The document of each segment; `None` or empty where it is not known.
        resamples: Bootstrap resamples, if there are any.
        seed: Seeds them.
        level: How often the interval is to hold the true score.
    """
    rows, units = sum_by_unit(table, documents), find_units(documents, len(table))
    interval = score_interval(rows, aggregate.corpus, units, resamples, seed, level)
    total = float(aggregate.corpus(table.sum(axis=0)))
    if noise := pass_noise(rows, aggregate):
        error = summarize(total, contributions(rows, aggregate.corpus)).standard_error
        interval = widened_interval(interval, total, error**2, [noise], level)
    return total, on_scale(interval, aggregate)


def on_scale(interval: Interval, aggregate: Aggregate) -> Interval:
    """Cuts an interval where its score's scale ends: no BLEU is above 100.

    Args:
        interval: The interval of a score.
        aggregate: How the score is computed.
    """
    least, most = _SCALES.get(of_one_pass(aggregate).formula, (-math.inf, math.inf))
    return Interval(max(least, interval.low), min(most, interval.high))


def jackknife_interval(found: PairedDifference, level: float = 0.95) -> Interval:
    """Returns Student's t interval with the jackknife's standard error.

    One degree of freedom less than there are units (MacKinnon, Nielsen and Webb, 2023). On real
    outputs it covers nearly as often as it says (docs/comparing.md), where resamples of so few
    documents do not.

    Args:
        found: A score, or a difference of two, with its standard error.
        level: How often the interval is to hold the true value.
    """
    reach = student_quantile((1 + level) / 2, found.units - 1) * found.standard_error
    return Interval(found.difference - reach, found.difference + reach)
