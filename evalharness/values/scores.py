"""What metrics say: a judgement per bitext, row by row, and the scores made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array
from evalharness.values.checks import CheckResult, Finding
from evalharness.values.outputs import Observations


@dataclass(frozen=True)
class Judgement:
    """What a metric says about one system's outputs for one bitext.

    A row that is not finite says that there is no number for its segment.

    Attributes:
        statistics: Additive statistics, of shape (n_segments, k).
        segment_scores: Each segment's own score, of shape (n_segments,), in the metric's unit.
        aggregate: How summed statistics become the score.
        signature: How the numbers were computed, as `key:value` parts joined by `|`.
        higher_is_better: The direction of the score.
        unit: What the score counts, in words: `"0 to 100"`.
        observations: What else the metric says about each segment; empty where it says nothing of
            any.
    """

    statistics: Array
    segment_scores: Array
    aggregate: Aggregate
    signature: str
    higher_is_better: bool
    unit: str = ""
    observations: Sequence[Observations] = ()


@dataclass(frozen=True)
class Score:
    """A corpus score with its 95 % interval, in the metric's own unit.

    Attributes:
        metric: The metric's name.
        score: The score.
        low: Where the interval begins.
        high: Where it ends.
        signature: How it was computed.
        higher_is_better: Its direction.
        aggregate: How the summed statistics become the score; `None` where a run folder names no
            formula of ours, or was written before it named any.
        unit: What the score counts, in words; empty where nobody says.
    """

    metric: str
    score: float
    low: float
    high: float
    signature: str
    higher_is_better: bool
    aggregate: Aggregate | None = None
    unit: str = ""


@dataclass(frozen=True)
class Unavailable:
    """A metric without a score, and why."""

    metric: str
    reason: str


@dataclass(frozen=True)
class Resampling:
    """How intervals were estimated.

    Attributes:
        resamples: Bootstrap resamples.
        seed: Seeds them.
        unit: What was resampled: `segment` or `document`.
        units: How many there are.
        method: `percentile`, `expanded`, `jackknife` or `mixed` (`stats.intervals`).
        effective: How many documents of equal size would say as much; 0 where a run folder does not
            say.
        one_document: Whether all segments are of one document, and so had to be the units.
    """

    resamples: int
    seed: int
    unit: str
    units: int
    method: str = "percentile"
    effective: float = 0.0
    one_document: bool = False


@dataclass(frozen=True)
class Scoring:
    """What all metrics and checks say about one system's outputs for one bitext.

    Attributes:
        scores: One per metric that could be computed.
        unavailable: One per metric that could not.
        resampling: How the intervals were estimated.
        judgements: What each metric that could be computed says, by its name.
        checks: What each check says.
        findings: What is seen only over many segments.
        looked: The ids of the checks that looked, also of those that have nothing to say.
    """

    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    resampling: Resampling
    judgements: Mapping[str, Judgement]
    checks: tuple[CheckResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    looked: tuple[str, ...] = ()
