"""Bootstrap resampling of additive statistics.

Koehn (2004), "Statistical Significance Tests for Machine Translation Evaluation". The resamples
are sacreBLEU's: numpy's default generator draws indices row by row, so with the same seed a
metric's bootstrap scores equal those of sacreBLEU's own bootstrap. All systems are scored on the
same resamples, so that differences of their scores are paired.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.stats.student import student_quantile

Array = npt.NDArray[np.float64]
Corpus = Callable[[Array], Array]
"""Scores sums of statistics (..., k) as (...)."""

FEWEST_RESAMPLES = 40
"""Fewer have no 2.5 % quantile."""

MOST_RESAMPLES = 1_000_000
"""More tell nothing more, and their statistics fill the memory."""

PLAIN_FROM = 100
"""From so many units on, intervals are sacreBLEU's; docs/comparing.md: how often they cover."""

TOLERANCE = 1e-10
"""Sums of fractions in another order differ in their last bits, which is no difference."""

_CELLS_PER_BLOCK = 4_000_000


class Interval(NamedTuple):
    """An interval, in the unit of the score."""

    low: float
    high: float


def sum_by_document(statistics: Array, documents: Sequence[Hashable]) -> Array:
    """Sums the statistics of each document, in the order of its first segment.

    Args:
        statistics: Additive statistics, of shape (n_segments, k).
        documents: The document of each segment.

    Returns:
        An array of shape (n_documents, k).
    """
    index = {document: row for row, document in enumerate(dict.fromkeys(documents))}
    totals = np.zeros((len(index), statistics.shape[1]))
    np.add.at(totals, [index[document] for document in documents], statistics)
    return totals


def bootstrap_scores(statistics: Array, corpus: Corpus, resamples: int, seed: int) -> Array:
    """Scores resamples of the units, drawn with replacement, each of as many units as there are.

    Args:
        statistics: Additive statistics of the units (segments or documents), (n_units, k), or of
            several systems on the same units, (n_systems, n_units, k).
        corpus: Scores sums of statistics (..., k) as (...).
        resamples: How many resamples.
        seed: Seeds the generator; equal seeds give equal resamples on every machine.

    Returns:
        The scores of the resamples, of shape (resamples,) or (n_systems, resamples); all systems
        are scored on the same resamples.
    """
    generator = np.random.default_rng(seed)
    columns = side_by_side(statistics)
    units, width = columns.shape
    rows = max(1, _CELLS_PER_BLOCK // (units + width))
    scores = []
    for start in range(0, resamples, rows):
        weights = _weights(generator, min(rows, resamples - start), units)
        shape = (len(weights), *statistics.shape[:-2], statistics.shape[-1])
        scores.append(corpus((weights @ columns).reshape(shape)))
    return np.concatenate(scores).T


def side_by_side(statistics: Array) -> Array:
    """Sets the systems' columns side by side: (n_systems, n_units, k) to (n_units, n_systems * k).

    One product of wide matrices is much faster than a narrow one for each system.
    """
    return np.moveaxis(statistics, -2, 0).reshape(statistics.shape[-2], -1)


def percentile_interval(
    scores: Array, level: float = 0.95, *, units: int | None = None
) -> Interval:
    """Returns the percentile interval of bootstrap scores or of differences of them.

    From `PLAIN_FROM` units on, and without `units`, it stands at sacreBLEU's ranks. A percentile
    interval is too narrow where units are few: resamples vary by the variance over n, not n - 1,
    and like the normal distribution, not like Student's. For fewer `units` it is Hesterberg's
    (2015, "What Teachers Should Know About the Bootstrap") expanded percentile interval, which
    reaches as far into the tails as the t interval does.

    Args:
        scores: Bootstrap scores, of shape (resamples,), at least `FEWEST_RESAMPLES`.
        level: The share of resamples to hold.
        units: How many units each resample drew; at least 2.
    """
    outside = (1 - level) / 2
    if units is not None and units < PLAIN_FROM:
        reach = math.sqrt(units / (units - 1)) * student_quantile(1 - outside, units - 1)
        outside = NormalDist().cdf(-reach)
    ordered = np.sort(scores)
    tail = math.floor(len(ordered) * outside + 1e-9)  # 0.95 is not exactly 0.95
    return Interval(float(ordered[tail]), float(ordered[-tail - 1]))


def sacrebleu_p_value(first: Array, second: Array, difference: float) -> float:
    """Returns the p-value of sacreBLEU's paired bootstrap, for comparison with published ones.

    It is no two-sided p-value: where scores differ by more than the noise, it counts one tail only,
    in the direction that the data chose, so that at 0.05 it errs in about 11 of 100 comparisons of
    equal systems (tests/stats/test_error_rates.py). The interval of the difference, or
    `randomization_p_values`, does not. One thing differs: equality counts, so that a system does
    not differ significantly from itself.

    Args:
        first: One system's bootstrap scores, of shape (resamples,).
        second: The other's, of the same resamples.
        difference: The difference of the two systems' scores.
    """
    sizes = np.abs(first - second)
    least = abs(difference) - TOLERANCE * np.abs(first).max()
    exceeding = np.count_nonzero(~(sizes - sizes.mean() < least))
    return (exceeding + 1) / (len(sizes) + 1)


def _weights(generator: np.random.Generator, resamples: int, units: int) -> Array:
    """How often each resample holds each unit: (resamples, units)."""
    drawn = generator.integers(0, units, size=(resamples, units))
    offsets = np.arange(resamples)[:, None] * units
    counts = np.bincount((drawn + offsets).ravel(), minlength=resamples * units)
    return counts.reshape(resamples, units).astype(np.float64)
