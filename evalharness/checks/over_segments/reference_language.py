"""`reference_language`: references are not in the target language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.checks.over_segments.sampled_language import most_are_wrong, signature_of_sample
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext, reference_letters


@dataclass(frozen=True)
class ReferenceLanguage(Check):
    """References are in another language, as where files have changed places.

    Of each reference, up to 100 texts from all over the test set are looked at as `wrong_language`
    looks, or as `wrong_script` does where lingua does not know the target language. It fires where
    more than half of at least three that can be judged are in another language.
    """

    id: str = "reference_language"
    meaning = "references are not in the target language"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return signature_of_sample(bitext)

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: hypotheses do not show it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns which references are in which language instead."""
        segments = outputs.bitext.segments
        most = max((len(segment.references) for segment in segments), default=0)
        names = outputs.bitext.reference_names or reference_letters(most)
        found = []
        for place, name in enumerate(names):
            # Where a segment lacks some of them, it is not known which.
            whole = [one for one in segments if len(one.references) == len(names)]
            told = most_are_wrong(outputs.bitext, [(one, one.references[place]) for one in whole])
            if told is not None:
                message = f"reference {name} is in {told[0]}"
                found.append(Finding(self.id, message, told[1], warn=True))
        return found
