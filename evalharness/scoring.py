"""From hypotheses to scores: each metric's statistics, its score and its interval."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np
import numpy.typing as npt

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
    compare unlike things, and counting them as empty would be untrue. For the same reason a metric
    that gives no finite number for a segment of a pair is unavailable for that pair.

    Args:
        metrics: What to compute.
        pairs: What is scored.
        resamples: Bootstrap resamples per interval.
        seed: Seeds the bootstrap.
        absent: Why a metric cannot be computed here now, by its name.

    Returns:
        A scoring for each pair.

    Raises:
        EvalHarnessError: A metric gives something else than a row for each segment.
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
    if not absent and metric.needs_source and not pair.bitext.has_sources:
        return "needs the sources, and the test set has none"
    bare = sum(not segment.references for segment in pair.bitext.segments)
    if not absent and bare and metric.needs_reference:
        which = (
            "the test set has none" if bare == total else f"{bare} of {total} segments have none"
        )
        return f"needs a reference, and {which}"
    return absent


def _verdicts(metric: Metric, pairs: Sequence[Translated]) -> Iterator[_Verdict | str]:
    """What a metric says about each pair; why nothing, where a number of it is not finite."""
    table = metric.statistics(*_together(pairs))
    scores = metric.segment_scores(table)
    _check_rows(metric, pairs, table, scores)
    finite = np.isfinite(table).all(axis=1) & np.isfinite(scores)
    parts = _parts(pairs)
    sound = [pair for pair, part in zip(pairs, parts, strict=True) if finite[part].all()]
    remarks = metric.remarks(*_together(sound)) if sound else ()
    if remarks:
        _check_rows(metric, sound, remarks)
    of_sound = iter(_parts(sound))
    for pair, part in zip(pairs, parts, strict=True):
        if finite[part].all():
            yield _Verdict(table[part], scores[part], remarks[next(of_sound)])
        else:
            yield _not_finite(pair.bitext, finite[part])


def _together(pairs: Sequence[Translated]) -> tuple[list[Segment], list[str]]:
    """The segments and hypotheses of all pairs, one after the other."""
    segments = [segment for pair in pairs for segment in pair.bitext.segments]
    return segments, [text for pair in pairs for text in pair.hypotheses if text is not None]


def _parts(pairs: Sequence[Translated]) -> list[slice]:
    """Where each pair's rows are among those of all."""
    ends = list(accumulate(len(pair.hypotheses) for pair in pairs))
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _check_rows(metric: Metric, pairs: Sequence[Translated], *rows: Sized) -> None:
    expected = sum(len(pair.hypotheses) for pair in pairs)
    if any(len(some) != expected for some in rows):
        raise EvalHarnessError(f"not a row for each of {expected} segments", where=metric.name)


def _not_finite(bitext: Bitext, finite: npt.NDArray[np.bool_]) -> str:
    first = bitext.segments[int(np.argmin(finite))]
    others = len(finite) - int(finite.sum()) - 1
    more = f" and {others} more" if others else ""
    return f"no finite number for segment {first.id}{more}; leave out the metric or the segment"


def _scoring(
    judged: Sequence[tuple[Metric, _Verdict | str]], bitext: Bitext, resampling: Resampling
) -> Scoring:
    outcomes = [
        (metric.name, _score(metric, verdict, bitext, resampling)) for metric, verdict in judged
    ]
    given = [(name, *outcome) for name, outcome in outcomes if not isinstance(outcome, str)]
    silent = Remark()
    return Scoring(
        tuple(made for _, _, made in given),
        tuple(Unavailable(name, why) for name, why in outcomes if isinstance(why, str)),
        resampling,
        {name: verdict.statistics for name, verdict, _ in given},
        {name: verdict.segment_scores for name, verdict, _ in given},
        {name: verdict.remarks for name, verdict, _ in given if set(verdict.remarks) - {silent}},
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


def _score(
    metric: Metric, judged: _Verdict | str, bitext: Bitext, resampling: Resampling
) -> tuple[_Verdict, Score] | str:
    """The verdict with the score, or why there is none."""
    if isinstance(judged, str):
        return judged
    table = judged.statistics
    units = sum_by_unit(table, bitext.segments)
    resampled = bootstrap_scores(units, metric.corpus, resampling.resamples, resampling.seed)
    interval = percentile_interval(resampled)
    total = float(metric.corpus(table.sum(axis=0)))
    if not all(map(math.isfinite, (total, interval.low, interval.high))):
        return "no finite number for all segments together; leave out the metric"
    return judged, Score(
        metric.name,
        total,
        interval.low,
        interval.high,
        metric.signature(bitext.segments),
        metric.higher_is_better,
        metric.aggregate,
    )
