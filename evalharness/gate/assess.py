"""Holding a candidate to a baseline: what can be compared is judged, what cannot fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evalharness.gate.baselines import BaselineRun, BaselineScore, damaged_baseline
from evalharness.gate.candidate import Candidate
from evalharness.gate.documents import documents_of, why_too_few
from evalharness.gate.likeness import counterpart, why_no_counterpart, why_unlike
from evalharness.gate.limits import Limits
from evalharness.gate.margins import Margins
from evalharness.gate.rate_questions import AskedRate, NotAsked, ask_rates
from evalharness.gate.report import Measured, Outcome, Verdict
from evalharness.gate.sides import Sides, both_sides
from evalharness.gate.structural import structural_losses
from evalharness.gate.verdicts import Answer, Asked, Question, judge, units_needed
from evalharness.metrics import Metric
from evalharness.rescoring import release
from evalharness.results import Run
from evalharness.stats import (
    aligned,
    paired_difference,
    pass_noise,
    sum_by_document,
)
from evalharness.values.segments import Segment

_NO_LIMITS = Limits()
_ONE_UNIT = "one segment tells nothing of how much scores vary"


@dataclass(frozen=True)
class _Comparison:
    """A question, and what is to be said with the answer."""

    key: tuple[str, str]
    metric: str
    higher_is_better: bool
    question: Asked
    baseline: float | None
    candidate: float
    unit: str
    believed: str
    changed: str
    passes_vary: bool = False


_Scored = dict[tuple[str, str, str], Verdict | _Comparison]
"""What is said of a score, by test set, language pair and metric."""


def assess(
    baseline: Sequence[BaselineRun],
    candidate: Candidate,
    margins: Margins,
    metrics: Mapping[str, Metric],
    alpha: float,
    limits: Limits = _NO_LIMITS,
) -> list[Verdict]:
    """Judges a candidate on every metric of every run of a baseline, as one family.

    Structural losses come first: they stop the candidate whatever its scores are.

    Args:
        baseline: What the candidate is held to.
        candidate: The candidate.
        margins: How much worse is still good enough, by metric.
        metrics: What scores both sides again, by what `metric=` calls it.
        alpha: How often any question may be answered wrongly in one direction.
        limits: What is asked of checks, in the same family.

    Raises:
        EvalHarnessError: It is not clear which run is meant, a metric has no margin, or files are
            damaged.
    """
    checks = [held.check for run in baseline for held in run.checks]
    checks += [rate.check for run in candidate.runs for rate in run.checks]
    scored_by = [score.metric for run in baseline for score in run.scores]
    scored_by += [score.metric for run in candidate.runs for score in run.scores]
    limits.check_known(checks, (*metrics, *scored_by))
    runs = [(run, counterpart(run, candidate)) for run in baseline]
    losses = structural_losses(runs, limits)
    scored = _scored(runs, margins, metrics)
    found = [
        part
        for held, run in runs
        for part in (
            _without_a_run(held, candidate, limits)
            if run is None
            else (*losses.get(held.key, ()), *_compare(held, run, scored, limits))
        )
    ]
    questions = [part.question for part in found if isinstance(part, _Comparison)]
    answers = iter(judge(questions, alpha))
    return [part if isinstance(part, Verdict) else _verdict(part, next(answers)) for part in found]


def _scored(
    runs: Sequence[tuple[BaselineRun, Run | None]], margins: Margins, metrics: Mapping[str, Metric]
) -> _Scored:
    """Scores both sides by one metric after the other, so that one neural one is loaded at a time.

    Returns:
        What each score of each run of the baseline is held by.
    """
    found: _Scored = {}
    for name in dict.fromkeys(score.metric for held, _ in runs for score in held.scores):
        for held, run in runs:
            for score in held.scores:
                if run is not None and score.metric == name:
                    found[*held.key, name] = _score(held, score, run, margins, metrics)
        release(metrics, name)
    return found


def _score(
    held: BaselineRun,
    score: BaselineScore,
    run: Run,
    margins: Margins,
    metrics: Mapping[str, Metric],
) -> Verdict | _Comparison:
    segments = run.bitext.segments
    if tuple(segment.id for segment in segments) != held.ids:
        raise damaged_baseline(held.file, "not the segments that its digest says")
    sides: Sides | str = why_unlike(score, run)
    if not sides:
        sides = both_sides(held, score, run, metrics)
    if isinstance(sides, str):
        return Verdict(*held.key, score.metric, Outcome.FAIL, sides)
    margin = margins.margin_of(score, sides.choice)
    return _measure(held, score, sides, segments, margin)


def _without_a_run(
    held: BaselineRun, candidate: Candidate, limits: Limits
) -> Iterator[Verdict | _Comparison]:
    why = why_no_counterpart(held, candidate)
    names = [part.limit.name for part in ask_rates(held, None, limits)]
    for name in (*(score.metric for score in held.scores), *names):
        yield Verdict(*held.key, name, Outcome.FAIL, why)


def _compare(
    held: BaselineRun, run: Run, scored: _Scored, limits: Limits
) -> Iterator[Verdict | _Comparison]:
    for score in held.scores:
        yield scored[*held.key, score.metric]
    for asked in ask_rates(held, run, limits):
        yield _rate(held, asked)


def _rate(baseline: BaselineRun, asked: AskedRate | NotAsked) -> Verdict | _Comparison:
    name = asked.limit.name
    if isinstance(asked, NotAsked):
        outcome = Outcome.INCONCLUSIVE if asked.is_open else Outcome.FAIL
        return Verdict(*baseline.key, name, outcome, asked.why)
    return _Comparison(
        baseline.key,
        name,
        False,
        asked.question,
        asked.baseline,
        asked.candidate,
        "segment",
        asked.believed,
        asked.changed,
    )


def _measure(
    baseline: BaselineRun,
    score: BaselineScore,
    sides: Sides,
    segments: Sequence[Segment],
    margin: float,
) -> Verdict | _Comparison:
    documents = documents_of(segments)
    if few := why_too_few(documents):
        return Verdict(*baseline.key, score.metric, Outcome.INCONCLUSIVE, few)
    tables = [
        sum_by_document(table, documents) if documents else table
        for table, _ in (sides.candidate, sides.baseline)
    ]
    if len(tables[0]) < 2:
        return Verdict(*baseline.key, score.metric, Outcome.INCONCLUSIVE, _ONE_UNIT)
    aggregates = [aggregate for _, aggregate in (sides.candidate, sides.baseline)]
    noise = [pass_noise(*one) for one in zip(tables, aggregates, strict=True)]
    (first, second), aggregate = aligned(tables, aggregates)
    gain = paired_difference(first, second, aggregate.corpus).gain(score.higher_is_better)
    return _Comparison(
        baseline.key,
        score.metric,
        score.higher_is_better,
        Question(gain, margin, noise),
        float(aggregates[1].corpus(tables[1].sum(axis=0))),
        float(aggregate.corpus(first.sum(axis=0))),
        "document" if documents else "segment",
        sides.believed,
        sides.changed,
        any(one is not None and one.variance > 0 for one in noise),
    )


def _verdict(asked: _Comparison, answer: Answer) -> Verdict:
    low, high = answer.low, answer.high
    if not asked.higher_is_better:
        low, high = -high, -low
    measured = Measured(
        baseline=asked.baseline,
        candidate=asked.candidate,
        low=low,
        high=high,
        margin=asked.question.margin,
        higher_is_better=asked.higher_is_better,
        unit=asked.unit,
        units=asked.question.units,
        units_needed=units_needed(asked.question, answer),
        p_not_worse=answer.p_not_worse,
        p_worse=answer.p_worse,
        p_better=answer.p_better,
        believed=asked.believed,
        changed=asked.changed,
        passes_vary=asked.passes_vary,
    )
    return Verdict(*asked.key, asked.metric, answer.outcome, measured=measured)
