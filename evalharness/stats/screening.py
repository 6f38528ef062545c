"""Which randomization trials can be decided without scoring them.

Where the outputs of some units are swapped, the sums of two systems move from their middle by D and
-D, and the difference of their scores is an odd function of D. So it is nearly linear: over real
outputs of 1000 segments the linear part is wrong by less than a thousandth of the differences'
standard deviation. For all pairs and trials it is one product of matrices, in single precision.
Only trials that come close to the real difference are scored, in double precision. The counts are
those of scoring every trial, many times as fast.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.stats.bootstrap import TOLERANCE, Array, Corpus

Signs = npt.NDArray[np.float32]
"""Trials, 1 for a unit that stays and -1 for one that is swapped: (n_trials, n_units)."""

PILOT = 2048
"""Trials that are scored to see how wrong the linear part is."""


class Pilot(NamedTuple):
    """Trials to learn from.

    Attributes:
        signs: The trials.
        moved: What moves from the second system to the first in each: (n_trials, k).
    """

    signs: Signs
    moved: Array


_SAFETY = 5
"""Of a million trials the worst is less than twice as wrong as the worst of `PILOT`."""

_WORST = 0.1
"""In standard deviations: above this the difference is not nearly linear, and all are scored."""

_BLOCK = 4096


class Screen:
    """One pair of systems: its real difference, and what decides a trial without scoring it.

    Attributes:
        slopes: What each unit adds to the difference unless it is swapped, which turns the sign:
            (n_units,).
        surely: A trial whose linear part is at least this, in absolute value, exceeds the real
            difference; infinite where none can be told so.
        perhaps: A trial whose linear part is at most this does not; below 0 where none can be told
            so. Those between are scored.
    """

    def __init__(self, first: Array, second: Array, corpus: Corpus, pilot: Pilot | None) -> None:
        """Looks at a pair.

        Args:
            first: Additive statistics of one system, of shape (n_units, k).
            second: Those of the other, on the same units.
            corpus: Scores sums of statistics (..., k) as (...).
            pilot: Trials to learn from; `None` where it is not worth it: all trials are scored.
        """
        self._corpus = corpus
        self._moves = second - first
        self._totals = first.sum(axis=0), second.sum(axis=0)
        scores = corpus(np.stack(self._totals))
        scale = float(abs(scores[0]) + abs(scores[1]))
        self._real = float(abs(scores[0] - scores[1])) - TOLERANCE * scale
        self.slopes = np.zeros(len(first), dtype=np.float32)
        self.surely, self.perhaps = np.inf, -1.0
        if not self._real > 0:  # what is not a number is no evidence either
            self.surely = 0.0
        elif pilot is not None:
            self._learn(first, second, pilot)

    def differences(self, signs: Signs) -> Array:
        """Returns the difference of the two scores in each trial, signed: (n_trials,)."""
        return self._scored((signs < 0).astype(np.float64) @ self._moves)

    def _scored(self, moved: Array) -> Array:
        """The differences where so much moves from the second to the first, (n_trials, k)."""
        first, second = self._totals
        scores = self._corpus(np.stack([first + moved, second - moved]))
        difference: Array = scores[0] - scores[1]
        return difference

    def exceeding(self, signs: Signs) -> int:
        """Counts the trials whose difference is at least as large as the real one."""
        return int(np.count_nonzero(~(np.abs(self.differences(signs)) < self._real)))

    def _learn(self, first: Array, second: Array, pilot: Pilot) -> None:
        slopes = -self._moves @ self._gradient(first, second)
        if not np.isfinite(slopes).all():
            return
        real = self._scored(pilot.moved)
        single = slopes.astype(np.float32)
        wrong = float(np.abs(real - pilot.signs @ single).max())
        spread = float(real.std())
        if not wrong <= _WORST * spread:
            return
        # a sum of n numbers in single precision is rounded n times, at random
        rounding = np.finfo(np.float32).eps * np.sqrt(len(slopes)) * np.linalg.norm(slopes)
        margin = _SAFETY * wrong + 8 * float(rounding)
        self.slopes, self.surely, self.perhaps = single, self._real + margin, self._real - margin

    def _gradient(self, first: Array, second: Array) -> Array:
        """How the score changes with each sum, (k,), halfway between the systems."""
        middle = (self._totals[0] + self._totals[1]) / 2
        steps = 1e-4 * (np.abs(first) + np.abs(second)).sum(axis=0) / 2
        moving = steps > 0
        shifts = np.diag(steps)[moving]
        with np.errstate(divide="ignore", invalid="ignore"):
            rises = self._corpus(middle + shifts) - self._corpus(middle - shifts)
        gradient = np.zeros(len(middle))
        gradient[moving] = rises / (2 * steps[moving])
        return gradient


def exceeds(pair: Screen, signs: Signs) -> int:
    """Counts the trials that exceed the real difference by scoring them all, in blocks."""
    return sum(
        pair.exceeding(signs[start : start + _BLOCK]) for start in range(0, len(signs), _BLOCK)
    )
