"""Metrics of a user's own, by the protocol alone: what `_target_` can name besides our classes."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from evalharness.hub import Checkpoint, Files
from evalharness.metrics import Bitext, Judgement, MeanAggregate, Metric, Outputs, observed


@dataclass(frozen=True)
class Length(Metric):
    """The hypotheses' mean length in characters; it reads so many, and takes every x for an error.

    Attributes:
        name: Its name in tables.
        reads: How many characters it reads.
        needs_reference: Whether it wants one all the same.
    """

    name: str = "length"
    reads: int = 1000
    needs_reference: bool = False

    asked: ClassVar[list[list[str]]] = []

    def missing_requirement(self) -> str | None:
        return None

    def signature(self, bitext: Bitext) -> str:
        return f"reads:{self.reads}"

    def judge(self, outputs: Outputs) -> Judgement:
        self.asked.append(outputs.texts)
        lengths = self.lengths(outputs.texts)
        return Judgement(
            np.column_stack([lengths, np.ones(len(lengths))]),
            lengths,
            MeanAggregate(),
            self.signature(outputs.bitext),
            True,
            "characters",
            [
                observed(
                    truncated=len(text) > self.reads,
                    error_spans=[
                        {"start": match.start(), "end": match.end(), "severity": "minor"}
                        for match in re.finditer("x+", text)
                    ],
                )
                for text in outputs.texts
            ],
        )

    def lengths(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([float(len(text[: self.reads])) for text in texts])


@dataclass(frozen=True)
class Heavy(Length):
    """Takes much memory from its first judgement until it is released, as a neural metric does."""

    loaded: ClassVar[set[str]] = set()
    together: ClassVar[list[set[str]]] = []

    def judge(self, outputs: Outputs) -> Judgement:
        self.loaded.add(self.name)
        self.together.append(set(self.loaded))
        return super().judge(outputs)

    def release(self) -> None:
        self.loaded.discard(self.name)


@dataclass(frozen=True)
class Total:
    """A formula of one's own, which whoever reads a run folder does not know."""

    formula: str = "total"
    width: int = 2

    def corpus(self, totals: np.ndarray) -> np.ndarray:
        return totals[..., 0]

    def segment_scores(self, statistics: np.ndarray) -> np.ndarray:
        return statistics[:, 0]


@dataclass(frozen=True)
class Characters(Length):
    """How many characters the hypotheses have in all, which no formula of ours gives.

    Attributes:
        name: Its name in tables.
    """

    name: str = "characters"

    def judge(self, outputs: Outputs) -> Judgement:
        return replace(super().judge(outputs), aggregate=Total())


@dataclass(frozen=True)
class Broken(Length):
    """Gives no number for one hypothesis, or in the end.

    Attributes:
        on: That hypothesis; `total` for the score of all.
    """

    name: str = "broken"
    on: str = "mavi deniz"

    def judge(self, outputs: Outputs) -> Judgement:
        judgement = super().judge(outputs)
        table = judgement.statistics.copy()
        table[[text == self.on for text in outputs.texts], 0] = np.nan
        if self.on == "total":
            table[:, 1] = 0.0
        return replace(judgement, statistics=table)


@dataclass(frozen=True)
class Weighted(Length):
    """Needs two checkpoints, the second of which the first one names, as COMET's do.

    Attributes:
        checkpoint: A hub id or folder.
        fetch: Whether a run downloads it.
    """

    name: str = "weighted"
    checkpoint: str = "own/metric"
    fetch: bool | None = None

    def checkpoints(self) -> Iterator[Checkpoint]:
        first = self._checkpoint(self.checkpoint, "encoder.txt")
        yield first
        named = (first.folder() / "encoder.txt").read_text().strip()
        yield self._checkpoint(named, "vocabulary.txt")

    def missing_requirement(self) -> str | None:
        for checkpoint in self.checkpoints():
            if not checkpoint.is_here():
                return f"{checkpoint.name} is not here; {checkpoint.fetch_with}"
        return None

    def _checkpoint(self, name: str, *files: str) -> Checkpoint:
        return Checkpoint(
            name,
            fetch_with="python -m evalharness fetch metric=weighted",
            key="metric.weighted.checkpoint",
            select=lambda names: Files(files, ("weights.bin",)),
        )


@dataclass(frozen=True)
class Networks(Length):
    """How many networks are in memory when it is its turn."""

    name: str = "networks"

    def lengths(self, texts: Sequence[str]) -> np.ndarray:
        from transformers import PreTrainedModel

        alive = sum(issubclass(type(it), PreTrainedModel) for it in gc.get_objects())
        return np.array([float(alive)] * len(texts))


class Unsigned(Length):
    """Has no signature that anybody could write down."""

    def signature(self, bitext: Bitext) -> str:
        return 5  # type: ignore[return-value]
