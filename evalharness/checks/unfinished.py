"""`unfinished`: the system says that the hypothesis reached the length limit before it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Unfinished(Check):
    """The hypothesis is not finished: the system says that it reached the length limit.

    It rests on the observation `unfinished`, which neural systems and services make. A system that
    cannot know how its outputs ended, such as a file of them, never says so: a rate of 0 then says
    that nobody saw any, not that there are none. A reference has no observations, so it is no
    control group here. The check sees the observation itself, `true`.
    """

    id: str = "unfinished"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "the system says that the hypothesis reached the length limit before it ended"

    @property
    def structural(self) -> bool:
        """Never right: the end is missing."""
        return True

    @property
    def needs_observations(self) -> bool:
        """The text alone does not show it."""
        return True

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "observation:unfinished"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look:
        """Returns the look; it needs nothing of the bitext."""
        return _look


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    if observations is None:
        return NOT_APPLICABLE
    return observations.get("unfinished") or None
