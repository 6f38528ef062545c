"""Paired approximate randomization: outputs of equal systems can be exchanged.

Riezler and Maxwell (2005), "On Some Pitfalls in Automatic Evaluation and Significance Testing for
MT"; Noreen (1989). The trials are sacreBLEU's: with the same seed p-values equal those of its own
test, but that equality counts here, so that a system does not differ from itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from evalharness.stats.bootstrap import TOLERANCE, Array, Corpus, side_by_side

TRIALS = 10_000
"""As many as sacreBLEU makes."""

_CELLS_PER_BLOCK = 4_000_000


def all_pairs(systems: int) -> list[tuple[int, int]]:
    """Returns the positions of all pairs of systems: (0, 1), (0, 2), ... (1, 2), ..."""
    return list(combinations(range(systems), 2))


def fewest_trials(tests: int, alpha: float) -> int:
    """Returns how many trials it takes until Holm's correction of so many tests can reject any.

    No p-value comes out below 1 / (trials + 1), and the correction multiplies the smallest by the
    number of tests: with 1000 trials, a family of 51 is never significant at 0.05.
    """
    return math.ceil(tests / alpha) - 1


def randomization_p_values(
    statistics: Array,
    corpus: Corpus,
    trials: int,
    seed: int,
    pairs: Sequence[tuple[int, int]] | None = None,
) -> Array:
    """Tests whether pairs of systems differ, by swapping the two outputs of random units.

    In each trial every unit is swapped with probability one half, the same units for all pairs;
    the p-value is the share of trials whose difference is at least as large as the real one, the
    real one counted among them. It is valid whatever the number of trials (Phipson and Smyth,
    2010), and for documents as for segments. But n units can be swapped in 2 ** n ways only, and no
    p-value comes out below about 2 ** (1 - n): five documents never differ at 0.05.

    Args:
        statistics: Additive statistics of the systems on the same units (segments or documents),
            of shape (n_systems, n_units, k).
        corpus: Scores sums of statistics (..., k) as (...).
        trials: How many trials; see `fewest_trials`.
        seed: Seeds the generator; equal seeds give equal trials on every machine.
        pairs: The positions of the systems to compare; all pairs unless given.

    Returns:
        The two-sided p-values, of shape (n_pairs,).
    """
    pairs = all_pairs(len(statistics)) if pairs is None else pairs
    totals = statistics.sum(axis=1)
    scores = corpus(totals)
    columns = side_by_side(statistics)
    exceeding = np.zeros(len(pairs))
    for marks in _marks(trials, columns, seed):
        marked = (marks @ columns).reshape(len(marks), *totals.shape)
        for pair, (first, second) in enumerate(pairs):
            moved = marked[:, second] - marked[:, first]
            swapped = corpus(np.stack([totals[first] + moved, totals[second] - moved]))
            scale = abs(scores[first]) + abs(scores[second])
            real = abs(scores[first] - scores[second]) - TOLERANCE * scale
            # what is not a number is no evidence either
            exceeding[pair] += np.count_nonzero(~(np.abs(swapped[0] - swapped[1]) < real))
    return (exceeding + 1) / (trials + 1)


def _marks(trials: int, columns: Array, seed: int) -> Iterator[Array]:
    """Blocks of trials, 1 for a unit to swap and 0 for another: (trials in the block, n_units)."""
    generator = np.random.default_rng(seed)
    units, width = columns.shape
    # Bits are drawn 32 at a time: blocks of as many trials leave none over.
    rows = max(1, _CELLS_PER_BLOCK // (units + width) // 32) * 32
    for start in range(0, trials, rows):
        size = (min(rows, trials - start), units)
        yield generator.integers(2, size=size, dtype=bool).astype(np.float64)
