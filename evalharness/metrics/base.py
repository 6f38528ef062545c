"""What every metric looks like to the harness: additive statistics and a function of their sum."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from evalharness.hub import Checkpoint
from evalharness.metrics.aggregates import Aggregate
from evalharness.testsets.base import Segment

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ErrorSpan:
    """A part of a hypothesis that a metric takes for an error.

    Attributes:
        start: Its first character, from 0.
        end: The character after its last.
        severity: `minor`, `major` or `critical`.
        confidence: How sure the metric is, 0 to 1.
    """

    start: int
    end: int
    severity: str
    confidence: float


@dataclass(frozen=True)
class Remark:
    """What a metric says about a segment besides its score.

    Attributes:
        truncated: Whether it did not read the end of a text, which is longer than it reads.
        error_spans: The errors it sees.
    """

    truncated: bool = False
    error_spans: tuple[ErrorSpan, ...] = ()


class Metric(Protocol):
    """A table of statistics, one row per segment, and a score of the rows' sum.

    Because a corpus score is a function of summed rows, resampling segments or documents is a
    matrix product of weights with the statistics, for every metric alike.

    A class that names this one as its base gets what a plain metric says: nothing to download,
    nothing to remark, and the scores that its `aggregate` gives.
    """

    @property
    def name(self) -> str:
        """SacreBLEU's spelling (`BLEU`, `chrF2++`), or the checkpoint of a neural metric."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """The direction of the score."""
        ...

    @property
    def needs_reference(self) -> bool:
        """Whether a segment without a reference cannot be scored.

        Asked only of a metric that is available: a checkpoint says so itself.
        """
        ...

    @property
    def needs_source(self) -> bool:
        """Whether a segment without a source cannot be scored; string metrics need none."""
        return False

    @abstractmethod
    def unavailable(self) -> str | None:
        """Why this metric cannot be computed here now and how to mend that; `None` if it can.

        Cheap: it loads no model.

        Raises:
            EvalHarnessError: What was chosen can never be computed, such as a folder that holds no
                checkpoint.
        """

    @abstractmethod
    def signature(self, segments: Sequence[Segment]) -> str:
        """How the number is computed on these segments, as `key:value` parts joined by `|`."""

    @abstractmethod
    def statistics(self, segments: Sequence[Segment], hypotheses: Sequence[str]) -> Array:
        """Returns the additive statistics, of shape (n_segments, k).

        A row that is not finite says that there is no number for its segment.
        """

    @property
    def aggregate(self) -> Aggregate | None:
        """How summed statistics become the score, as data that run folders hold.

        `None` where none of our formulas does that, but only the metric's own `corpus` and
        `segment_scores`: finished runs are then shown with their scores, but not compared.
        """
        return None

    def corpus(self, totals: Array) -> Array:
        """Scores summed statistics.

        Args:
            totals: Sums of rows of statistics, of shape (..., k).

        Returns:
            The corpus scores, of shape (...), in the metric's own unit.
        """
        return self._formula().corpus(totals)

    def segment_scores(self, statistics: Array) -> Array:
        """Scores each row of statistics, of shape (n_segments, k), on its own: (n_segments,)."""
        return self._formula().segment_scores(statistics)

    def _formula(self) -> Aggregate:
        if self.aggregate is None:
            raise NotImplementedError(f"{self.name} has neither an aggregate nor its own formula")
        return self.aggregate

    def remarks(self, segments: Sequence[Segment], hypotheses: Sequence[str]) -> Sequence[Remark]:
        """Returns a remark per segment; none at all from a metric that makes none."""
        return ()

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yields what it loads, from the hub or a folder.

        What one checkpoint names is known once that is here: each is to be downloaded before the
        next is asked for.
        """
        yield from ()

    @property
    def fetch(self) -> bool | None:
        """Whether a run downloads what is missing; `None`: if its system downloads, too."""
        return None
