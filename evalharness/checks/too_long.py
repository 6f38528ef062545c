"""`too_long`: the hypothesis is much longer than translations of such a source are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.lengths import SHARE, SIGNATURE, SPREADS, expected_lengths, length_of
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class TooLong(Check):
    """The hypothesis has much more than a translation of its source would have.

    It has more than one and a half times the expected length, and so many characters as hardly any
    reference has: it is five spreads above. `lengths.expected_lengths` says how the length of a
    translation is learnt from the references of other documents. The check sees the hypothesis's
    length and the expected one, in characters.
    """

    id: str = "too_long"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis is much longer than translations of such a source are"

    @property
    def structural(self) -> bool:
        """Translators shorten and explain, too."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the rule."""
        return SIGNATURE

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` where there is nothing to learn lengths from."""
        known = expected_lengths(bitext)
        if known is None:
            return None

        def look(segment: Segment, text: str, observations: Observations | None) -> Any:
            expected, length = known.get(segment.id), length_of(text)
            if expected is None or not length:
                return NOT_APPLICABLE
            if SHARE * length < expected.length or expected.spreads(length) < SPREADS:
                return None
            return {"characters": length, "expected": round(expected.length)}

        return look
