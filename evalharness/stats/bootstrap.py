"""Bootstrap resampling of additive statistics.

Koehn (2004), "Statistical Significance Tests for Machine Translation Evaluation". The resamples
are sacreBLEU's: numpy's default generator draws indices row by row, so with the same seed a
metric's bootstrap scores equal those of sacreBLEU's own bootstrap.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FEWEST_RESAMPLES = 40
"""Fewer have no 2.5 % quantile."""

MOST_RESAMPLES = 1_000_000
"""More tell nothing more, and their statistics fill the memory."""

_CELLS_PER_BLOCK = 4_000_000


class Interval(NamedTuple):
    """A 95 % interval, in the unit of the score."""

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


def bootstrap_scores(
    statistics: Array, corpus: Callable[[Array], Array], resamples: int, seed: int
) -> Array:
    """Scores resamples of the rows, drawn with replacement, each of as many rows as there are.

    Args:
        statistics: Additive statistics of the units (segments or documents), (n_units, k).
        corpus: Scores sums of statistics (..., k) as (...).
        resamples: How many resamples.
        seed: Seeds the generator; equal seeds give equal resamples on every machine.

    Returns:
        The scores of the resamples, of shape (resamples,).
    """
    generator = np.random.default_rng(seed)
    units = len(statistics)
    rows_per_block = max(1, _CELLS_PER_BLOCK // units)
    totals = [
        _weights(generator, min(rows_per_block, resamples - start), units) @ statistics
        for start in range(0, resamples, rows_per_block)
    ]
    return corpus(np.concatenate(totals))


def percentile_interval(scores: Array) -> Interval:
    """Returns the 95 % percentile interval of bootstrap scores, at sacreBLEU's ranks.

    Args:
        scores: Bootstrap scores, of shape (resamples,), at least `FEWEST_RESAMPLES`.
    """
    ordered = np.sort(scores)
    tail = len(ordered) // 40
    return Interval(float(ordered[tail]), float(ordered[-tail - 1]))


def _weights(generator: np.random.Generator, resamples: int, units: int) -> Array:
    """How often each resample holds each unit: (resamples, units)."""
    drawn = generator.integers(0, units, size=(resamples, units))
    offsets = np.arange(resamples)[:, None] * units
    counts = np.bincount((drawn + offsets).ravel(), minlength=resamples * units)
    return counts.reshape(resamples, units).astype(np.float64)
