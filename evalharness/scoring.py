"""From outputs to scores: metrics judge and checks look at a bitext at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from evalharness.checks import Check, find, look_at, with_warnings
from evalharness.metrics import Metric, judge_passes
from evalharness.stats import find_units, interval_method, scored
from evalharness.values import (
    Bitext,
    CheckResult,
    Judgement,
    Outputs,
    Resampling,
    Score,
    Scoring,
    Segment,
    Unavailable,
)

_Seen = dict[tuple[int, str, str], tuple[Outputs, CheckResult]]
"""What was seen last, by the check's number, the test set and the pair."""


def score(
    metrics: Sequence[Metric],
    outputs: Sequence[Outputs],
    *,
    resamples: int,
    seed: int,
    absent: Mapping[str, str],
    checks: Sequence[Check] = (),
) -> list[Scoring]:
    """Scores outputs against their segments' references.

    A metric judges all outputs before the next one does, so that a neural one is loaded once.
    Outputs with failed segments have no score: leaving these out would compare unlike things, and
    counting them as empty would be untrue. For the same reason a metric that gives no finite number
    for a segment is unavailable for these outputs.

    Args:
        metrics: What to compute.
        outputs: What is scored.
        resamples: Bootstrap resamples per interval.
        seed: Seeds the bootstrap.
        absent: Why a metric cannot be computed here now, by its name.
        checks: What looks at the outputs besides, also at those with failed segments.

    Returns:
        A scoring for each of the outputs.

    Raises:
        EvalHarnessError: A metric or a check fails, or says what cannot be kept.
    """
    judged: list[dict[str, Judgement | str]] = [{} for _ in outputs]
    for metric in metrics:
        for one, verdicts in zip(outputs, judged, strict=True):
            verdicts[metric.name] = _judge(metric, one, absent.get(metric.name))
        metric.release()
    seen: _Seen = {}
    return [
        _checked(
            _scoring(verdicts, one.bitext, _resampling(one.bitext.segments, resamples, seed)),
            one,
            checks,
            seen,
        )
        for one, verdicts in zip(outputs, judged, strict=True)
    ]


def _judge(metric: Metric, outputs: Outputs, absent: str | None) -> Judgement | str:
    """What a metric says, or why it says nothing."""
    if reason := _obstacle(metric, outputs, absent):
        return reason
    judgement = judge_passes(metric, outputs)
    finite = np.isfinite(judgement.statistics).all(axis=1) & np.isfinite(judgement.segment_scores)
    return judgement if finite.all() else _not_finite(outputs.bitext, finite)


def _obstacle(metric: Metric, outputs: Outputs, absent: str | None) -> str | None:
    """Why a metric cannot judge outputs; an absent one is not asked what it needs."""
    bitext, total = outputs.bitext, len(outputs.hypotheses)
    if outputs.failed:
        return f"{outputs.failed} of {total} segments failed"
    if absent:
        return absent
    if metric.needs_source and not bitext.has_sources:
        return "needs the sources, and the test set has none"
    bare = sum(not segment.references for segment in bitext.segments)
    if bare and metric.needs_reference:
        which = (
            "the test set has none" if bare == total else f"{bare} of {total} segments have none"
        )
        return f"needs a reference, and {which}"
    return metric.obstacle(bitext)


def _not_finite(bitext: Bitext, finite: npt.NDArray[np.bool_]) -> str:
    first = bitext.segments[int(np.argmin(finite))]
    others = len(finite) - int(finite.sum()) - 1
    more = f" and {others} more" if others else ""
    return f"no finite number for segment {first.id}{more}; leave out the metric or the segment"


def _scoring(
    verdicts: Mapping[str, Judgement | str], bitext: Bitext, resampling: Resampling
) -> Scoring:
    outcomes = {
        name: verdict if isinstance(verdict, str) else _score(name, verdict, bitext, resampling)
        for name, verdict in verdicts.items()
    }
    scores = tuple(made for made in outcomes.values() if isinstance(made, Score))
    return Scoring(
        scores,
        tuple(Unavailable(name, why) for name, why in outcomes.items() if isinstance(why, str)),
        resampling,
        {
            name: verdict
            for name, verdict in verdicts.items()
            if isinstance(verdict, Judgement) and isinstance(outcomes[name], Score)
        },
    )


def _checked(scoring: Scoring, outputs: Outputs, checks: Sequence[Check], seen: _Seen) -> Scoring:
    """Adds what checks say, and notes it in `seen` for the next outputs of the same segments."""
    results = []
    for number, check in enumerate(checks):
        key = (number, outputs.bitext.testset, outputs.bitext.pair)
        result = look_at(check, outputs, seen.get(key))
        if result is not None:
            seen[key] = (outputs, result)
            results.append(result)
    return replace(
        scoring,
        checks=with_warnings(results, outputs.bitext),
        findings=tuple(finding for check in checks for finding in find(check, outputs)),
        looked=tuple(check.id for check in checks),
    )


def _score(name: str, judgement: Judgement, bitext: Bitext, resampling: Resampling) -> Score | str:
    """The score, or why there is none."""
    table, aggregate = judgement.statistics, judgement.aggregate
    documents = [segment.document for segment in bitext.segments]
    total, interval = scored(table, aggregate, documents, resampling.resamples, resampling.seed)
    if not all(map(math.isfinite, (total, interval.low, interval.high))):
        return "no finite number for all segments together; leave out the metric"
    return Score(
        name,
        total,
        interval.low,
        interval.high,
        judgement.signature,
        judgement.higher_is_better,
        aggregate,
        judgement.unit,
    )


def _resampling(segments: Sequence[Segment], resamples: int, seed: int) -> Resampling:
    units = find_units([segment.document for segment in segments], len(segments))
    method, effective = interval_method(units), float(units.effective)
    return Resampling(
        resamples, seed, units.unit, units.number, method, effective, units.one_document
    )
