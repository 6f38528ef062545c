"""From hypotheses to scores: each metric's statistics, its score and its interval."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.metrics.aggregates import Aggregate
from evalharness.metrics.base import Array, Metric, Remark
from evalharness.stats import bootstrap_scores, percentile_interval, sum_by_document
from evalharness.testsets.base import Bitext, Segment

log = logging.getLogger(__name__)

FEWEST_DOCUMENTS = 10
"""Of fewer, resamples hardly differ, and intervals come out far too narrow or wide."""


@dataclass(frozen=True)
class Score:
    """A corpus score with its 95 % bootstrap interval, in the metric's own unit.

    Attributes:
        metric: The metric's name.
        score: The score.
        low: Where the interval begins.
        high: Where it ends.
        signature: How it was computed.
        higher_is_better: Its direction.
        aggregate: How the summed statistics become the score; `None` where none of our formulas
            does that, or the run was written before this was.
    """

    metric: str
    score: float
    low: float
    high: float
    signature: str
    higher_is_better: bool
    aggregate: Aggregate | None = None


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
        remarks: What else a metric says, segment by segment, by metric; not of those that say
            nothing.
    """

    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    resampling: Resampling
    statistics: Mapping[str, Array]
    segment_scores: Mapping[str, Array]
    remarks: Mapping[str, Sequence[Remark]] = field(default_factory=dict)


@dataclass(frozen=True)
class Translated:
    """The segments of a language pair, and a hypothesis for each, `None` where there is none."""

    bitext: Bitext
    hypotheses: Sequence[str | None]


@dataclass(frozen=True)
class _Verdict:
    """What a metric says about a pair's segments, row by row."""

    statistics: Array
    segment_scores: Array
    remarks: Sequence[Remark]


def score(
    metrics: Sequence[Metric],
    pairs: Sequence[Translated],
    *,
    resamples: int,
    seed: int,
    absent: Mapping[str, str],
) -> list[Scoring]:
    """Scores hypotheses against their segments' references.

    A metric gets the segments of all pairs at once, so that a neural one meets each text once and
    fills its batches. A pair with failed segments (`None`) has no score: leaving them out would
    compare unlike things, and counting them as empty would be untrue.

    Args:
        metrics: What to compute.
        pairs: What is scored.
        resamples: Bootstrap resamples per interval.
        seed: Seeds the bootstrap.
        absent: Why a metric cannot be computed here now, by its name.

    Returns:
        A scoring for each pair.

    Raises:
        EvalHarnessError: A metric gives something else than a finite number for each segment.
    """
    judged = [_judge(metric, pairs, absent.get(metric.name)) for metric in metrics]
    return [
        _scoring(
            [(metric, of[position]) for metric, of in zip(metrics, judged, strict=True)],
            pair.bitext,
            _resampling(pair.bitext.segments, resamples, seed),
        )
        for position, pair in enumerate(pairs)
    ]


def _judge(metric: Metric, pairs: Sequence[Translated], absent: str | None) -> list[_Verdict | str]:
    """What a metric says about each pair, or why it says nothing."""
    reasons = [_obstacle(metric, pair, absent) for pair in pairs]
    scored = [pair for pair, reason in zip(pairs, reasons, strict=True) if not reason]
    verdicts = _verdicts(metric, scored) if scored else iter(())
    return [reason or next(verdicts) for reason in reasons]


def _obstacle(metric: Metric, pair: Translated, absent: str | None) -> str | None:
    """Why a metric cannot be computed for a pair; an absent one is not asked what it needs."""
    total = len(pair.hypotheses)
    if failed := sum(text is None for text in pair.hypotheses):
        return f"{failed} of {total} segments failed"
    bare = sum(not segment.references for segment in pair.bitext.segments)
    if not absent and bare and metric.needs_reference:
        which = (
            "the test set has none" if bare == total else f"{bare} of {total} segments have none"
        )
        return f"needs a reference, and {which}"
    return absent


def _verdicts(metric: Metric, pairs: Sequence[Translated]) -> Iterator[_Verdict]:
    segments = [segment for pair in pairs for segment in pair.bitext.segments]
    hypotheses = [text for pair in pairs for text in pair.hypotheses if text is not None]
    table = metric.statistics(segments, hypotheses)
    scores = metric.segment_scores(table)
    remarks = metric.remarks(segments, hypotheses)
    if not len(table) == len(scores) == len(segments) or len(remarks) not in (0, len(segments)):
        raise EvalHarnessError(f"not a row for each of {len(segments)} segments", where=metric.name)
    start = 0
    for pair in pairs:
        rows = slice(start, start + len(pair.hypotheses))
        verdict = _Verdict(table[rows], scores[rows], remarks[rows])
        _check_finite(metric, pair.bitext, verdict)
        yield verdict
        start = rows.stop


def _check_finite(metric: Metric, bitext: Bitext, verdict: _Verdict) -> None:
    finite = np.isfinite(verdict.statistics).all(axis=1) & np.isfinite(verdict.segment_scores)
    if not finite.all():
        segment = bitext.segments[int(np.argmin(finite))]
        raise _no_number(metric, bitext, f" for segment {segment.id}")


def _no_number(metric: Metric, bitext: Bitext, what: str = "") -> EvalHarnessError:
    return EvalHarnessError(
        f"{metric.name} gives no finite number{what}",
        where=f"{bitext.testset} {bitext.pair}",
        mend="leave out the metric or the segment",
    )


def _scoring(
    judged: Sequence[tuple[Metric, _Verdict | str]], bitext: Bitext, resampling: Resampling
) -> Scoring:
    given = [(metric, of) for metric, of in judged if isinstance(of, _Verdict)]
    silent = Remark()
    return Scoring(
        tuple(_score(metric, of.statistics, bitext, resampling) for metric, of in given),
        tuple(Unavailable(metric.name, of) for metric, of in judged if isinstance(of, str)),
        resampling,
        {metric.name: of.statistics for metric, of in given},
        {metric.name: of.segment_scores for metric, of in given},
        {metric.name: of.remarks for metric, of in given if set(of.remarks) - {silent}},
    )


def sum_by_unit(table: Array, segments: Sequence[Segment]) -> Array:
    """Sums the statistics of each unit of resampling: a document where there are enough.

    Args:
        table: Additive statistics, of shape (n_segments, k).
        segments: The segments, in the same order.

    Returns:
        An array of shape (n_units, k).
    """
    if _has_documents(segments):
        return sum_by_document(table, [segment.document for segment in segments])
    return table


def _has_documents(segments: Sequence[Segment]) -> bool:
    documents = {segment.document for segment in segments}
    return None not in documents and len(documents) >= FEWEST_DOCUMENTS


def _resampling(segments: Sequence[Segment], resamples: int, seed: int) -> Resampling:
    documents = {segment.document for segment in segments}
    if _has_documents(segments):
        return Resampling(resamples, seed, "document", len(documents))
    if None not in documents and len(documents) > 1:
        log.warning("only %d documents: intervals resample segments instead", len(documents))
    return Resampling(resamples, seed, "segment", len(segments))


def _score(metric: Metric, table: Array, bitext: Bitext, resampling: Resampling) -> Score:
    units = sum_by_unit(table, bitext.segments)
    resampled = bootstrap_scores(units, metric.corpus, resampling.resamples, resampling.seed)
    interval = percentile_interval(resampled)
    total = float(metric.corpus(table.sum(axis=0)))
    if not all(map(math.isfinite, (total, interval.low, interval.high))):
        raise _no_number(metric, bitext)
    return Score(
        metric.name,
        total,
        interval.low,
        interval.high,
        metric.signature(bitext.segments),
        metric.higher_is_better,
        metric.aggregate,
    )
