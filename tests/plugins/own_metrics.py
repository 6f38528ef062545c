"""Metrics of a user's own, by the protocol alone: what `_target_` can name besides our classes."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from evalharness.hub import Checkpoint, Files
from evalharness.metrics import ErrorSpan, MeanAggregate, Metric, Remark


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

    higher_is_better: ClassVar[bool] = True
    asked: ClassVar[list[list[str]]] = []

    def unavailable(self) -> str | None:
        return None

    def signature(self, segments: Sequence) -> str:
        return f"reads:{self.reads}"

    def statistics(self, segments: Sequence, hypotheses: Sequence[str]) -> np.ndarray:
        self.asked.append(list(hypotheses))
        return np.array([[len(text[: self.reads]), 1.0] for text in hypotheses])

    @property
    def aggregate(self) -> MeanAggregate | None:
        return MeanAggregate()

    def remarks(self, segments: Sequence, hypotheses: Sequence[str]) -> list[Remark]:
        return [
            Remark(
                len(text) > self.reads,
                tuple(
                    ErrorSpan(match.start(), match.end(), "minor", 0.5)
                    for match in re.finditer("x+", text)
                ),
            )
            for text in hypotheses
        ]


@dataclass(frozen=True)
class Characters(Length):
    """How many characters the hypotheses have in all, which no formula of ours gives.

    Attributes:
        name: Its name in tables.
    """

    name: str = "characters"

    @property
    def aggregate(self) -> None:
        return None

    def corpus(self, totals: np.ndarray) -> np.ndarray:
        return totals[..., 0]

    def segment_scores(self, statistics: np.ndarray) -> np.ndarray:
        return statistics[:, 0]


@dataclass(frozen=True)
class Broken(Length):
    """Gives no number for one hypothesis, or in the end.

    Attributes:
        on: That hypothesis; `total` for the score of all.
    """

    name: str = "broken"
    on: str = "mavi deniz"

    def statistics(self, segments: Sequence, hypotheses: Sequence[str]) -> np.ndarray:
        table = super().statistics(segments, hypotheses)
        table[[text == self.on for text in hypotheses], 0] = np.nan
        return table

    def corpus(self, totals: np.ndarray) -> np.ndarray:
        return super().corpus(totals) * (np.nan if self.on == "total" else 1.0)


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

    def unavailable(self) -> str | None:
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

    def statistics(self, segments: Sequence, hypotheses: Sequence[str]) -> np.ndarray:
        from transformers import PreTrainedModel

        alive = sum(issubclass(type(it), PreTrainedModel) for it in gc.get_objects())
        return np.array([[float(alive), 1.0]] * len(hypotheses))
