"""`output_language`: the hypotheses are not in the target language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.checks.over_segments.sampled_language import most_are_wrong, signature_of_sample
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class OutputLanguage(Check):
    """Most hypotheses are in another language, as where a system got a wrong language code.

    Up to 100 hypotheses from all over the test set are looked at, as `reference_language` looks at
    references. `wrong_language` looks at every one.
    """

    id: str = "output_language"
    meaning = "most hypotheses are not in the target language"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return signature_of_sample(bitext)

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: `wrong_language` flags texts."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns which language the hypotheses are in instead."""
        rows = zip(outputs.bitext.segments, outputs.hypotheses, strict=True)
        texts = [(segment, text) for segment, text in rows if text]
        told = most_are_wrong(outputs.bitext, texts)
        if told is None:
            return ()
        return (Finding(self.id, f"most hypotheses are in {told[0]}", told[1], warn=True),)
