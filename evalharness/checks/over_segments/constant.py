"""`constant`: one text for many different segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class Constant(Check):
    """One text is the hypothesis of segments whose references differ.

    It fires where at least five different references, and as many as 2 % of all segments, have the
    same hypothesis.
    """

    id: str = "constant"
    meaning = "many different segments have the same hypothesis"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "references:5+|share:0.02"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns the most frequent hypothesis where it stands for too many references."""
        counts = Counter(text for text in outputs.hypotheses if text and text.strip())
        for text, count in counts.most_common(1):
            same = [
                segment
                for segment, made in zip(outputs.bitext.segments, outputs.hypotheses, strict=True)
                if made == text
            ]
            different = {segment.references or (segment.source,) for segment in same}
            if len(different) >= max(_FEWEST, _SHARE * len(outputs.hypotheses)):
                shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
                message = f"{count:,} of {len(outputs.hypotheses):,} hypotheses are {shown!r}"
                return (Finding(self.id, message, [one.id for one in same], warn=True),)
        return ()


_FEWEST = 5
_SHARE = 0.02
_SHOWN = 40
