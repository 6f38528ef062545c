"""From hypotheses to scores: each metric's statistics, its score and its interval."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalharness.metrics.base import Array, Metric
from evalharness.stats import bootstrap_scores, percentile_interval, sum_by_document
from evalharness.testsets.base import Segment

log = logging.getLogger(__name__)

FEWEST_DOCUMENTS = 10
"""Of fewer, resamples hardly differ, and intervals come out far too narrow or wide."""


@dataclass(frozen=True)
class Score:
    """A corpus score with its 95 % bootstrap interval, in the metric's own unit."""

    metric: str
    score: float
    low: float
    high: float
    signature: str
    higher_is_better: bool


@dataclass(frozen=True)
class Unavailable:
    """A metric without a score, and why."""

    metric: str
    reason: str


@dataclass(frozen=True)
class Resampling:
    """How intervals were estimated: `units` units (`segment` or `document`) resampled."""

    resamples: int
    seed: int
    unit: str
    units: int


@dataclass(frozen=True)
class Scoring:
    """What all metrics say about the hypotheses of one run.

    Attributes:
        scores: One per metric that could be computed.
        unavailable: One per metric that could not.
        resampling: How the intervals were estimated.
        statistics: The additive statistics by metric, each (n_segments, k).
        segment_scores: The segment scores by metric, each (n_segments,).
    """

    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    resampling: Resampling
    statistics: Mapping[str, Array]
    segment_scores: Mapping[str, Array]


def score(
    metrics: Sequence[Metric],
    segments: Sequence[Segment],
    hypotheses: Sequence[str | None],
    *,
    resamples: int,
    seed: int,
) -> Scoring:
    """Scores hypotheses against their segments' references.

    A run with failed segments (`None`) has no score: leaving them out would compare unlike
    things, and counting them as empty would be untrue.

    Args:
        metrics: What to compute.
        segments: The segments, in order.
        hypotheses: One per segment.
        resamples: Bootstrap resamples per interval.
        seed: Seeds the bootstrap.
    """
    resampling = _resampling(segments, resamples, seed)
    failed = sum(text is None for text in hypotheses)
    translated = [text for text in hypotheses if text is not None]
    scores, unavailable = [], []
    statistics, segment_scores = {}, {}
    for metric in metrics:
        reason = metric.unavailable()
        if failed:
            reason = f"{failed} of {len(hypotheses)} segments failed"
        if reason:
            unavailable.append(Unavailable(metric.name, reason))
            continue
        table = metric.statistics(segments, translated)
        scores.append(_score(metric, table, segments, resampling))
        statistics[metric.name] = table
        segment_scores[metric.name] = metric.segment_scores(table)
    return Scoring(tuple(scores), tuple(unavailable), resampling, statistics, segment_scores)


def _resampling(segments: Sequence[Segment], resamples: int, seed: int) -> Resampling:
    documents = {segment.document for segment in segments}
    if None not in documents and len(documents) >= FEWEST_DOCUMENTS:
        return Resampling(resamples, seed, "document", len(documents))
    if None not in documents and len(documents) > 1:
        log.warning("only %d documents: intervals resample segments instead", len(documents))
    return Resampling(resamples, seed, "segment", len(segments))


def _score(
    metric: Metric, table: Array, segments: Sequence[Segment], resampling: Resampling
) -> Score:
    units = table
    if resampling.unit == "document":
        units = sum_by_document(table, [segment.document for segment in segments])
    resampled = bootstrap_scores(units, metric.corpus, resampling.resamples, resampling.seed)
    interval = percentile_interval(resampled)
    return Score(
        metric.name,
        float(metric.corpus(table.sum(axis=0))),
        interval.low,
        interval.high,
        metric.signature(segments),
        metric.higher_is_better,
    )
