"""`normalization`: another normal form of Unicode than the references have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import is_normalized

from evalharness.checks.check import Check
from evalharness.checks.over_segments.likeness import first_references
from evalharness.stats.exchange import exchange_p_value
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class Normalization(Check):
    """Hypotheses and references are in different normal forms of Unicode.

    BLEU takes a letter with a combining accent for another one than the composed letter. It fires
    where significantly more texts (exchange test, 0.01) of one side are not composed (NFC).
    """

    id: str = "normalization"
    meaning = "hypotheses and references are in different normal forms of Unicode (NFC, NFD)"
    structural = True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "form:NFC|alpha:0.01"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns on how many segments one side is not composed, and the other is."""
        references = first_references(outputs)
        if not any(references):
            return ()
        loose = [
            (not is_normalized("NFC", text or ""), not is_normalized("NFC", reference))
            for text, reference in zip(outputs.hypotheses, references, strict=True)
        ]
        changes = [int(first) - int(second) for first, second in loose]
        p_value = min(exchange_p_value(changes), exchange_p_value([-one for one in changes]))
        if p_value > _ALPHA / 2:
            return ()
        first, second = (sum(side) for side in zip(*loose, strict=True))
        ids = [s.id for s, one in zip(outputs.bitext.segments, changes, strict=True) if one]
        message = (
            f"{first:,} hypotheses and {second:,} references are not in Unicode's form NFC: metrics"
            " take their letters for other ones"
        )
        return (Finding(self.id, message, ids, warn=True),)


_ALPHA = 0.01
