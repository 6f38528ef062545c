"""What every metric looks like to the harness: additive statistics and a function of their sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from evalharness.testsets.base import Segment

Array = npt.NDArray[np.float64]


class Metric(Protocol):
    """A table of statistics, one row per segment, and a score of the rows' sum.

    Because a corpus score is a function of summed rows, resampling segments or documents is a
    matrix product of weights with the statistics, for every metric alike.
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
        """Whether a segment without a reference cannot be scored."""
        ...

    def unavailable(self) -> str | None:
        """Why this metric cannot be computed here now and how to mend that; `None` if it can."""
        ...

    def signature(self, segments: Sequence[Segment]) -> str:
        """How the number is computed on these segments, as `key:value` parts joined by `|`."""
        ...

    def statistics(self, segments: Sequence[Segment], hypotheses: Sequence[str]) -> Array:
        """Returns the additive statistics, of shape (n_segments, k)."""
        ...

    def corpus(self, totals: Array) -> Array:
        """Scores summed statistics.

        Args:
            totals: Sums of rows of statistics, of shape (..., k).

        Returns:
            The corpus scores, of shape (...), in the metric's own unit.
        """
        ...

    def segment_scores(self, statistics: Array) -> Array:
        """Scores each row of statistics, of shape (n_segments, k), on its own: (n_segments,)."""
        ...
