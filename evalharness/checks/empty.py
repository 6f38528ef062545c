"""`empty`: nothing can be seen of the hypothesis."""

from __future__ import annotations

from dataclasses import dataclass

from evalharness.checks.check import Check, Look
from evalharness.formats.text import is_blank
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment

_MOST_SHOWN = 20


@dataclass(frozen=True)
class Empty(Check):
    """The hypothesis is empty, or has no character that can be seen.

    Spaces, controls, zero-width and directional marks are not seen, and neither are the characters
    that Unicode calls letters or symbols and draws as blanks. It is the same question that decides
    which lines of a test set are blank (`formats.text.is_blank`).

    A segment on which the system failed has no hypothesis: it is counted as failed and not looked
    at. The check sees the code points that are there: `""` of none, else such as `"U+200B U+00A0"`.
    """

    id: str = "empty"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the hypothesis has no visible character"

    @property
    def structural(self) -> bool:
        """Never right: every segment has a source to translate."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "unseen:spaces+controls+formats+fillers"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> str | None:
    if not is_blank(text):
        return None
    return " ".join(f"U+{ord(letter):04X}" for letter in text[:_MOST_SHOWN])
