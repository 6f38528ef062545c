"""Paired approximate randomization: outputs of equal systems can be exchanged.

Riezler and Maxwell (2005), "On Some Pitfalls in Automatic Evaluation and Significance Testing for
MT"; Noreen (1989). The first 10,000 trials are sacreBLEU's: with the same seed p-values equal those
of its own test, but that equality counts here, so that a system does not differ from itself. Few
units are swapped in all ways that there are, and the p-value is exact (Pitman, 1937).

A pair's p-value rests on the two systems, the seed and the number of trials alone. Which other
pairs are tested beside it changes nothing, so that it can be kept, and later be refined by more
trials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import Array, Corpus, side_by_side
from evalharness.stats.screening import PILOT, Pilot, Screen, Signs, exceeds
from evalharness.stats.trials import all_swaps

STREAM = 10_000
"""How many trials come from one generator."""

_CELLS_PER_BLOCK = 16_000_000
_CELLS_PER_GROUP = 40_000_000

Counts = npt.NDArray[np.int64]


def all_pairs(systems: int) -> list[tuple[int, int]]:
    """Returns the positions of all pairs of systems: (0, 1), (0, 2), ... (1, 2), ..."""
    return list(combinations(range(systems), 2))


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
    2010), and for documents as for segments. But n units can be swapped in 2 ** n ways only. Where
    these are no more than the trials, each is made once, whatever the seed. No p-value comes out
    below 2 ** (1 - n): five documents never differ at 0.05.

    Args:
        statistics: Additive statistics of the systems on the same units (segments or documents),
            of shape (n_systems, n_units, k).
        corpus: Scores sums of statistics (..., k) as (...).
        trials: How many trials; see `usual_trials`.
        seed: Seeds the generators; equal seeds give equal trials on every machine.
        pairs: The positions of the systems to compare; all pairs unless given.

    Returns:
        The two-sided p-values, of shape (n_pairs,).
    """
    counts = exceeding_trials(statistics, corpus, trials, seed, pairs)
    made = all_swaps(statistics.shape[1], trials) or trials
    p_values: Array = (counts + 1) / (made + 1)
    return p_values


def exceeding_trials(
    statistics: Array,
    corpus: Corpus,
    trials: int,
    seed: int,
    pairs: Sequence[tuple[int, int]] | None = None,
    *,
    done: int = 0,
) -> Counts:
    """Counts the trials whose difference is at least as large as the real one.

    Args:
        statistics: As for `randomization_p_values`.
        corpus: Likewise.
        trials: How many trials there are to be.
        seed: Likewise.
        pairs: Likewise.
        done: How many of them were counted before and are left out now; 0 where all swaps are made
            (`all_swaps`).

    Returns:
        The counts, of shape (n_pairs,): of trials 0 to n, what `done=m` counts is what is added to
        the count of trials 0 to m.
    """
    pairs = all_pairs(len(statistics)) if pairs is None else pairs
    units = statistics.shape[1]
    swaps = all_swaps(units, trials)
    trials = swaps or trials
    if trials <= done or not pairs:
        return np.zeros(len(pairs), dtype=np.int64)
    learn = _pilots(statistics, seed) if trials - done > PILOT else None
    starts = [*range(0, len(pairs), max(1, _CELLS_PER_GROUP // units)), len(pairs)]
    counts = []
    for start, stop in pairwise(starts):
        group = [
            Screen(statistics[first], statistics[second], corpus, learn and learn(first, second))
            for first, second in pairs[start:stop]
        ]
        rows = max(1, _CELLS_PER_BLOCK // (units + len(group)) // 32) * 32
        blocks = _every_sign(units, rows) if swaps else _signs(seed, done, trials, units, rows)
        counts.append(_count(group, blocks))
    return np.concatenate(counts)


def _pilots(statistics: Array, seed: int) -> Callable[[int, int], Pilot]:
    """The pilot of each pair; all swapped units are summed in one product of matrices."""
    systems, units, width = statistics.shape
    signs = np.concatenate(list(_signs(seed, 0, PILOT, units, PILOT)))
    sums = (signs < 0).astype(np.float64) @ side_by_side(statistics)
    moved = sums.reshape(len(signs), systems, width)
    return lambda first, second: Pilot(signs, moved[:, second] - moved[:, first])


def _count(group: Sequence[Screen], blocks: Iterator[Signs]) -> Counts:
    """The exceeding trials of each pair, in all blocks."""
    slopes = np.stack([pair.slopes for pair in group])
    counts = np.zeros(len(group), dtype=np.int64)
    for signs in blocks:
        estimates = slopes @ signs.T
        np.abs(estimates, out=estimates)
        for row, (pair, sizes) in enumerate(zip(group, estimates, strict=True)):
            above = np.count_nonzero(sizes >= pair.surely)
            counts[row] += above
            if np.count_nonzero(sizes > pair.perhaps) > above:
                near = np.flatnonzero((sizes > pair.perhaps) & ~(sizes >= pair.surely))
                counts[row] += exceeds(pair, signs[near])
    return counts


def _every_sign(units: int, rows: int) -> Iterator[Signs]:
    """All ways to swap units, but the one that swaps none; blocks as `_signs` gives them."""
    for first in range(1, 2**units, rows):
        ways = np.arange(first, min(first + rows, 2**units))
        yield 1 - 2 * (ways[:, None] >> np.arange(units) & 1).astype(np.float32)


def _signs(seed: int, start: int, stop: int, units: int, rows: int) -> Iterator[Signs]:
    """Blocks of trials, -1 for a unit to swap and 1 for another: (trials in the block, n_units).

    Bits are drawn 32 at a time: blocks of as many trials leave none over. Each stream of trials has
    a generator of its own, the first one sacreBLEU's.
    """
    for stream in range(start // STREAM, -(-stop // STREAM)):
        generator = np.random.default_rng([seed, stream] if stream else seed)
        end = min(STREAM, stop - stream * STREAM)
        for first in range(0, end, rows):
            swapped = generator.integers(2, size=(min(rows, end - first), units), dtype=bool)
            skipped = max(0, start - stream * STREAM - first)
            if skipped < len(swapped):
                yield 1 - 2 * swapped[skipped:].astype(np.float32)
