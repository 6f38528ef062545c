"""Holding a candidate to a baseline: what can be compared is judged, what cannot fails."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evalharness.evidence import Evidence, load_evidence
from evalharness.gate.likeness import counterpart, why_no_counterpart, why_unlike
from evalharness.gate.margins import margin_of
from evalharness.gate.runs import Candidate
from evalharness.gate.verdicts import Answer, Question, judge, units_needed
from evalharness.metrics import Metric
from evalharness.metrics.base import Array
from evalharness.stats import paired_difference, sum_by_document
from evalharness.store.baselines import BaselineRun, BaselineScore, damaged_baseline
from evalharness.testsets.base import Segment
from evalharness.views.gate import Measured, Outcome, Verdict

_ONE_UNIT = "one segment tells nothing of how much scores vary"


@dataclass(frozen=True)
class _Comparison:
    """A question, and what is to be said with the answer."""

    key: tuple[str, str]
    question: Question
    metric: Metric
    baseline: float
    candidate: float
    unit: str


def assess(
    baseline: Sequence[BaselineRun],
    candidate: Candidate,
    margins: Mapping[str, float],
    alpha: float,
) -> list[Verdict]:
    """Judges a candidate on every metric of every run of a baseline, as one family.

    Raises:
        EvalHarnessError: It is not clear which run is meant, a metric has no margin, or files are
            damaged.
    """
    found = [part for run in baseline for part in _compare(run, candidate, margins)]
    questions = [part.question for part in found if isinstance(part, _Comparison)]
    answers = iter(judge(questions, alpha))
    return [part if isinstance(part, Verdict) else _verdict(part, next(answers)) for part in found]


def _compare(
    baseline: BaselineRun, candidate: Candidate, margins: Mapping[str, float]
) -> Iterator[Verdict | _Comparison]:
    run = counterpart(baseline, candidate)
    obstacles = {
        score.metric: why_unlike(score, run.record)
        if run
        else why_no_counterpart(baseline, candidate)
        for score in baseline.scores
    }
    evidence = None
    if run:
        evidence = load_evidence(run, [name for name in obstacles if not obstacles[name]])
    for score in baseline.scores:
        if evidence is None or obstacles[score.metric]:
            obstacle = obstacles[score.metric]
            yield Verdict(*baseline.key, score.metric, Outcome.FAIL, obstacle)
        else:
            options = evidence.found.record.metrics[score.metric]
            margin = margin_of(score.metric, options, margins)
            yield _measure(baseline, score, evidence, margin)


def _measure(
    baseline: BaselineRun, score: BaselineScore, evidence: Evidence, margin: float
) -> Verdict | _Comparison:
    if tuple(segment.id for segment in evidence.segments) != baseline.ids:
        raise damaged_baseline(baseline.file, "not the segments that its digest says")
    metric, table = evidence.metrics[score.metric], evidence.statistics[score.metric]
    held = _checked_statistics(baseline, score, metric, table.shape)
    # What differs of the same text is how two machines add up, which is no change.
    texts = zip(evidence.translated.hypotheses, baseline.hypotheses, strict=True)
    same = np.array([[now == then] for now, then in texts])
    documents = _documents(evidence.segments)
    first, second = (
        sum_by_document(of, documents) if documents else of
        for of in (np.where(same, held, table), held)
    )
    if len(first) < 2:
        return Verdict(*baseline.key, score.metric, Outcome.INCONCLUSIVE, _ONE_UNIT)
    return _Comparison(
        baseline.key,
        Question(
            paired_difference(first, second, metric.corpus).gain(metric.higher_is_better), margin
        ),
        metric,
        score.score,
        float(metric.corpus(table.sum(axis=0))),
        "document" if documents else "segment",
    )


def _documents(segments: Sequence[Segment]) -> list[str]:
    """The document of each segment; empty where they are not known, or there is only one.

    Intervals by the bootstrap need many documents. The jackknife with Student's t holds its level
    from two on: few documents make it inconclusive, not wrong.
    """
    documents = [segment.document for segment in segments if segment.document is not None]
    known = len(documents) == len(segments) and len(set(documents)) > 1
    return documents if known else []


def _checked_statistics(
    baseline: BaselineRun, score: BaselineScore, metric: Metric, shape: tuple[int, ...]
) -> Array:
    """The baseline's statistics, which must give its score."""
    table = baseline.statistics[score.metric]
    if table.shape != shape:
        raise damaged_baseline(baseline.file, f"statistics of {score.metric} are {table.shape}")
    given = float(metric.corpus(table.sum(axis=0)))
    if not math.isclose(given, score.score, rel_tol=1e-6, abs_tol=1e-9):
        told = f"its statistics give {score.metric} {given:.4f}, not {score.score:.4f}"
        raise damaged_baseline(baseline.file, told)
    return table


def _verdict(asked: _Comparison, answer: Answer) -> Verdict:
    low, high = answer.low, answer.high
    if not asked.metric.higher_is_better:
        low, high = -high, -low
    measured = Measured(
        baseline=asked.baseline,
        candidate=asked.candidate,
        low=low,
        high=high,
        margin=asked.question.margin,
        higher_is_better=asked.metric.higher_is_better,
        unit=asked.unit,
        units=asked.question.gain.units,
        units_needed=units_needed(asked.question, answer),
        p_not_worse=answer.p_not_worse,
        p_worse=answer.p_worse,
        p_better=answer.p_better,
    )
    return Verdict(*asked.key, asked.metric.name, answer.outcome, measured=measured)
