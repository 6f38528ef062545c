"""Holding a candidate to a baseline: what can be compared is judged, what cannot fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.gate.likeness import counterpart, why_no_counterpart, why_unlike
from evalharness.gate.margins import Margins
from evalharness.gate.runs import Candidate
from evalharness.gate.sides import Sides, both_sides
from evalharness.gate.verdicts import Answer, Question, judge, units_needed
from evalharness.metrics import Metric
from evalharness.stats import paired_difference, sum_by_document
from evalharness.store import read_translated
from evalharness.store.baselines import BaselineRun, BaselineScore, damaged_baseline
from evalharness.testsets.base import Segment
from evalharness.views.gate import Measured, Outcome, Verdict

_ONE_UNIT = "one segment tells nothing of how much scores vary"

Configured = Callable[[str], Mapping[str, Metric]]
"""The metrics that the user has configured, for a target language, by what `metric=` calls them."""


@dataclass(frozen=True)
class _Comparison:
    """A question, and what is to be said with the answer."""

    key: tuple[str, str]
    score: BaselineScore
    question: Question
    candidate: float
    unit: str
    believed: str


def assess(
    baseline: Sequence[BaselineRun],
    candidate: Candidate,
    margins: Margins,
    metrics: Configured,
    alpha: float,
) -> list[Verdict]:
    """Judges a candidate on every metric of every run of a baseline, as one family.

    Raises:
        EvalHarnessError: It is not clear which run is meant, a metric has no margin, or files are
            damaged.
    """
    found = [part for run in baseline for part in _compare(run, candidate, margins, metrics)]
    questions = [part.question for part in found if isinstance(part, _Comparison)]
    answers = iter(judge(questions, alpha))
    return [part if isinstance(part, Verdict) else _verdict(part, next(answers)) for part in found]


def _compare(
    baseline: BaselineRun, candidate: Candidate, margins: Margins, metrics: Configured
) -> Iterator[Verdict | _Comparison]:
    run = counterpart(baseline, candidate)
    if run is None:
        why = why_no_counterpart(baseline, candidate)
        for score in baseline.scores:
            yield Verdict(*baseline.key, score.metric, Outcome.FAIL, why)
        return
    translated = read_translated(run.root, run.record)
    segments = translated.bitext.segments
    if tuple(segment.id for segment in segments) != baseline.ids:
        raise damaged_baseline(baseline.file, "not the segments that its digest says")
    configured = metrics(baseline.target_lang)
    for score in baseline.scores:
        sides: Sides | str = why_unlike(score, run.record)
        if not sides:
            sides = both_sides(baseline, score, run, translated, configured)
        if isinstance(sides, str):
            yield Verdict(*baseline.key, score.metric, Outcome.FAIL, sides)
        else:
            margin = margins.of(score, sides.choice)
            yield _measure(baseline, score, sides, segments, margin)


def _measure(
    baseline: BaselineRun,
    score: BaselineScore,
    sides: Sides,
    segments: Sequence[Segment],
    margin: float,
) -> Verdict | _Comparison:
    documents = _documents(segments)
    first, second = (
        sum_by_document(table, documents) if documents else table
        for table in (sides.candidate, sides.baseline)
    )
    if len(first) < 2:
        return Verdict(*baseline.key, score.metric, Outcome.INCONCLUSIVE, _ONE_UNIT)
    gain = paired_difference(first, second, sides.corpus).gain(score.higher_is_better)
    return _Comparison(
        baseline.key,
        score,
        Question(gain, margin),
        float(sides.corpus(sides.candidate.sum(axis=0))),
        "document" if documents else "segment",
        sides.believed,
    )


def _documents(segments: Sequence[Segment]) -> list[str]:
    """The document of each segment; empty where they are not known, or there is only one.

    Intervals by the bootstrap need many documents. The jackknife with Student's t holds its level
    from two on: few documents make it inconclusive, not wrong.
    """
    documents = [segment.document for segment in segments if segment.document is not None]
    known = len(documents) == len(segments) and len(set(documents)) > 1
    return documents if known else []


def _verdict(asked: _Comparison, answer: Answer) -> Verdict:
    low, high = answer.low, answer.high
    if not asked.score.higher_is_better:
        low, high = -high, -low
    measured = Measured(
        baseline=asked.score.score,
        candidate=asked.candidate,
        low=low,
        high=high,
        margin=asked.question.margin,
        higher_is_better=asked.score.higher_is_better,
        unit=asked.unit,
        units=asked.question.gain.units,
        units_needed=units_needed(asked.question, answer),
        p_not_worse=answer.p_not_worse,
        p_worse=answer.p_worse,
        p_better=answer.p_better,
        believed=asked.believed,
    )
    return Verdict(*asked.key, asked.score.metric, answer.outcome, measured=measured)
