"""`equals_reference`: the hypotheses are a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.checks.over_segments.likeness import words_of
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class EqualsReference(Check):
    """At least half of the hypotheses of eight words and more are a reference, word for word."""

    id: str = "equals_reference"
    meaning = "the hypotheses are a reference, word for word"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "words:8|share:0.5"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns how many long hypotheses are a reference."""
        rows = zip(outputs.bitext.segments, outputs.hypotheses, strict=True)
        long = [(one, text) for one, text in rows if text and words_of(text) >= _WORDS]
        same = [one.id for one, text in long if text in one.references]
        if len(same) < _FEWEST or len(same) < _SHARE * len(long):
            return ()
        message = f"{len(same):,} of {len(long):,} hypotheses of 8 words and more are a reference"
        return (Finding(self.id, message, same, warn=True),)


_WORDS = 8
_FEWEST = 5
_SHARE = 0.5
