"""`shifted`: hypotheses stand on other lines than their references."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.checks.check import Check
from evalharness.checks.over_segments.likeness import Grams, first_references, grams, likeness
from evalharness.stats.bootstrap import Array
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class Shifted(Check):
    """Hypotheses are more like the references of neighbouring lines than like their own.

    For each distance of up to three lines, the stretch is found in which the neighbour's reference
    is more like the hypothesis most often (the largest sum of wins less losses). It fires where
    chance hardly gives such a stretch, and the neighbour's reference is alike as translations are.
    Of 10,000 segments and more some are looked at first, evenly spread, and all only where these
    are shifted.
    """

    id: str = "shifted"
    meaning = "hypotheses stand on other lines than their references"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "lines:3|grams:4"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns the longest stretch that is shifted."""
        total = len(outputs.hypotheses)
        step = max(1, total // _LOOKED)
        if step > 1 and _longest(outputs, range(0, total, step)) is None:
            return ()
        best = _longest(outputs, range(total))
        if best is None:
            return ()
        by, low, high = best
        segments = outputs.bitext.segments
        lines = f"{abs(by)} line{'s' if abs(by) > 1 else ''}"
        where = f"{lines} {'before' if by > 0 else 'after'} their references"
        end = "" if high >= total - len(_DISTANCES) else f" to {segments[high - 1].id}"
        message = f"from segment {segments[low].id}{end} on, hypotheses stand {where}"
        return (Finding(self.id, message, [one.id for one in segments[low:high]], warn=True),)


_DISTANCES = (-1, 1, -2, 2, -3, 3)
_LEAST = 0.2  # how alike a hypothesis and its reference are at least, on average
_LOOKED = 5_000
_OWN = 0.35  # no neighbour's reference is so much like it; saves looking
_SHORTEST = 8
_CHANCE = 1e-4
_ODDS = 4  # a neighbour's reference wins at most once in five lines of a run that is not shifted


def _longest(outputs: Outputs, rows: range) -> tuple[int, int, int] | None:
    """The distance of the longest stretch that is shifted, and its first row and the one after."""
    texts, total = first_references(outputs), len(outputs.hypotheses)
    known: dict[int, Grams] = {}

    def reference(at: int) -> Grams:
        if at not in known:
            known[at] = grams(texts[at])
        return known[at]

    tables = {by: np.zeros(len(rows)) for by in (0, *_DISTANCES)}
    for place, at in enumerate(rows):
        hypothesis = grams(outputs.hypotheses[at])
        tables[0][place] = likeness(hypothesis, reference(at))
        if tables[0][place] < _OWN:
            for by in (by for by in _DISTANCES if 0 <= at + by < total):
                tables[by][place] = likeness(hypothesis, reference(at + by))
        known.pop(at - 2 * len(_DISTANCES) * rows.step, None)
    found = []
    for by in _DISTANCES:
        low, high, gain = _stretch(np.sign(tables[by] - tables[0]))
        if gain < max(_SHORTEST, math.log(len(rows) / _CHANCE, _ODDS)):
            continue
        there, here = (float(tables[one][low:high].mean()) for one in (by, 0))
        if there >= max(_LEAST, 2 * here):
            found.append((gain, by, rows[low], rows[high - 1] + 1))
    return max(found)[1:] if found else None


def _stretch(wins: Array) -> tuple[int, int, float]:
    """The stretch with the largest sum: its begin, its end, and the sum."""
    sums = np.concatenate([[0.0], np.cumsum(wins)])
    lowest = np.minimum.accumulate(sums)
    high = int(np.argmax(sums - lowest))
    low = int(np.argmin(sums[: high + 1]))
    # Ties before the first win belong to no stretch.
    low += int(np.argmax(wins[low:high] > 0)) if high > low else 0
    return low, high, float(sums[high] - sums[low])
