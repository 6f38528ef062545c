"""`repeated_segments`: segments of the test set stand there several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalharness.checks.check import Check
from evalharness.values.checks import Finding
from evalharness.values.outputs import Outputs
from evalharness.values.segments import Bitext


@dataclass(frozen=True)
class RepeatedSegments(Check):
    """At least 5 % of the segments repeat an earlier one, with the same source and references."""

    id: str = "repeated_segments"
    meaning = "segments of the test set repeat earlier ones, so that intervals are too narrow"
    structural = False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return "share:0.05"

    def prepare(self, bitext: Bitext, prompt: str | None) -> None:
        """Returns nothing: no single text shows it."""

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns the segments that repeat earlier ones."""
        seen: set[tuple[str, tuple[str, ...]]] = set()
        repeated = []
        for segment in outputs.bitext.segments:
            key = (segment.source, segment.references)
            if key in seen:
                repeated.append(segment.id)
            seen.add(key)
        total = len(outputs.bitext.segments)
        if not repeated or len(repeated) < _SHARE * total:
            return ()
        message = (
            f"{len(repeated):,} of {total:,} segments of the test set repeat an earlier one:"
            " intervals are too narrow"
        )
        return (Finding(self.id, message, repeated, warn=True),)


_SHARE = 0.05
