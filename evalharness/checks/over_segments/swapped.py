"""`swapped`: hypotheses belong to other segments: files have changed places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.checks.check import Check
from evalharness.checks.over_segments.likeness import first_references, grams, likeness
from evalharness.stats.bootstrap import Array
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class Swapped(Check):
    """Hypotheses are no more like their references than like those of other segments.

    It fires where that holds of all hypotheses together (files of two test sets changed places), or
    where at least 20 that are unlike their own references are found elsewhere in the test set
    (parts of it changed places). Of 10,000 segments and more some are looked at first, evenly
    spread, and all only where these are found elsewhere.
    """

    id: str = "swapped"
    meaning = "hypotheses belong to other segments"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "grams:4|least:20"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns whether all or many hypotheses belong to other segments."""
        references = first_references(outputs)
        total, segments = len(references), outputs.bitext.segments
        if total < _FEWEST or not any(references):
            return ()
        if len(set(outputs.hypotheses)) < total / 2:
            return ()  # a text that stands everywhere belongs nowhere
        rows = range(0, total, max(1, total // _SAMPLED))
        own = _likenesses(outputs, references, rows, 0)
        unlike = [rows[at] for at in np.flatnonzero(own < _UNLIKE).tolist()]
        looked = min(len(unlike), _LOOKED)
        elsewhere = _elsewhere(outputs, references, unlike) if len(unlike) >= _FEWEST else []
        if len(elsewhere) * 2 > looked:
            if rows.step > 1:
                every = _likenesses(outputs, references, range(total), 0)
                unlike = np.flatnonzero(every < _UNLIKE).tolist()
            at, place = elsewhere[0]
            message = (
                f"{len(unlike):,} hypotheses are unlike their references, and of {looked}"
                f" of them {len(elsewhere)} belong to other segments: that of {segments[at].id} to"
                f" {segments[place].id}"
            )
            return (Finding(self.id, message, [segments[n].id for n in unlike], warn=True),)
        if own.mean() >= _UNLIKE:
            return ()
        other = _likenesses(outputs, references, rows, total // 2)
        if (own > other).sum() <= _EVEN * (own != other).sum():
            message = (
                "the hypotheses are no more like their references than like those of other"
                " segments: are they of another test set or language pair?"
            )
            return (Finding(self.id, message, [one.id for one in segments], warn=True),)
        return ()


_FEWEST = 20
_UNLIKE = 0.15
_EVEN = 0.6
_LOOKED = 40
_NEAR = 3  # lines: `shifted` says so
_FOUND = 0.3
_SAMPLED = 5_000  # of more segments, so many are looked at first, evenly spread


def _likenesses(outputs: Outputs, references: Sequence[str], rows: range, by: int) -> Array:
    """How like some hypotheses are to the reference so many lines further on."""
    total = len(references)
    return np.array(
        [
            likeness(grams(outputs.hypotheses[at]), grams(references[(at + by) % total]))
            for at in rows
        ]
    )


def _elsewhere(
    outputs: Outputs, references: Sequence[str], rows: Sequence[int]
) -> list[tuple[int, int]]:
    """Which of some hypotheses have their reference elsewhere, and where."""
    chosen = list(rows)[:: max(1, len(rows) // _LOOKED)][:_LOOKED]
    texts = {row: grams(outputs.hypotheses[row]) for row in chosen}
    best = dict.fromkeys(chosen, (0.0, 0))
    for place, reference in enumerate(references):
        there = grams(reference)
        for row, text in texts.items():
            best[row] = max(best[row], (likeness(text, there), -place))
    found = [(row, -place) for row, (alike, place) in best.items() if alike >= _FOUND]
    return [(row, place) for row, place in found if abs(place - row) > _NEAR]
