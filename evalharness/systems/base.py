"""What every translation system looks like to the harness."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Union

from evalharness.hub import Checkpoint

Fact = Union[str, int, float, bool, None, "Facts", Sequence["Fact"]]
Facts = Mapping[str, Fact]
"""JSON-serialisable facts about a system; never secrets."""

_BATCH = 100


@dataclass(frozen=True)
class Translation:
    """What a system made of a text.

    Attributes:
        text: The translation.
        truncated: Whether the text was longer than the system takes, and its end was cut off.
        unfinished: Whether the translation reached the length limit before it ended.
    """

    text: str
    truncated: bool = False
    unfinished: bool = False


class System(Protocol):
    """Anything that turns source segments into hypotheses.

    A class that names this one as its base gets what a plain system says: whole segments, nothing
    to download, the processor.
    """

    @property
    def name(self) -> str:
        """Name in tables and folders: letters, digits, `.`, `_`, `+` and `-`."""
        ...

    @abstractmethod
    def unavailable(self) -> str | None:
        """Why this system cannot run here now and how to mend that; `None` if it can.

        Cheap: it loads no model.
        """

    @abstractmethod
    def supports(self, source: str, target: str) -> bool:
        """Whether the system translates from `source` into `target` (BCP-47 codes)."""

    @abstractmethod
    def fingerprint(self, source: str, target: str) -> Facts:
        """Everything that can change a hypothesis for this pair, as hashable facts."""

    @abstractmethod
    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | None]]:
        """Yields each text's position with its translation, in any order, as soon as it exists.

        `None`, or no word about a position, marks a failure, which is never `""`.
        """

    def checkpoints(self, source: str, target: str) -> Sequence[Checkpoint]:
        """What it loads for a pair, from the hub or a folder; empty without weights."""
        return ()

    def supported(self) -> str:
        """The pairs it translates, in words, for the error when it is asked for another."""
        return "choose another model= or testset="

    def hardware(self) -> str:
        """What it computes on."""
        return "cpu"

    def notes(self) -> Sequence[str]:
        """What a reader has to know to read its scores right, a line each."""
        return ()

    def pieces(self, text: str, source: str) -> Sequence[str]:
        """Cuts a segment into the pieces that are translated, and kept, each on its own."""
        return (text,)

    def batches(self, texts: Sequence[str], source: str, target: str) -> Sequence[Sequence[int]]:
        """The positions of the texts that `translate` is best given together."""
        return [range(len(texts))[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
