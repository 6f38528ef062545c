"""What every check looks like to the harness: it looks at one text of one segment at a time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, Protocol

from evalharness.values.checks import Finding
from evalharness.values.outputs import Observations, Outputs
from evalharness.values.segments import Bitext, Segment


class _Answer(Enum):
    not_applicable = "not applicable"


NOT_APPLICABLE: Final = _Answer.not_applicable
"""What a look returns at a text that the check cannot judge: it counts in no rate."""


class Look(Protocol):
    """How a check looks at a text, once it has seen the bitext."""

    def __call__(self, segment: Segment, text: str, observations: Observations | None) -> Any:
        """Looks at one text of a segment.

        Args:
            segment: The segment.
            text: The hypothesis, or a reference.
            observations: What the system says about the hypothesis; `None` for a reference, about
                which no system says anything.

        Returns:
            What the check saw, a JSON value, where the text is wrong; `None` where it is not;
            `NOT_APPLICABLE` where the check cannot tell.
        """


class Check(Protocol):
    """A kind of wrong output that a program can see. It never ranks systems, and can be gated.

    The same look is taken at the hypothesis and at each reference of a segment: what people wrote
    is the control group. A class that names this one as its base gets what a plain check says: it
    needs no packages of its own, judges texts alone, and finds nothing over many segments.
    """

    @property
    def id(self) -> str:
        """What it is called in folders and columns: letters, digits, `.`, `_`, `+` and `-`."""
        ...

    @property
    def meaning(self) -> str:
        """A sentence that says what is wrong with an output that it flags."""
        ...

    @property
    def structural(self) -> bool:
        """Whether what it flags is never right (empty), or a matter of style (length)."""
        ...

    @property
    def needs_observations(self) -> bool:
        """Whether it rests on what the system says about its outputs, which no text shows."""
        return False

    def missing_requirement(self) -> str | None:
        """Why it cannot look here now and how to mend that; `None` if it can. Loads nothing."""
        return None

    @abstractmethod
    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """How it looks at these segments, as `key:value` parts joined by `|`.

        Equal signatures mean comparable rates: whatever changes what is flagged changes it.
        """

    @abstractmethod
    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Makes the look at the texts of a bitext.

        Args:
            bitext: The segments with their languages, references and documents.
            prompt: The words that the system was asked with, without the text; `None` for a system
                that is not asked in words, or whose words are not known.

        Returns:
            The look; `None` where the check says nothing about any segment of this bitext, so that
            there is no rate.
        """

    def findings(self, outputs: Outputs) -> Sequence[Finding]:
        """Returns what is seen only over many segments of one bitext; by default nothing.

        What is seen over several runs belongs to no run and is found where several runs are.

        Args:
            outputs: The bitext with a hypothesis for each segment, `None` where the system failed.
        """
        return ()
