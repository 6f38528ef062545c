"""`truncated`: the system says that it did not read the source to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Truncated(Check):
    """The source was longer than the system takes, and its end was cut off before translation.

    It rests on the observation `truncated`. It differs from `unfinished`, where the source was
    read whole and the hypothesis lacks its end. What holds for a system that says nothing, and for
    references, is as there. The check sees the observation itself, `true`.
    """

    id: str = "truncated"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the system says that the source was too long for it, and that its end was cut off"

    @property
    def structural(self) -> bool:
        """Never right: the end of the source was not translated."""
        return True

    @property
    def needs_observations(self) -> bool:
        """The text alone does not show it."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "observation:truncated"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if observations is None:
        return NOT_APPLICABLE
    return observations.get("truncated") or None
