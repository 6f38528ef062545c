"""`too_short`: the hypothesis is much shorter than translations of such a source are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.checks.lengths import SHARE, SIGNATURE, SPREADS, expected_lengths, length_of
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class TooShort(Check):
    """The hypothesis lacks a good part of what a translation of its source would have.

    It has less than two thirds of the expected length, and so few characters as hardly any
    reference has: it is five spreads below. `lengths.expected_lengths` says how the length of a
    translation is learnt from the references of other documents. The check sees the hypothesis's
    length and the expected one, in characters. An empty hypothesis is for the check `empty`.
    """

    id: str = "too_short"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis is much shorter than translations of such a source are"

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
            if length > SHARE * expected.length or expected.spreads(length) > -SPREADS:
                return None
            return {"characters": length, "expected": round(expected.length)}

        return look
