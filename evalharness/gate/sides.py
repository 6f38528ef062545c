"""The statistics of both sides: of their hypotheses, not of what their files say about them.

Where the user has configured the metric and it can be computed here, the hypotheses of candidate
and baseline are scored again. Else what is recorded is believed, and the verdict says so. Versions
may differ from those of the baseline: what was computed with other ones is scored again without
being held to what is recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import BaselineRun, BaselineScore, damaged_baseline
from evalharness.gate.likeness import changed_parts
from evalharness.metrics import Metric, judge_passes
from evalharness.rescoring import Rescorer, find_rescorer
from evalharness.results import Run, aggregate_of, agrees, corpus_score
from evalharness.stats import of_one_pass
from evalharness.stats.aggregates import Aggregate, MeanAggregate
from evalharness.stats.bootstrap import Array
from evalharness.values import Judgement, Outputs, Score

_NEURAL = 1e-3
"""How far neural scores of the same texts lie apart: processors and batches add up differently."""


class Sides(NamedTuple):
    """What a metric says about baseline and candidate, segment by segment.

    Attributes:
        baseline: The baseline's statistics, (n_segments, k), and how their sum becomes its score.
        candidate: The candidate's, likewise.
        choice: What `metric=` calls the metric that scored both again; `None` where none did.
        believed: Why they were not scored again; empty where they were.
        changed: The versions that differ from those of the baseline; empty where none does.
    """

    baseline: tuple[Array, Aggregate]
    candidate: tuple[Array, Aggregate]
    choice: str | None
    believed: str
    changed: str


def both_sides(
    baseline: BaselineRun, score: BaselineScore, run: Run, metrics: Mapping[str, Metric]
) -> Sides | str:
    """Returns the statistics that a verdict can rest on, or why the candidate has none.

    Args:
        baseline: The baseline's run.
        score: Which of its scores.
        run: The candidate's run, which has that score with the same signature but for versions.
        metrics: What the user has configured, by what `metric=` calls it.

    Raises:
        EvalHarnessError: The baseline or the candidate is damaged.
    """
    recorded = run.score(score.metric)
    if recorded.higher_is_better is not score.higher_is_better:
        return "the baseline says the other direction is better"
    outputs = run.outputs
    if outputs.failed:
        count = len(outputs.hypotheses)
        return f"{outputs.failed} of {count} segments failed, and yet it has a score"
    rescorer = find_rescorer(metrics, score.metric, score.signature, outputs.bitext)
    if isinstance(rescorer, Rescorer):
        return _scored_again(baseline, score, recorded, outputs, rescorer)
    then, now = aggregate_of(score), aggregate_of(recorded)
    if then is None or now is None or of_one_pass(then) != of_one_pass(now):
        return f"not scored again: {rescorer}; and the two do not say that one formula computes it"
    held = _recorded(baseline, score, then, (run.segments, then.width))
    table = run.statistics(score.metric)
    if then == now:
        table = np.where(_same_texts(baseline, outputs, of_one_pass(then).width), held, table)
    changed = changed_parts(score.signature, recorded.signature)
    return Sides((held, then), (table, now), None, rescorer, changed)


def _same_texts(baseline: BaselineRun, outputs: Outputs, width: int) -> npt.NDArray[np.bool_]:
    """Where both have the same text, in each pass, for each of its `width` columns.

    What differs of the same text is how two machines add up, which is no change.
    """
    passes = zip(outputs.passes, baseline.outputs(outputs.bitext).passes, strict=True)
    same = [
        [now == then for now, then in zip(one.hypotheses, other.hypotheses, strict=True)]
        for one, other in passes
    ]
    return np.repeat(np.column_stack(same), width, axis=1)


def score_again(run: Run, score: Score, rescorer: Rescorer) -> tuple[float, Array]:
    """Scores a run's hypotheses again.

    Returns:
        The score, and its statistics of shape (n_segments, k).

    Raises:
        EvalHarnessError: They give another score than stands in the run folder.
    """
    judgement = judge_passes(rescorer.metric, run.outputs)
    given = _total(judgement)
    if not _is_same(judgement, given, score.score):
        raise EvalHarnessError(
            f"its hypotheses give {score.metric} {given:.4f}, scores.json says {score.score:.4f}",
            where=run.path,
            hint="run it again",
        )
    return given, judgement.statistics


def _scored_again(
    baseline: BaselineRun,
    score: BaselineScore,
    recorded: Score,
    outputs: Outputs,
    rescorer: Rescorer,
) -> Sides | str:
    metric = rescorer.metric
    candidate = judge_passes(metric, outputs)
    held = judge_passes(metric, baseline.outputs(outputs.bitext))
    if held.higher_is_better is not score.higher_is_better:
        raise damaged_baseline(baseline.file, f"another direction of {score.metric}")
    if held.signature == score.signature:
        _recorded(baseline, score, held.aggregate, held.statistics.shape)
        given = _total(held)
        if not _is_same(held, given, score.score):
            what = f"its hypotheses give {score.metric} {given:.4f}, not {score.score:.4f}"
            raise damaged_baseline(baseline.file, what)
    if candidate.signature == recorded.signature:
        given = _total(candidate)
        if not _is_same(candidate, given, recorded.score):
            return f"its run folder says {recorded.score:.4f}, its hypotheses give {given:.4f}"
    return Sides(
        (held.statistics, held.aggregate),
        (candidate.statistics, candidate.aggregate),
        rescorer.choice,
        "",
        changed_parts(score.signature, held.signature),
    )


def _recorded(
    baseline: BaselineRun, score: BaselineScore, aggregate: Aggregate, shape: tuple[int, ...]
) -> Array:
    """The baseline's own statistics, which must give its score."""
    table = baseline.statistics[score.metric]
    if table.shape != shape:
        raise damaged_baseline(baseline.file, f"statistics of {score.metric} are {table.shape}")
    given = corpus_score(aggregate, table)
    if not agrees(given, score.score):
        what = f"its statistics give {score.metric} {given:.4f}, not {score.score:.4f}"
        raise damaged_baseline(baseline.file, what)
    return table


def _total(judgement: Judgement) -> float:
    return corpus_score(judgement.aggregate, judgement.statistics)


def _is_same(judgement: Judgement, given: float, recorded: float) -> bool:
    if isinstance(of_one_pass(judgement.aggregate), MeanAggregate):
        return math.isclose(given, recorded, rel_tol=_NEURAL, abs_tol=_NEURAL)
    return agrees(given, recorded)
